"""A world: what one test may change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from pytest_standin.control import Control, ControlError
from pytest_standin.report import Report, Unmet


@dataclass(frozen=True)
class Call:
    """A call that the world answered."""

    number: int
    method: str
    target: str
    operation: str | None
    status: int | None
    """The status that arrived; `None` when a fault kept the answer from arriving."""
    rule: str | None
    """The fault rule that decided the answer."""
    data: dict[str, Any]
    """The whole entry, as the control API gives it."""

    def __str__(self) -> str:
        ended = "no answer" if self.status is None else str(self.status)
        why = f"  ({self.rule})" if self.rule else ""
        return f"{self.number:>4}  {self.method} {self.target}  {ended}  {self.operation or 'no operation'}{why}"


class World:
    """A world of a server: its own records, clock, ids, rules and journal."""

    def __init__(self, control: Control, made: Mapping[str, Any]) -> None:
        self.name: str = made["name"]
        """Its name."""
        self.url: str = made["url"]
        """Its origin, with its prefix."""
        self.token: str = made["token"]
        """The token that every API takes in this world, and that chooses it at the server's plain URL."""
        self.made = dict(made)
        """The whole answer with which the server made it."""
        self._control = control
        self.env: dict[str, str] = self._ask("GET", "/env")
        """The variables that point a consumer at this world."""

    @property
    def celigo_url(self) -> str:
        """The base URL of Celigo's API, to put where a consumer has `https://api.integrator.io/v1`."""
        return f"{self.url}/v1"

    @property
    def edlink_url(self) -> str:
        """The base URL of Edlink's API, to put where a consumer has `https://ed.link/api`."""
        return f"{self.url}/api"

    def fault(self, rule: Mapping[str, Any] | None = None, /, **keys: Any) -> None:
        """Adds a fault rule, as a scenario's `faults` have them: `fault(on="celigo.integrations.create", do={"abort": "close"})`."""
        self._ask("POST", "/faults", {**(rule or {}), **keys})

    def clear_faults(self) -> None:
        """Takes the rules away that were added; those of a scenario stay."""
        self._ask("DELETE", "/faults")

    def expect(self, call: Mapping[str, Any] | None = None, /, **keys: Any) -> None:
        """Expects calls, as a scenario's `expect.calls` have them, from now on: `expect(on="celigo.integrations.list")`."""
        self._ask("POST", "/expect", {**(call or {}), **keys})

    def load(self, scenario: Mapping[str, Any]) -> list[str]:
        """Puts a scenario in place of all that is in the world; returns the warnings."""
        warnings: list[str] = self._ask("PUT", "/scenario", scenario)["warnings"]
        return warnings

    def verify(self, wait_ms: int | None = None) -> Report:
        """Returns the report when all expectations are met.

        Raises:
            Unmet: when they are not.
        """
        report = self.report(wait_ms)
        if not report.passed:
            raise Unmet(report)
        return report

    def report(self, wait_ms: int | None = None) -> Report:
        """Returns what a verification finds, once no request is in flight, or after that long."""
        body = {} if wait_ms is None else {"wait_ms": wait_ms}
        return Report.of(self._ask("POST", "/verify", body))

    def wait_for(self, on: str, *, times: int = 1, timeout_ms: int = 5_000, when: Mapping[str, Any] | None = None) -> None:
        """Returns once that many such calls were answered.

        Raises:
            TimeoutError: when they did not come in time.
        """
        body: dict[str, Any] = {"on": on, "times": times, "timeout_ms": timeout_ms}
        if when is not None:
            body["when"] = when
        try:
            self._ask("POST", "/wait", body, patience_s=timeout_ms / 1_000 + 10)
        except ControlError as error:
            if error.code == "timeout":
                raise TimeoutError(error.message) from None
            raise

    def calls(self, op: str | None = None) -> list[Call]:
        """Returns the calls that the journal holds, of that operation or of all."""
        query = "?" + urlencode({"op": op}) if op else ""
        entries = self._ask("GET", f"/journal{query}")["entries"]
        return [
            Call(entry["n"], entry["method"], entry["target"], entry["op"], entry["status"], entry["rule"], entry)
            for entry in entries
        ]

    def records(self, collection: str) -> list[dict[str, Any]]:
        """Returns all records of a collection, with the fields that consumers do not see."""
        found: list[dict[str, Any]] = self._ask("GET", f"/data/{quote(collection)}")
        return found

    def create(self, collection: str, fields: Mapping[str, Any] | None = None, /, **keys: Any) -> dict[str, Any]:
        """Makes a record behind the API; what is left out is made up."""
        record: dict[str, Any] = self._ask("POST", f"/data/{quote(collection)}", {**(fields or {}), **keys})
        return record

    def patch(self, collection: str, id: str, fields: Mapping[str, Any] | None = None, /, **keys: Any) -> dict[str, Any]:
        """Changes some fields of a record behind the API (RFC 7396)."""
        body = {**(fields or {}), **keys}
        record: dict[str, Any] = self._ask("PATCH", f"/data/{quote(collection)}/{quote(id, safe='')}", body)
        return record

    def remove(self, collection: str, id: str) -> None:
        """Removes a record behind the API, with what belongs to it."""
        self._ask("DELETE", f"/data/{quote(collection)}/{quote(id, safe='')}")

    def advance(self, ms: int) -> str:
        """Moves the clock forward; returns the time."""
        now: str = self._ask("POST", "/clock", {"advance_ms": ms})["now"]
        return now

    def snapshot(self, name: str | None = None) -> None:
        """Keeps where the world stands, under a name."""
        self._ask("POST", "/snapshot", {} if name is None else {"name": name})

    def restore(self, name: str | None = None) -> None:
        """Goes back to a snapshot."""
        self._ask("POST", "/restore", {} if name is None else {"name": name})

    def reset(self) -> None:
        """Goes back to where the world began."""
        self._ask("POST", "/reset")

    def delete(self) -> None:
        """Takes the world away: requests to it are refused from now on."""
        self._ask("DELETE", "")

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Asks for any other path of the world's control API, such as `/coverage`."""
        return self._ask(method, path, body)

    def _ask(self, method: str, path: str, body: object = None, patience_s: float = 30.0) -> Any:
        return self._control.ask(method, f"/worlds/{self.name}{path}", body, patience_s)
