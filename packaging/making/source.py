"""What everything is made from: a binary, and the platform it is for."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PACKAGING = Path(__file__).resolve().parent.parent
ROOT = PACKAGING.parent
PLATFORMS: list[dict[str, Any]] = json.loads((PACKAGING / "platforms.json").read_text())
LICENSES = [ROOT / "LICENSE-APACHE", ROOT / "LICENSE-MIT"]

# Of every file in what is made: the same binary gives the same bytes.
EPOCH = 1_577_836_800

_ELF = {62: "x86_64", 183: "aarch64"}
_MACH_O = {0x0100_0007: "x86_64", 0x0100_000C: "aarch64"}
_PE = {0x8664: "x86_64", 0xAA64: "aarch64"}


class Refused(Exception):
    """Something cannot be made."""


@dataclass(frozen=True)
class Source:
    """A binary, its platform, and the crate it was built from."""

    binary: Path
    platform: dict[str, Any]
    version: str
    crate: dict[str, Any]

    @classmethod
    def of(cls, binary: Path) -> Source:
        """Looks at a binary. Refuses one that no platform of the list is for."""
        if not binary.is_file():
            raise Refused(f"there is no binary at {binary}; cargo build --release makes one")
        kind, machine, is_static = _look(binary.read_bytes())
        of_kind = [platform for platform in PLATFORMS if (platform["format"], platform["machine"]) == (kind, machine)]
        if not of_kind:
            known = ", ".join(platform["target"] for platform in PLATFORMS)
            raise Refused(f"{binary} is {kind} for {machine}, which is no platform of platforms.json: {known}")
        if of_kind[0]["static"] and not is_static:
            target = of_kind[0]["target"]
            raise Refused(
                f"{binary} needs libraries of the system it was built on, so that it would not run everywhere; build it with"
                f" RUSTFLAGS='-C target-feature=+crt-static' cargo build --release --target {target}"
            )
        crate = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]
        return cls(binary.resolve(), of_kind[0], crate["version"], crate)

    @property
    def target(self) -> str:
        """The platform as Rust names it."""
        return str(self.platform["target"])

    @property
    def program(self) -> str:
        """The name of the binary's file."""
        return "standin.exe" if self.platform["format"] == "pe" else "standin"

    def makes(self, kind: str) -> bool:
        """Whether that kind is made for this platform: those that name it, and what is made for all."""
        return kind in self.platform or kind in ("archive", "sbom")

    def say(self, *arguments: str) -> str:
        """What the binary prints: it must be for this machine."""
        try:
            ran = subprocess.run([self.binary, *arguments], capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise Refused(f"{self.binary} {' '.join(arguments)} does not run here: {error}") from error
        return ran.stdout

    @contextmanager
    def staged(self, folder: Path) -> Iterator[Path]:
        """A copy of a folder, with the version in place of 0.0.0 and the licences beside."""
        with tempfile.TemporaryDirectory() as made:
            stage = Path(made) / folder.name
            ignored = shutil.ignore_patterns("node_modules", "__pycache__", ".*cache", "tests", "examples")
            shutil.copytree(folder, stage, ignore=ignored)
            for name in ("pyproject.toml", "package.json"):
                if (stage / name).exists():
                    text = (stage / name).read_text()
                    (stage / name).write_text(text.replace("0.0.0", self.version))
            for file in LICENSES:
                shutil.copy(file, stage)
            yield stage


def _look(head: bytes) -> tuple[str, str, bool]:
    """The format, the machine, and whether nothing else is needed to run it (as far as the format tells)."""
    if head[:4] == b"\x7fELF" and head[4:6] == b"\x02\x01":
        machine = _ELF.get(struct.unpack_from("<H", head, 18)[0], "an unknown machine")
        start, size, count = struct.unpack_from("<Q", head, 32)[0], *struct.unpack_from("<HH", head, 54)
        kinds = [struct.unpack_from("<I", head, start + n * size)[0] for n in range(count)]
        needs_loader = 3  # PT_INTERP
        return "elf", machine, needs_loader not in kinds
    if head[:4] == b"\xcf\xfa\xed\xfe":
        return "mach-o", _MACH_O.get(struct.unpack_from("<I", head, 4)[0], "an unknown machine"), False
    if head[:2] == b"MZ":
        at = struct.unpack_from("<I", head, 60)[0]
        return "pe", _PE.get(struct.unpack_from("<H", head, at + 4)[0], "an unknown machine"), False
    return "an unknown format", "an unknown machine", False


def run(*command: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    """Runs a tool; its complaint is the reason why nothing was made."""
    try:
        ran = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise Refused(f"{command[0]} is not installed") from error
    if ran.returncode != 0:
        raise Refused(f"{' '.join(map(str, command))} failed:\n{ran.stdout}{ran.stderr}".rstrip())
    return ran.stdout
