"""What a verification found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Violation:
    """One thing a check found."""

    message: str
    call: int | None
    details: list[str]


@dataclass(frozen=True)
class Check:
    """One check."""

    id: str
    passed: bool
    violations: list[Violation]


@dataclass(frozen=True)
class Report:
    """What a verification found; `str()` is the text that the command line prints."""

    scenario: str
    world: str
    seed: int
    passed: bool
    calls: int
    checks: list[Check]
    journal: list[str]
    data: dict[str, Any]
    """The whole report, as the control API gives it."""

    @classmethod
    def of(cls, data: dict[str, Any]) -> Report:
        """Reads a report."""
        checks = [
            Check(
                check["id"],
                check["passed"],
                [Violation(found["message"], found["call"], found["details"]) for found in check["violations"]],
            )
            for check in data["checks"]
        ]
        return cls(
            data["scenario"],
            data["world"],
            data["seed"],
            data["passed"],
            data["calls"],
            checks,
            data["journal"],
            data,
        )

    @property
    def failed(self) -> list[Check]:
        """The checks that failed."""
        return [check for check in self.checks if not check.passed]

    def __str__(self) -> str:
        return str(self.data["text"])


class Unmet(AssertionError):
    """Expectations are not met; `str()` is the report."""

    def __init__(self, report: Report) -> None:
        super().__init__(str(report))
        self.report = report
