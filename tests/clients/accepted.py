"""Judges what became of bodies, by what known_ids.py wrote down: `accepted.py OUTCOMES DOCUMENT…`.

Of each operation that takes a body, a good one must have been taken, and a bad one refused where a body can be bad.
"""

import collections
import json
import pathlib
import re
import sys

# What is never taken, with the reason. Listed in vain is a fault too.
NEVER_TAKEN = {
    r"celigo\.(connections\.proxy|apis\.request|apis\.requestPath)(\..*)?": "only a scenario's rule answers",
    r"celigo\.exports\.receive(Open)?": "a listener answers GET only where it is asked to prove itself",
}

outcomes, *documents = map(pathlib.Path, sys.argv[1:])
taken, refused, asked = collections.Counter(), collections.Counter(), collections.Counter()
for line in outcomes.read_text().splitlines():
    name, status, kind = line.split("\t")
    asked[name] += 1
    taken[name] += kind == "good" and status.startswith("2")
    refused[name] += kind == "bad body" and status in ("400", "413", "415", "422")

# Whatever it is, such a body is good.
ANY = ({}, True)


def resolved(schema, document):
    while isinstance(schema, dict) and "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def can_be_bad(body, document):
    schema = resolved(body["content"]["application/json"]["schema"], document)
    if not isinstance(schema, dict):
        return False
    return schema not in ANY and not any(it in ANY for it in schema.get("anyOf", []))


faults, bodies = [], 0
for document in (json.loads(file.read_text()) for file in documents):
    for path in document["paths"].values():
        for operation in (it for it in path.values() if "requestBody" in it and "not-modelled" not in it["tags"]):
            name, bodies = operation["operationId"], bodies + 1
            reason = next((reason for names, reason in NEVER_TAKEN.items() if re.fullmatch(names, name)), None)
            if not asked[name]:
                faults.append(f"{name}: was never asked")
            elif reason and taken[name]:
                faults.append(f"{name}: was taken, but is listed as never taken: {reason}")
            elif not reason and not taken[name]:
                faults.append(f"{name}: no good body was taken, of {asked[name]} calls")
            if asked[name] and can_be_bad(operation["requestBody"], document) and not refused[name]:
                faults.append(f"{name}: no bad body was refused, of {asked[name]} calls")
print(f"{bodies} operations take bodies; {sum(taken.values())} good ones were taken, {sum(refused.values())} bad ones refused")
print(*faults, sep="\n")
sys.exit(bool(faults) or not bodies)
