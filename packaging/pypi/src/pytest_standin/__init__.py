"""pytest fixtures for standin: a fake of its own for each test."""

from pytest_standin.binary import BinaryMissing, find_binary
from pytest_standin.control import ControlError, ServerUnreachable
from pytest_standin.report import Check, Report, Unmet, Violation
from pytest_standin.server import Server, StartError
from pytest_standin.world import Call, World

__all__ = [
    "BinaryMissing",
    "Call",
    "Check",
    "ControlError",
    "Report",
    "Server",
    "ServerUnreachable",
    "StartError",
    "Unmet",
    "Violation",
    "World",
    "find_binary",
]
