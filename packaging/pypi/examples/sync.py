"""The software under test: it reads and makes integrations of Celigo."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from typing import Any


def _ask(method: str, path: str, body: object = None) -> Any:
    request = urllib.request.Request(
        os.environ["CELIGO_BASE_URL"] + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Authorization": f"Bearer {os.environ['CELIGO_API_TOKEN']}",
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def sync_names() -> list[str]:
    """Returns the names of all integrations."""
    return [integration["name"] for integration in _ask("GET", "/integrations")]


def create_integration(name: str) -> None:
    """Makes an integration; when the answer is lost, it looks before it tries again."""
    try:
        _ask("POST", "/integrations", {"name": name})
    except (urllib.error.URLError, ConnectionError):
        if name not in sync_names():
            _ask("POST", "/integrations", {"name": name})


def create_integration_carelessly(name: str) -> None:
    """Makes an integration; when that fails, it simply tries again."""
    for _ in range(3):
        try:
            _ask("POST", "/integrations", {"name": name})
            return
        except (urllib.error.URLError, ConnectionError):
            continue
