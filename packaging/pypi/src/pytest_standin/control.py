"""The control API of a server, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

# Longer than a server lets a caller wait, unless the caller asks for more.
_PATIENCE_S = 30.0


class ControlError(Exception):
    """The server refused what was asked of its control API."""

    def __init__(self, status: int, code: str, message: str, hint: str) -> None:
        super().__init__(f"{message}{_separator(message)}{hint}" if hint else message)
        self.status = status
        self.code = code
        self.message = message
        self.hint = hint


def _separator(message: str) -> str:
    """Returns what stands between a message and its hint: what has lines is followed by one, else by a sentence."""
    if "\n" in message:
        return "\n"
    return " " if message.endswith((".", "?", "!")) else ". "


class ServerUnreachable(Exception):
    """No standin answers at the URL."""


class Control:
    """Asks the control API of the server at `url`; no proxy of the environment is used.

    `ended` tells why there is no answer, where the server is known to have ended.
    """

    def __init__(self, url: str, token: str | None = None, ended: Callable[[], str | None] = lambda: None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ServerUnreachable(f"{url!r} is no URL of a server; write it like http://127.0.0.1:4780")
        self.url = url.rstrip("/")
        self._host = parts.hostname
        self._port = parts.port
        self._secure = parts.scheme == "https"
        self._below = parts.path.rstrip("/")
        self._ended = ended
        self._headers = {"standin-control-token": token} if token else {}

    def ask(self, method: str, path: str, body: object = None, patience_s: float = _PATIENCE_S) -> Any:
        """Sends a request below `/_standin` and returns the answer's JSON, `None` where it has none.

        A report is an answer, whatever its status says of it.
        """
        kind = HTTPSConnection if self._secure else HTTPConnection
        connection = kind(self._host, self._port, timeout=patience_s)
        headers = dict(self._headers)
        sent = None
        if body is not None:
            sent = json.dumps(body).encode()
            headers["content-type"] = "application/json"
        try:
            connection.request(method, f"{self._below}/_standin{path}", sent, headers)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, HTTPException) as error:
            raise ServerUnreachable(f"no standin answers at {self.url}: {self._ended() or error}") from None
        finally:
            connection.close()
        try:
            value = json.loads(text) if text else None
        except ValueError:
            raise ServerUnreachable(f"{self.url} answers with {answer.status} and no JSON: it is no standin") from None
        if answer.status >= 300 and not (isinstance(value, dict) and "report" in value):
            said = value.get("error", {}) if isinstance(value, dict) else {}
            message = said.get("message") or f"{method} {path} was answered with {answer.status}"
            raise ControlError(answer.status, said.get("code", ""), message, said.get("hint", ""))
        return value
