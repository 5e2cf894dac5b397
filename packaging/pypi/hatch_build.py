"""Builds a wheel with a binary: `binary/` holds it, `binary/tag` names the platform. Without the folder, a wheel for any platform."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BinaryHook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        binary = Path(self.root) / "binary"
        if not binary.is_dir():
            return
        program = next(path for path in binary.iterdir() if path.name != "tag")
        build_data["shared_scripts"][str(program)] = program.name
        build_data["pure_python"] = False
        build_data["tag"] = "py3-none-" + (binary / "tag").read_text().strip()
