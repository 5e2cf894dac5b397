"""The pytest plug-in: options, the mark, the fixtures."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

import pytest

from pytest_standin.binary import BinaryMissing, find_binary
from pytest_standin.control import ControlError, ServerUnreachable
from pytest_standin.server import Server, StartError
from pytest_standin.world import World

_WORLD = pytest.StashKey[World]()
_LONGEST_SLUG = 40
_NAME = re.compile(r"[a-z][a-z0-9-]*")

# What may lead to the real service: a world sets those it has, and the others are taken away.
_CREDENTIALS = (
    "CELIGO_BASE_URL",
    "CELIGO_API_TOKEN",
    "EDLINK_BASE_URL",
    "EDLINK_APPLICATION_SECRET",
    "EDLINK_ACCESS_TOKEN",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("standin", "standin: a fake of Edlink and Celigo")
    group.addoption(
        "--standin-url",
        metavar="URL",
        help="use the running server at URL instead of starting one (default: the variable STANDIN_URL)",
    )
    group.addoption(
        "--standin-control-token",
        metavar="TOKEN",
        help="token of that server's control API (default: the variable STANDIN_CONTROL_TOKEN)",
    )
    group.addoption("--standin-label", metavar="LABEL", help="label of the worlds made, such as the number of a CI job")
    parser.addini("standin_serve", "arguments of `standin serve` for the server that is started", type="args", default=[])


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "standin(scenario=None, seed=None, data=None, intercept=False): how the world of the fixture `standin` starts:"
        " a scenario (a file beside the test, a ready-made one's name, or an object), a seed, data as in a scenario;"
        " with intercept, real host names lead to the world too",
    )


@pytest.fixture(scope="session")
def standin_server(request: pytest.FixtureRequest, pytestconfig: pytest.Config) -> Iterator[Server]:
    """The server: the one that --standin-url names, else one of this process's own."""
    url = pytestconfig.getoption("--standin-url") or os.environ.get("STANDIN_URL")
    try:
        if url:
            token = pytestconfig.getoption("--standin-control-token") or os.environ.get("STANDIN_CONTROL_TOKEN")
            server = Server(url, token)
            server.control.ask("GET", "/ready")
        else:
            marks = (mark for item in request.session.items for mark in item.iter_markers("standin"))
            intercept = ["--intercept"] if any(mark.kwargs.get("intercept") for mark in marks) else []
            server = Server.start(*pytestconfig.getini("standin_serve"), *intercept)
    except (BinaryMissing, StartError, ServerUnreachable, ControlError) as error:
        _refuse(str(error))
    with server:
        yield server


@pytest.fixture
def standin(request: pytest.FixtureRequest, standin_server: Server) -> Iterator[World]:
    """A world of this test's own; the environment leads to it, and the test fails when it is not as expected."""
    settings = _Settings.of(request.node, standin_server)
    label = request.config.getoption("--standin-label")
    name = _world_name(request.node)
    try:
        world = standin_server.world(name, scenario=settings.scenario, seed=settings.seed, label=label)
    except (ControlError, ServerUnreachable) as error:
        _refuse(f"{request.node.nodeid}: {error}")
    request.node.stash[_WORLD] = world
    environment = dict.fromkeys(_CREDENTIALS, "") | world.env
    if settings.intercept:
        environment |= _intercepting(world)
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in environment.items():
            if value:
                patch.setenv(variable, value)
            else:
                patch.delenv(variable, raising=False)
        yield world
    try:
        world.delete()
    except ControlError as error:
        # The test may have deleted it itself.
        if error.status not in (404, 410):
            _refuse(f"the world {world.name} cannot be deleted: {error}")
    except ServerUnreachable:
        pass  # The verification has said so.


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Verifies the world as a part of the test, and tells what it was asked."""
    try:
        result = yield
    except BaseException as error:
        _end_at_the_test(error)
        _tell(item, verify=True)
        raise
    report = _tell(item, verify=False)
    if report is not None:
        pytest.fail(report, pytrace=False)
    return result


def _end_at_the_test(error: BaseException) -> None:
    """Takes the frames of this package from a traceback: the line of the test and the sentence are what helps."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        if trace.tb_next.tb_frame.f_globals.get("__name__", "").partition(".")[0] == "pytest_standin":
            trace.tb_next = None
        trace = trace.tb_next


def _tell(item: pytest.Item, verify: bool) -> str | None:
    """Attaches the calls, and with `verify` the unmet expectations, to the test; returns those otherwise."""
    world = item.stash.get(_WORLD, None)
    if world is None:
        return None
    try:
        calls = world.calls()
        report = world.report()
    except (ControlError, ServerUnreachable) as error:
        item.add_report_section("call", "standin", f"the world {world.name} cannot be verified: {error}")
        return None if verify else f"standin: the world {world.name} cannot be verified: {error}"
    if calls:
        item.add_report_section("call", "standin calls", "\n".join(str(call) for call in calls))
    # A world in which nothing was declared has nothing to fail.
    if report.passed or not report.checks:
        return None
    if verify:
        item.add_report_section("call", "standin verification", str(report))
    return str(report)


class _Settings:
    """What the marks of a test say; the nearest goes before the others."""

    def __init__(self, scenario: dict[str, Any] | None, seed: int | None, intercept: bool) -> None:
        self.scenario = scenario
        self.seed = seed
        self.intercept = intercept

    @classmethod
    def of(cls, node: pytest.Item, server: Server) -> _Settings:
        said: dict[str, Any] = {}
        for mark in reversed(list(node.iter_markers("standin"))):
            unknown = set(mark.kwargs) - {"scenario", "seed", "data", "intercept"}
            if mark.args or unknown:
                what = ", ".join(sorted(unknown)) if unknown else "arguments without a name"
                _refuse(
                    f"{node.nodeid}: @pytest.mark.standin does not take {what};"
                    " it takes scenario=…, seed=…, data=… and intercept=True"
                )
            said |= mark.kwargs
        scenario = _scenario(node, said.get("scenario"))
        seed = said.get("seed")
        if seed is not None and (not isinstance(seed, int) or seed < 0):
            _refuse(f"{node.nodeid}: a seed is a whole number, not {seed!r}")
        data = said.get("data")
        if data is not None:
            scenario = {"scenario": 1, "api": server.apis, **(scenario or {}), "data": data}
        return cls(scenario, seed, bool(said.get("intercept")))


def _scenario(node: pytest.Item, wanted: object) -> dict[str, Any] | None:
    """Returns a scenario as an object: one that is an object already, a file, or a ready-made one."""
    if wanted is None:
        return None
    if isinstance(wanted, Mapping):
        return dict(wanted)
    if not isinstance(wanted, (str, os.PathLike)):
        _refuse(f"{node.nodeid}: a scenario is a file, a name or an object, not {wanted!r}")
    places = [node.path.parent / wanted, node.config.rootpath / wanted]
    file = next((place for place in places if place.is_file()), None)
    if file is not None:
        return _read(node, file.read_text(encoding="utf-8"), str(file), file.stem)
    return _ready_made(node, str(wanted), places)


def _ready_made(node: pytest.Item, name: str, places: list[Path]) -> dict[str, Any]:
    tried = " nor ".join(str(place) for place in dict.fromkeys(places))
    try:
        printed = subprocess.run([find_binary(), "scenarios", name], capture_output=True, text=True, env=_quiet())
    except BinaryMissing as error:
        _refuse(f"{node.nodeid}: there is no scenario at {tried}, and {error}")
    if printed.returncode != 0:
        why = printed.stderr.strip().removeprefix("error: ")
        _refuse(f"{node.nodeid}: there is no scenario at {tried}, and none is ready-made: {why}")
    return _read(node, printed.stdout, name, name)


def _quiet() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("STANDIN_")}


def _read(node: pytest.Item, text: str, where: str, name: str) -> dict[str, Any]:
    try:
        scenario = json.loads(text)
    except ValueError as error:
        _refuse(f"{node.nodeid}: {where} is no JSON: {error}")
    if not isinstance(scenario, dict):
        _refuse(f"{node.nodeid}: {where} must hold a JSON object")
    # What is told of it names it as the command line would.
    return {"name": name, **scenario} if _NAME.fullmatch(name) else scenario


def _intercepting(world: World) -> dict[str, str]:
    """Returns the variables that lead real host names to the world."""
    proxy, authority = world.made.get("proxy"), world.made.get("ca")
    if not proxy or not authority:
        _refuse(
            f"intercept=True needs a server that intercepts, and the one at {world.url} does not: start it with --intercept"
        )
    here = "127.0.0.1,localhost,[::1]"
    direct = {name: ",".join(filter(None, (os.environ.get(name), here))) for name in ("NO_PROXY", "no_proxy")}
    proxies = dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"), proxy)
    trusted = dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"), authority)
    return proxies | direct | trusted


def _world_name(node: pytest.Item) -> str:
    """Returns a name that tells the test, and that no other run on the same server has."""
    slug = re.sub(r"[^A-Za-z0-9._-]+", "-", node.name).strip("-._")[:_LONGEST_SLUG]
    return f"{slug or 'test'}-{secrets.token_hex(6)}"


def _refuse(message: str) -> NoReturn:
    """Fails the test that is set up, with this sentence and no traceback, nor what led to it."""
    raise pytest.fail.Exception(message, pytrace=False) from None
