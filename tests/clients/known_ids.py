"""For schemathesis: puts ids that exist into paths and queries, and wherever the document says that a text names a record.

A document can say that a text is an id, not which ids there are, nor which of them belong together. Parts that are to be
bad stay as they are. Each call meets the world as it began; what comes of good and bad bodies is written down for
accepted.py.
"""

import functools
import itertools
import json
import os
import pathlib
import re
import urllib.parse

import requests
import schemathesis
from schemathesis.core.parameters import ParameterLocation

FIXTURES = [pathlib.Path(folder) for folder in os.environ["FIXTURES"].split(os.pathsep)]
DOCUMENT = json.loads(pathlib.Path(os.environ["DOCUMENT"]).read_text())
CONTROL = os.environ["CONTROL"]
BASE = os.environ["BASE"]
AUTHORIZATION = {"Authorization": f"Bearer {os.environ['TOKEN']}"}
OUTCOMES = open(os.environ["OUTCOMES"], "a")
REFERS_TO = "x-standin-refers-to"
OPERATIONS = {
    operation["operationId"]: operation
    for path in DOCUMENT["paths"].values()
    for operation in path.values()
    if "operationId" in operation
}
# What the document does not say of single operations: parameters of the path, and fields of the body where there are any.
# A name with a plus is always there.
STEP = {"id": "flow123", "stepId": "4710868af834b3a69c7f7d20", "key": "5702c03608d8f4c6f26b65566b6532d2"}
INSTALLED = {"id": "39991ba2ffc67af145023406"}
TOLD = {
    # Errors of a step of a flow.
    r"flows\.assignErrors": (STEP, {"errorIds": ["5000000148"], "errors": ["5000000148"], "email": "corwin.tansley@example.com"}),
    r"flows\.(openErrors|resolvedErrors|resolve|forget|retry|retryData|editRetryData|unassignErrors|tagErrors)": (
        STEP,
        {"errorIds": ["5000000148"], "errors": ["5000000148"], "retryDataKeys": [STEP["key"]], "tagIds": ["Rf52kXv9Bn"]},
    ),
    # Only a flow that runs can be canceled.
    r"jobs\.cancel": ({"id": "d8076f156c0ce2e7d3a1ed38"}, {}),
    # Integrations that a connector made, and the functions of their steps.
    r"integrations\.install": ({"_connectorId": "23bd17471a705e7197979f31"}, {}),
    r"integrations\.(uninstall|settings)": ({**INSTALLED, "_connectorId": INSTALLED["id"]}, {}),
    r"integrations\.installer": ({**INSTALLED, "function": "installErpBundle"}, {}),
    r"integrations\.uninstaller": ({**INSTALLED, "function": "uninstallErpConnection"}, {}),
    # Licences are for users of the account.
    r"connectors\.createLicense": ({}, {"email": "imre.fallowfield@example.org"}),
    # A file type stays as it is.
    r"ediprofiles\.update": ({}, {"fileType": "X12"}),
    # A grouping is one of the flows' integration.
    r"flows\.updateFlowGrouping": (
        {},
        {"_flowIds": ["b938885350d1bc253825ce3d"], "_flowGroupingId": "26f733110ddd30eb531a9bdf"},
    ),
    # A flow that has connections needs a map of them, in an integration with its groupings.
    r"flows\.clone": (
        {},
        {"_integrationId": "e2aeb5f8cede2a58674d33fa", "_flowGroupingId": "26f733110ddd30eb531a9bdf", "+connectionMap": {"": ""}},
    ),
    r"authentication\.token": ({}, {"client_secret": "good", "refresh_token": "more-teacher"}),
    r"recycleBin\..*": ({"type": "scripts", "id": "12674fcd711f783e88b0367b"}, {}),
    r"exports\.receive(\..*)?": ({"id": "listener", "token": "known"}, {}),
    r"exports\.receiveOpen(\..*)?": ({"id": "open"}, {}),
}
session = requests.Session()
turns = {}


@functools.cache
def records(collection):
    """The records of a collection that can be worked with: neither disabled nor ended."""
    files = [folder / f"{collection.replace('.', '/', 1)}.json" for folder in FIXTURES]
    every = next((json.loads(file.read_text()) for file in files if file.exists()), [])
    usable = [it for it in every if not it.get("disabled") and not it.get("endedAt")]
    if collection == "edlink.classes":
        # Those in which the people of the tokens write.
        usable = [it for it in every if any(it["id"] in texts(other) for other in records("edlink.categories"))]
    return usable or every


def id_of(record):
    return record.get("_id", record.get("id"))


def texts(value):
    """All texts within a record."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return set().union(*map(texts, value))
    return {value} if isinstance(value, str) else set()


def related(collection, others):
    """The records of a collection that name all of the others, or are named by them."""
    found = records(collection)
    for other in others:
        if collection == "edlink.people":
            # People and classes meet in enrollments.
            enrolled = [it for it in records("edlink.enrollments") if it["role"] == "student" and it["state"] == "active"]
            here = {it["person_id"] for it in enrolled if it["class_id"] == id_of(other)}
            kept = [it for it in found if id_of(it) in here]
        else:
            kept = [it for it in found if id_of(other) in texts(it) or id_of(it) in texts(other)]
        found = kept or found
    return found


def chains(parameters):
    """Records for the parameters of a path that belong together, the last one chosen first."""
    if not parameters:
        return [{}]
    *before, (name, collection) = parameters
    found = []
    for record in records(collection):
        rest = [{}]
        for earlier, other in reversed(before):
            rest = [{**it, earlier: one} for it in rest for one in related(other, [record, *it.values()])[:3]]
        found += [{**it, name: record} for it in rest]
    return found


def resolved(schema):
    while isinstance(schema, dict) and "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema if isinstance(schema, dict) else {}


def with_known(schema, value, beside):
    """The value, with ids that exist where its schema says that it names a record."""
    schema = resolved(schema)
    again = functools.partial(with_known, beside=beside)
    if isinstance(value, str) and REFERS_TO in schema:
        found = related(schema[REFERS_TO], beside)
        return id_of(found[0]) if found else value
    if isinstance(value, float) and value.is_integer() and "integer" in schema.get("type", []):
        return int(value)
    if isinstance(value, list):
        value = [again(schema.get("items", {}), item) for item in value]
    if isinstance(value, dict):
        named, others = schema.get("properties", {}), schema.get("additionalProperties", {})
        if REFERS_TO in schema.get("propertyNames", {}):
            # A map from records to others: complete, each to itself.
            value = {id_of(it): id_of(it) for it in records(schema["propertyNames"][REFERS_TO])}
        value = {name: again(named.get(name, others), inner) for name, inner in value.items()}
    for other in schema.get("anyOf", []):
        value = again(other, value)
    return value


def first_page(case):
    """The first record of the list that a call is about, with a cursor that leads on from it."""
    path = case.operation.path.format(**(case.path_parameters or {}))
    headers = {"Authorization": case.headers.get("Authorization", "")} if case.headers else {}
    shown = session.get(BASE + path, params={"$first": 1}, headers={**AUTHORIZATION, **headers})
    return shown.json() if shown.ok else {}


def of_list(case, schema):
    """Query parameters of lists, of which one excludes another: cursors that exist, filters that the document describes."""
    query = case.query
    if "$last" in query:
        query.pop("$first", None)
    if "$after" in query:
        query.pop("$before", None)
    if not {"$after", "$before", "$cursor"}.isdisjoint(query):
        page = first_page(case)
        further = urllib.parse.parse_qs(urllib.parse.urlsplit(page.get("$next") or "").query)
        data = page.get("$data") or []
        known = {"$cursor": further.get("$cursor", [None])[0], **dict.fromkeys(["$after", "$before"], data and data[0]["id"])}
        for name in known.keys() & query.keys():
            query.pop(name) if not known[name] else query.update({name: known[name]})
    if "$filter" in query:
        fields = list(schema["$filter"]["contentSchema"]["properties"].items())
        turn = next(filters)
        name, tests = fields[turn % len(fields)]
        choices = tests["items"]["anyOf"]
        chosen = choices[turn // len(fields) % len(choices)]["properties"]
        condition = {"operator": chosen["operator"]["const"]}
        if "value" in chosen:
            one = chosen["value"].get("anyOf", [{}, chosen["value"]])[1]
            value = "2024-01-10T14:00:00.000Z" if one.get("format") else ["a", 1, True][turn % 3]
            condition["value"] = [value] if "anyOf" in chosen["value"] and turn % 2 else value
        query["$filter"] = json.dumps({name: [condition]})


filters = itertools.count()


def is_good(case, location):
    component = case.meta.components.get(location) if case.meta else None
    return component is None or component.mode.is_positive


def told(operation):
    """What is told of an operation: parameters of its path, and fields of its body."""
    name = operation["operationId"].split(".", 1)[1]
    return next((facts for pattern, facts in TOLD.items() if re.fullmatch(pattern, name)), ({}, {}))


@schemathesis.hook
def before_call(context, case, kwargs):
    session.post(f"{CONTROL}/reset").raise_for_status()
    operation = OPERATIONS[case.operation.definition.raw["operationId"]]
    parameters = [it for it in operation.get("parameters", []) if REFERS_TO in it["schema"]]
    in_path = [(it["name"], it["schema"][REFERS_TO]) for it in parameters if it["in"] == "path"]
    beside = []
    in_place, in_body = told(operation)
    if in_path and case.path_parameters and is_good(case, ParameterLocation.PATH):
        turn = turns.setdefault(operation["operationId"], itertools.cycle(chains(in_path) or [{}]))
        known = next(turn)
        beside = list(known.values())
        case.path_parameters = {**case.path_parameters, **{name: id_of(it) for name, it in known.items()}}
    if in_place and case.path_parameters and is_good(case, ParameterLocation.PATH):
        there = {name: value for name, value in in_place.items() if name in case.path_parameters}
        case.path_parameters = {**case.path_parameters, **there}
    if case.query and is_good(case, ParameterLocation.QUERY):
        for parameter in (it for it in parameters if it["in"] == "query" and it["name"] in case.query):
            case.query[parameter["name"]] = with_known(parameter["schema"], case.query[parameter["name"]], beside)
        of_list(case, {it["name"]: it["schema"] for it in operation["parameters"]})
    if case.query and not is_good(case, ParameterLocation.BODY):
        # What is not heard of a body cannot be bad.
        case.query.pop("$properties", None)
    if isinstance(case.body, (dict, list)) and is_good(case, ParameterLocation.BODY):
        schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        if isinstance(case.body, dict):
            sure = {name[1:]: value for name, value in in_body.items() if name.startswith("+")}
            case.body = {**case.body, **sure}
        case.body = with_known(schema, case.body, beside)
        if isinstance(case.body, dict):
            case.body = {name: in_body.get(name, value) for name, value in case.body.items()}


@schemathesis.hook
def after_call(context, case, response):
    operation = OPERATIONS[case.operation.definition.raw["operationId"]]
    if "requestBody" in operation:
        good = [is_good(case, it) for it in (ParameterLocation.PATH, ParameterLocation.QUERY, ParameterLocation.BODY)]
        kind = "good" if all(good) else "bad body" if good == [True, True, False] else "bad"
        print(operation["operationId"], response.status_code, kind, sep="\t", file=OUTCOMES, flush=True)
