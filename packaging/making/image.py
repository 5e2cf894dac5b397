"""The container image, as an OCI layout: the binary, and nothing else.

The layout is three documents and one archive, written here and not by a tool: the health check is no part of OCI's
configuration, so that neither umoci nor buildah keeps it in an OCI layout, while engines look for it there.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from making.archive import entry, gzipped
from making.source import Source

USER = "65532:65532"
PORT = "4780"
_SECOND_NS = 1_000_000_000


def make(source: Source, out: Path) -> Iterator[Path]:
    """Makes it; another of the same name is replaced."""
    layout = out / f"standin-{source.version}-{source.platform['image']}.oci"
    shutil.rmtree(layout, ignore_errors=True)
    (layout / "blobs" / "sha256").mkdir(parents=True)
    layer = _layer(source)
    config = {
        "created": "2020-01-01T00:00:00Z",
        "architecture": source.platform["image"],
        "os": "linux",
        "config": _config(source),
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layer).hexdigest()]},
        "history": [{"created": "2020-01-01T00:00:00Z", "created_by": "packaging/build"}],
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": _blob(layout, "application/vnd.oci.image.config.v1+json", _json(config)),
        "layers": [_blob(layout, "application/vnd.oci.image.layer.v1.tar+gzip", gzipped(layer))],
    }
    described = _blob(layout, manifest["mediaType"], _json(manifest))
    described["annotations"] = {"org.opencontainers.image.ref.name": source.version}
    described["platform"] = {"architecture": source.platform["image"], "os": "linux"}
    (layout / "index.json").write_bytes(_json({"schemaVersion": 2, "manifests": [described]}))
    (layout / "oci-layout").write_bytes(_json({"imageLayoutVersion": "1.0.0"}))
    yield layout


def _config(source: Source) -> dict[str, Any]:
    labels = {
        "org.opencontainers.image.title": "standin",
        "org.opencontainers.image.description": source.crate["description"],
        "org.opencontainers.image.version": source.version,
        "org.opencontainers.image.licenses": source.crate["license"].replace("/", " OR "),
    }
    if "repository" in source.crate:
        labels["org.opencontainers.image.source"] = source.crate["repository"]
    return {
        "User": USER,
        "Entrypoint": ["/standin"],
        "Cmd": ["serve"],
        # Other containers must reach it; the control API then wants a token, which the log has unless one is set.
        "Env": ["STANDIN_HOST=0.0.0.0", "STANDIN_EXPOSE=true"],
        "ExposedPorts": {f"{PORT}/tcp": {}},
        "WorkingDir": "/",
        "StopSignal": "SIGTERM",
        "Labels": labels,
        "Healthcheck": {
            "Test": ["CMD", "/standin", "wait", f"http://127.0.0.1:{PORT}", "--timeout", "2s"],
            "Interval": 5 * _SECOND_NS,
            "Timeout": 3 * _SECOND_NS,
            "StartPeriod": _SECOND_NS,
            "Retries": 3,
        },
    }


def _layer(source: Source) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        tar.addfile(entry("standin", source.binary.stat().st_size, 0o755), io.BytesIO(source.binary.read_bytes()))
    return buffer.getvalue()


def _blob(layout: Path, kind: str, data: bytes) -> dict[str, Any]:
    digest = hashlib.sha256(data).hexdigest()
    (layout / "blobs" / "sha256" / digest).write_bytes(data)
    return {"mediaType": kind, "digest": f"sha256:{digest}", "size": len(data)}


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
