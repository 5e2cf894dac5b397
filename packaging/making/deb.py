"""The Debian package: the binary, its manual, completions for shells."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

from making.archive import gzipped
from making.source import EPOCH, PACKAGING, ROOT, Source, run

MAINTAINER = "The standin maintainers <maintainers@standin.invalid>"
COMPLETIONS = {
    "bash": "usr/share/bash-completion/completions/standin",
    "zsh": "usr/share/zsh/vendor-completions/_standin",
    "fish": "usr/share/fish/vendor_completions.d/standin.fish",
}


def make(source: Source, out: Path) -> Iterator[Path]:
    """Makes it."""
    with tempfile.TemporaryDirectory() as made:
        root = Path(made)
        _fill(source, root)
        for path in [root, *root.rglob("*")]:
            is_program = path.is_dir() or path.parent.name == "bin"
            path.chmod(0o755 if is_program else 0o644)
        package = out / f"standin_{source.version}_{source.platform['deb']}.deb"
        run("dpkg-deb", "--root-owner-group", "-Zxz", "--build", root, package, env=_env())
        yield package


def _env() -> dict[str, str]:
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "SOURCE_DATE_EPOCH": str(EPOCH)}


def _fill(source: Source, root: Path) -> None:
    program = _place(root, "usr/bin/standin")
    shutil.copy(source.binary, program)
    run("strip", "--strip-unneeded", program)
    manual = root / "usr/share/man/man1"
    manual.mkdir(parents=True)
    source.say("manual", str(manual))
    for page in sorted(manual.iterdir()):
        page.with_name(page.name + ".gz").write_bytes(gzipped(page.read_bytes()))
        page.unlink()
    for shell, place in COMPLETIONS.items():
        _place(root, place).write_text(source.say("completions", shell))
    _place(root, "usr/share/doc/standin/copyright").write_text(_copyright())
    _place(root, "usr/share/doc/standin/changelog.gz").write_bytes(gzipped(_changelog(source).encode()))
    overrides = _place(root, "usr/share/lintian/overrides/standin")
    shutil.copy(PACKAGING / "debian" / "lintian-overrides", overrides)
    size_kb = sum(file.stat().st_size for file in root.rglob("*") if file.is_file()) // 1024 + 1
    _place(root, "DEBIAN/control").write_text(
        f"Package: standin\n"
        f"Version: {source.version}\n"
        f"Architecture: {source.platform['deb']}\n"
        f"Maintainer: {MAINTAINER}\n"
        f"Installed-Size: {size_kb}\n"
        f"Section: devel\n"
        f"Priority: optional\n"
        f"Description: fake of the Edlink and Celigo integrations APIs for tests\n"
        f" An in-memory fake of two SaaS APIs, for testing the software that consumes\n"
        f" them. It answers as the real services are documented to answer, the same on\n"
        f" every run, misbehaves on order, and says what the software under test did\n"
        f" wrong.\n"
    )


def _place(root: Path, name: str) -> Path:
    place = root / name
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def _copyright() -> str:
    mit = (ROOT / "LICENSE-MIT").read_text()
    holder = next(line for line in mit.splitlines() if line.startswith("Copyright"))
    permission = mit[mit.index("Permission is") :]
    text = "\n".join(f" {line}" if line.strip() else " ." for line in permission.rstrip().splitlines())
    return (
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
        "Upstream-Name: standin\n\n"
        "Files: *\n"
        f"Copyright: {holder.removeprefix('Copyright').replace('(c)', '').strip()}\n"
        "License: Expat or Apache-2.0\n\n"
        f"License: Expat\n{text}\n\n"
        "License: Apache-2.0\n"
        " On Debian systems the full text is in /usr/share/common-licenses/Apache-2.0.\n"
    )


def _changelog(source: Source) -> str:
    return (
        f"standin ({source.version}) unstable; urgency=medium\n\n"
        f"  * Release {source.version}; what it brings is in CHANGELOG.md of the sources.\n\n"
        f" -- {MAINTAINER}  {formatdate(EPOCH, usegmt=False)}\n"
    )
