"""The bill of materials: what `cargo auditable` wrote into the binary, as CycloneDX."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from making.source import Refused, Source


def dependencies(binary: Path) -> list[dict[str, Any]]:
    """The crates in a binary, as `cargo auditable` wrote them down."""
    data = binary.read_bytes()
    # The section holds one compressed JSON document; where it lies differs from format to format.
    at = -1
    while (at := data.find(b"\x78", at + 1)) >= 0:
        if data[at + 1] not in (0x01, 0x5E, 0x9C, 0xDA):
            continue
        try:
            text = zlib.decompressobj().decompress(data[at:], 16 * 1024 * 1024)
        except zlib.error:
            continue
        if text.startswith(b'{"packages":'):
            packages: list[dict[str, Any]] = json.loads(text)["packages"]
            return packages
    raise Refused(f"{binary} does not say what it is made of; build it with cargo auditable build")


def make(source: Source, out: Path) -> Iterator[Path]:
    """Makes it."""
    packages = dependencies(source.binary)
    shipped = [package for package in packages if package.get("kind", "runtime") == "runtime"]
    components = [
        {
            "type": "library",
            "bom-ref": f"pkg:cargo/{package['name']}@{package['version']}",
            "name": package["name"],
            "version": package["version"],
            "purl": f"pkg:cargo/{package['name']}@{package['version']}",
        }
        for package in shipped
        if not package.get("root")
    ]
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": f"pkg:cargo/standin@{source.version}",
                "name": "standin",
                "version": source.version,
                "licenses": [{"expression": source.crate["license"]}],
            }
        },
        "components": components,
    }
    made = out / f"standin-{source.version}-{source.target}.cdx.json"
    made.write_text(json.dumps(bill, indent=2) + "\n")
    yield made
