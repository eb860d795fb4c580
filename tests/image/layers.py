"""Reads the layers of an image from a file of `docker save`."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder of a layer."""

    path: str
    mode: int
    owner: int
    size: int
    content: bytes
    is_folder: bool


def layers(archive: Path) -> tuple[list[str], dict[str, str]]:
    """Returns the digests of an image's layers, the lowest first, and the name of each in the archive."""
    with tarfile.open(archive) as file:
        manifest = json.loads(_read(file, "manifest.json"))[0]
        config = json.loads(_read(file, manifest["Config"]))
    digests = config["rootfs"]["diff_ids"]
    return digests, dict(zip(digests, manifest["Layers"], strict=True))


def configuration(archive: Path) -> str:
    """Returns everything that is not a layer: configuration and history."""
    with tarfile.open(archive) as file:
        manifest = json.loads(_read(file, "manifest.json"))[0]
        return _read(file, manifest["Config"]).decode()


def entries(archive: Path, layer: str) -> Iterator[Entry]:
    """Yields all files and folders of a layer."""
    with tarfile.open(archive) as file:
        inner = file.extractfile(layer)
        assert inner is not None
        with tarfile.open(fileobj=inner) as tar:
            for member in tar:
                content = tar.extractfile(member) if member.isfile() else None
                yield Entry(
                    "/" + member.name.removeprefix("./").lstrip("/"), member.mode, member.uid, member.size,
                    content.read() if content else b"", member.isdir(),
                )  # fmt: skip


def _read(file: tarfile.TarFile, name: str) -> bytes:
    inner = file.extractfile(name)
    assert inner is not None
    return inner.read()
