"""What a channel is tried with: a consumer that passes and one that fails, timed, and a release that lies in a folder."""

import contextlib
import functools
import http.server
import os
import shutil
import subprocess
import threading
import time
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
VERSION = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]["version"]
UNMET = "conduct.no_retry_on: call 3 repeats call 2 unchanged after 409"


@contextlib.contextmanager
def timed(channel, what):
    """Writes how long something of a channel took into the file that TIMES names, if there is one."""
    started = time.monotonic()
    yield
    if channel and (file := os.environ.get("TIMES")):
        with open(file, "a") as times:
            print(f"{channel}|{what}|{(time.monotonic() - started) * 1000:.0f}", file=times)


def try_both(channel, *command, env=None):
    """Runs a command with a consumer that passes and with one that fails, and wants the verdict of each."""
    for what, consumer in (("passing", "careful.sh"), ("failing", "careless.sh")):
        with timed(channel, what):
            ran = subprocess.run([*command, HERE / consumer], capture_output=True, text=True, timeout=60, env=env)
        said = ran.stdout + ran.stderr
        assert (ran.returncode == 0) == (what == "passing"), (channel, what, ran)
        assert (UNMET in said) == (what == "failing"), (channel, what, ran)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Says nothing: what a step prints is looked at."""


@contextlib.contextmanager
def released(assets, work):
    """Serves what `packaging/build` made as the release of a repository would: gives the folder and the server's URL."""
    folder = Path(work) / "owner/standin/releases/download" / f"v{VERSION}"
    folder.mkdir(parents=True)
    for file in Path(assets).iterdir():
        if file.is_file():
            shutil.copy(file, folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=work))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield folder, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
