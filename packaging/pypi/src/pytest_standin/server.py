"""A server, started here or running already."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, urlencode

from pytest_standin.binary import find_binary
from pytest_standin.control import Control, ControlError
from pytest_standin.world import World

_READY_WITHIN_S = 30.0
_STOPPED_WITHIN_S = 10.0
_GOING_WITHIN_S = 1.0
_LAST_LINES = 20


class StartError(Exception):
    """The server did not start."""


class Server:
    """A server of standin."""

    def __init__(self, url: str, control_token: str | None = None) -> None:
        self.control = Control(url, control_token, self._ended)
        self.url = self.control.url
        """Its origin."""
        self._control_token = control_token
        self._process: subprocess.Popen[str] | None = None
        self._last_words: deque[str] = deque(maxlen=_LAST_LINES)

    @classmethod
    def start(cls, *arguments: str, binary: str | Path | None = None) -> Server:
        """Starts `standin serve` on any free port, with these arguments besides; it ends with this process."""
        program = str(binary or find_binary())
        command = [program, "serve", "--port", "0", "--quiet", "--exit-with-stdin", "--clock", "step", *arguments]
        # Settings of other servers, and what names a running one, are not for this one.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("STANDIN_")}
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                env=environment,
            )
        except OSError as error:
            raise StartError(f"{program} cannot be started: {error}") from error
        assert process.stdout is not None
        said = _first_line(process.stdout)
        try:
            ready = json.loads(said.get(timeout=_READY_WITHIN_S))
            server = cls(ready["url"])
        except queue.Empty:
            process.kill()
            process.wait()
            raise StartError(f"{program} was not ready within {_READY_WITHIN_S:.0f} s") from None
        except (ValueError, KeyError, TypeError):
            process.kill()
            _, complaint = process.communicate()
            raise StartError(f"{program} did not start:\n{complaint.strip() or 'it said nothing'}") from None
        # A full pipe would hold the server up.
        assert process.stderr is not None
        threading.Thread(target=_drain, args=(process.stderr, server._last_words), daemon=True).start()
        server._process = process
        return server

    @property
    def apis(self) -> list[str]:
        """The names of the APIs it serves."""
        names: list[str] = self.control.ask("GET", "/health")["apis"]
        return names

    def stop(self) -> None:
        """Ends the server, if it was started here."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None and process.stdout is not None
        process.stdin.close()
        try:
            process.wait(_STOPPED_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()

    def world(
        self,
        name: str | None = None,
        *,
        scenario: Mapping[str, Any] | None = None,
        seed: int | None = None,
        label: str | None = None,
    ) -> World:
        """Makes a world; with a scenario, a whole one as an object, it starts as that says."""
        wanted = {"scenario": scenario, "seed": seed, "label": label}
        body = {key: value for key, value in wanted.items() if value is not None}
        if name is None:
            made = self.control.ask("POST", "/worlds", body)
        else:
            made = self._put(name, body)
        world = Control(self.url, self._control_token, self._ended)
        return World(world, made)

    def _ended(self) -> str | None:
        """Returns how the server ended, if it was started here and is gone or going."""
        if self._process is None:
            return None
        try:
            code = self._process.wait(_GOING_WITHIN_S)
        except subprocess.TimeoutExpired:
            return None
        how = f"ended with exit code {code}" if code >= 0 else f"was ended by signal {-code}"
        said = "".join(self._last_words).strip()
        return f"the server {how}, and said:\n{said}" if said else f"the server {how}, and said nothing"

    def _put(self, name: str, body: Mapping[str, Any]) -> Any:
        """Makes a world by its path, so that a balancer can find the way by it."""
        return self.control.ask("PUT", f"/worlds/{quote(name, safe='')}", body)

    def delete_labelled(self, label: str) -> None:
        """Deletes the worlds of that label."""
        self.control.ask("DELETE", "/worlds?" + urlencode({"label": label}))

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _first_line(stream: IO[str]) -> queue.Queue[str]:
    """Reads a line on a thread of its own, because nothing else can give up waiting for it on every platform."""
    said: queue.Queue[str] = queue.Queue()
    threading.Thread(target=lambda: said.put(stream.readline()), daemon=True).start()
    return said


def _drain(stream: IO[str], last_words: deque[str]) -> None:
    with stream:
        last_words.extend(stream)


__all__: Sequence[str] = ["ControlError", "Server", "StartError"]
