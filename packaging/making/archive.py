"""The archive that a release has for each platform, and what `cargo binstall` and the GitHub Action download."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from making.source import EPOCH, LICENSES, ROOT, Source


def name_of(version: str, target: str, ending: str) -> str:
    """The name of the archive of a platform."""
    return f"standin-{version}-{target}.{ending}"


def make(source: Source, out: Path) -> Iterator[Path]:
    """Makes it."""
    made = out / name_of(source.version, source.target, source.platform["archive"])
    files = [(source.binary, source.program, 0o755)]
    files += [(file, file.name, 0o644) for file in (*LICENSES, ROOT / "README.md")]
    made.write_bytes(_zip(files) if made.suffix == ".zip" else gzipped(_tar(files)))
    yield made


def gzipped(data: bytes) -> bytes:
    """Compressed, without a time or a name in it."""
    return gzip.compress(data, mtime=0)


def _tar(files: list[tuple[Path, str, int]]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for file, name, mode in files:
            tar.addfile(entry(name, file.stat().st_size, mode), io.BytesIO(file.read_bytes()))
    return buffer.getvalue()


def entry(name: str, size: int, mode: int) -> tarfile.TarInfo:
    """A file of an archive, of nobody in particular and no time of its own."""
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, mode, EPOCH
    return info


def _zip(files: list[tuple[Path, str, int]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, name, mode in files:
            info = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
            info.external_attr, info.compress_type = mode << 16, zipfile.ZIP_DEFLATED
            archive.writestr(info, file.read_bytes())
    return buffer.getvalue()


def write_checksums(out: Path) -> None:
    """Writes SHA256SUMS over all files of a folder."""
    files = sorted(file for file in out.iterdir() if file.is_file() and file.name != "SHA256SUMS")
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    (out / "SHA256SUMS").write_text("".join(lines))
