"""The npm packages: `standin`, which is the same everywhere, and the package of the binary's platform."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from making.source import LICENSES, PACKAGING, PLATFORMS, Source, run


def name_of(platform: dict[str, Any]) -> str:
    """The name of a platform's package, in Node's words for it."""
    return f"standin-{platform['npm']['os']}-{platform['npm']['cpu']}"


def make(source: Source, out: Path) -> Iterator[Path]:
    """Makes both."""
    with source.staged(PACKAGING / "npm" / "standin") as stage:
        package = json.loads((stage / "package.json").read_text())
        package["optionalDependencies"] = {name_of(platform): source.version for platform in PLATFORMS}
        (stage / "package.json").write_text(json.dumps(package, indent=2) + "\n")
        yield _pack(stage, out)
    with tempfile.TemporaryDirectory() as made:
        stage = Path(made)
        (stage / "bin").mkdir()
        shutil.copy(source.binary, stage / "bin" / source.program)
        (stage / "bin" / source.program).chmod(0o755)
        for file in LICENSES:
            shutil.copy(file, stage)
        (stage / "package.json").write_text(json.dumps(_platform_package(source), indent=2) + "\n")
        yield _pack(stage, out)


def _platform_package(source: Source) -> dict[str, Any]:
    npm = source.platform["npm"]
    return {
        "name": name_of(source.platform),
        "version": source.version,
        "description": f"The binary of standin for {npm['os']} {npm['cpu']}",
        "license": source.crate["license"],
        "os": [npm["os"]],
        "cpu": [npm["cpu"]],
        "files": ["bin", "LICENSE-*"],
        "preferUnplugged": True,
    }


def _pack(stage: Path, out: Path) -> Path:
    said = json.loads(run("npm", "pack", "--json", "--pack-destination", out, cwd=stage))
    packed = said[0] if isinstance(said, list) else next(iter(said.values()))
    return out / packed["filename"]
