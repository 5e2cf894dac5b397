"""The plug-in, as runs of pytest see it."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from pytest_standin import ControlError, Server, StartError, Unmet

EXAMPLES = Path(__file__).parent.parent / "examples"


@pytest.fixture(autouse=True)
def sync(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(sync=(EXAMPLES / "sync.py").read_text())
    pytester.syspathinsert()


def test_expectations_that_are_not_met_fail_the_test_itself(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest
        from sync import create_integration_carelessly

        @pytest.mark.standin(scenario="celigo-lost-create")
        def test_careless(standin):
            create_integration_carelessly("Orders to NetSuite")
    """)
    result = pytester.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "FAIL *lost-create*checks failed*",
            "*no_retry_on: call 3 repeats call 2 unchanged after 409*",
            "*standin calls*",
            "*1  POST */v1/integrations  no answer  celigo.integrations.create*(lost-create)",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_test_that_fails_by_itself_tells_the_calls_and_what_is_not_met(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        from sync import sync_names

        def test_wrong(standin):
            standin.expect(id="created", on="celigo.integrations.create")
            assert sync_names() == []
    """)
    result = pytester.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["E *assert*", "*standin calls*", "*GET */v1/integrations  200*", "*standin verification*", "*calls.created*"]
    )


def test_each_test_has_a_world_of_its_own_also_with_xdist(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest
        from sync import create_integration, sync_names

        @pytest.mark.parametrize("n", range(12))
        def test_alone(standin, n):
            assert "Only mine" not in sync_names()
            create_integration("Only mine")
            assert standin.name.startswith("test_alone-")
    """)
    pytester.runpytest_subprocess("-n", "3").assert_outcomes(passed=12)


def test_the_environment_leads_to_the_world_and_is_as_before_afterwards(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CELIGO_API_TOKEN", "the real one")
    pytester.makepyfile("""
        import os

        def test_within(standin):
            assert os.environ["CELIGO_BASE_URL"] == standin.celigo_url
            assert os.environ["CELIGO_API_TOKEN"] != "the real one"
            assert os.environ["EDLINK_BASE_URL"] == standin.edlink_url

        def test_after():
            assert os.environ["CELIGO_API_TOKEN"] == "the real one"
            assert "EDLINK_BASE_URL" not in os.environ
    """)
    pytester.runpytest().assert_outcomes(passed=2)


def test_data_seed_and_marks_of_classes_are_joined(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest

        @pytest.mark.standin(data={"add": {"celigo.integrations": [{"name": "Only one"}]}})
        class TestAll:
            @pytest.mark.standin(seed=7)
            def test_one(self, standin):
                assert [it["name"] for it in standin.records("celigo.integrations")] == ["Only one"]
                assert standin.report().seed == 7
    """)
    pytester.runpytest().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        ("scenario='nowhere.json'", "*there is no scenario at *nowhere.json*none is ready-made*"),
        ("scenrio='a'", "*does not take scenrio; it takes scenario=*"),
        ("scenario='broken.json'", "*broken.json is no JSON*"),
        ("scenario={'scenario': 1, 'faults': 3}", "*E0*faults*"),
    ],
)
def test_a_mark_that_says_something_wrong_is_an_error_in_one_sentence(
    pytester: pytest.Pytester, mark: str, words: str
) -> None:
    pytester.makefile(".json", broken="{")
    pytester.makepyfile(f"""
        import pytest

        @pytest.mark.standin({mark})
        def test_it(standin):
            pass
    """)
    result = pytester.runpytest()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([words])


def test_a_running_server_is_used_and_worlds_are_labelled(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        def test_it(standin, standin_server):
            listed = standin_server.control.ask("GET", "/worlds?label=job%201")["worlds"]
            assert [world["name"] for world in listed] == [standin.name]
    """)
    with Server.start("--control-token", "secret") as server:
        options = ["--standin-url", server.url, "--standin-label", "job 1"]
        pytester.runpytest(*options, "--standin-control-token", "secret").assert_outcomes(passed=1)
        wrong = pytester.runpytest(*options)
        wrong.assert_outcomes(errors=1)
        wrong.stdout.fnmatch_lines(["*needs its token*"])
    nowhere = pytester.runpytest("--standin-url", "http://127.0.0.1:9")
    nowhere.assert_outcomes(errors=1)
    nowhere.stdout.fnmatch_lines(["*no standin answers at http://127.0.0.1:9*"])


def test_real_host_names_lead_to_the_world_where_a_mark_says_so(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import json, urllib.request
        import pytest

        @pytest.mark.standin(intercept=True)
        def test_hard_coded(standin):
            standin.create("celigo.integrations", name="Only here")
            request = urllib.request.Request("https://api.integrator.io/v1/integrations", headers={"Authorization": "Bearer x"})
            with urllib.request.urlopen(request) as answer:
                assert "Only here" in [it["name"] for it in json.load(answer)]
            assert len(standin.calls()) == 1
    """)
    pytester.runpytest_subprocess().assert_outcomes(passed=1)
    with Server.start() as server:
        refused = pytester.runpytest("--standin-url", server.url)
    refused.assert_outcomes(errors=1)
    refused.stdout.fnmatch_lines(["*intercept=True needs a server that intercepts*start it with --intercept*"])


def test_a_binary_that_is_not_there_is_told_of(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANDIN_BIN", "/nowhere/standin")
    pytester.makepyfile("def test_it(standin): pass")
    result = pytester.runpytest()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*STANDIN_BIN names /nowhere/standin, where there is no file*"])


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script")
def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("something else")
    with pytest.raises(StartError, match="port file"):
        Server.start("--port-file", str(taken))
    silent = tmp_path / "silent"
    silent.write_text("#!/bin/sh\nexit 3\n")
    silent.chmod(silent.stat().st_mode | stat.S_IXUSR)
    with pytest.raises(StartError, match="it said nothing"):
        Server.start(binary=silent)


def test_a_world_can_be_looked_at_changed_and_judged(standin_server: Server) -> None:
    world = standin_server.world(seed=3)
    made = world.create("celigo.integrations", name="Behind the API")
    assert world.patch("celigo.integrations", made["_id"], name="Renamed")["name"] == "Renamed"
    world.snapshot()
    world.remove("celigo.integrations", made["_id"])
    world.restore()
    assert made["_id"] in [record["_id"] for record in world.records("celigo.integrations")]
    before = world.advance(0)
    assert world.advance(60_000) > before
    world.fault({"id": "busy"}, on="celigo.flows.list", do={"error": "rate_limited"})
    world.expect(id="flows", on="celigo.flows.list")
    with pytest.raises(Unmet, match="calls.flows: celigo.flows.list called 0 times") as unmet:
        world.verify()
    assert unmet.value.report.failed[0].id == "calls.flows"
    with pytest.raises(TimeoutError, match="called 0 times"):
        world.wait_for("celigo.flows.list", timeout_ms=10)
    with pytest.raises(ControlError, match="did you mean"):
        world.records("celigo.integration")
    world.clear_faults()
    world.reset()
    world.delete()
    with pytest.raises(ControlError, match="was deleted"):
        world.calls()


def test_settings_of_the_environment_are_not_for_the_server_of_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANDIN_PORT", "nonsense")
    with Server.start() as server:
        assert server.control.ask("GET", "/health")["status"] == "ok"
    assert os.environ["STANDIN_PORT"] == "nonsense"


@pytest.mark.skipif(sys.platform == "win32", reason="no signals there")
def test_a_server_that_dies_is_told_of_in_one_sentence(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import os
        import signal
        from sync import sync_names

        def test_dies(standin, standin_server):
            sync_names()
            os.kill(standin_server._process.pid, signal.SIGKILL)

        def test_after_it(standin):
            sync_names()
    """)
    result = pytester.runpytest()
    result.assert_outcomes(failed=1, errors=1)
    said = "*no standin answers at http://127.0.0.1:*: the server was ended by signal 9, and said nothing"
    result.stdout.fnmatch_lines([f"test_*::test_after_it: {said}", f"standin: the world test_dies-{said}"])
    result.stdout.no_fnmatch_line("*plugin.py:*")
    result.stdout.no_fnmatch_line("During handling*")


def test_what_is_refused_is_shown_at_the_line_of_the_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest

        def test_key(standin):
            standin.expect(on="celigo.integrations.list", tmes=3)

        @pytest.mark.standin(seed="seven")
        def test_seed(standin):
            pass
    """)
    result = pytester.runpytest()
    result.assert_outcomes(failed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*test_seed: a seed is a whole number, not 'seven'",
            ">*tmes=3*",
            "E*tmes is a key the format does not know",
            "E*did you mean times?",
            "*test_what_is_refused*.py:4: ControlError",
        ]
    )
    result.stdout.no_fnmatch_line("*control.py:*")
