"""The way to the binary."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from pathlib import Path

_NAME = "standin.exe" if sys.platform == "win32" else "standin"


class BinaryMissing(Exception):
    """There is no binary of standin to start."""


def find_binary() -> Path:
    """Returns the binary: the one `STANDIN_BIN` names, else the one this package brought, else the one on `PATH`."""
    named = os.environ.get("STANDIN_BIN")
    if named:
        if not Path(named).is_file():
            raise BinaryMissing(f"STANDIN_BIN names {named}, where there is no file; correct or unset it")
        return Path(named)
    for scheme in (sysconfig.get_default_scheme(), sysconfig.get_preferred_scheme("user")):
        brought = Path(sysconfig.get_path("scripts", scheme)) / _NAME
        if brought.is_file():
            return brought
    found = shutil.which("standin")
    if found:
        return Path(found)
    raise BinaryMissing(
        "there is no standin to start: this installation of pytest-standin brought none for"
        f" {sysconfig.get_platform()}; put one on PATH (cargo install standin), name one in STANDIN_BIN, or use a"
        " running server with --standin-url"
    )
