"""The wheel of pytest-standin, with the binary among its scripts.

maturin's `bindings = "bin"` makes the same wheel, but of a binary that it builds itself; hatchling takes a given one.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from making.source import EPOCH, PACKAGING, Source, run


def make(source: Source, out: Path) -> Iterator[Path]:
    """Makes it."""
    with source.staged(PACKAGING / "pypi") as stage:
        (stage / "binary").mkdir()
        shutil.copy(source.binary, stage / "binary" / source.program)
        (stage / "binary" / "tag").write_text(source.platform["wheel"])
        made = stage.parent / "made"
        env = {**os.environ, "SOURCE_DATE_EPOCH": str(EPOCH)}
        run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", made, stage, env=env)
        for wheel in made.iterdir():
            yield Path(shutil.move(wheel, out / wheel.name))
