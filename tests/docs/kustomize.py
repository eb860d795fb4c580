"""Builds `deploy/kubernetes/` as kustomize does: `python -m tests.docs.kustomize FOLDER`.

kustomize itself is a Go program, and no Python package provides it. This module has only those features that the manifests use. It
does not change names of images, and adds no hashes to ConfigMaps.
"""

import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

from tests import ROOT

KUBERNETES = ROOT / "deploy" / "kubernetes"


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def merge(base: Any, patch: Any) -> Any:
    """A strategic merge, as far as the manifests need it. Lists of objects are merged by name; null deletes a field."""
    if isinstance(base, dict) and isinstance(patch, dict):
        result = {key: merge(base.get(key), value) for key, value in patch.items() if value is not None}
        return {**{key: value for key, value in base.items() if key not in patch}, **result}
    if isinstance(base, list) and isinstance(patch, list) and all("name" in item for item in [*base, *patch]):
        by_name = {item["name"]: item for item in base}
        for item in patch:
            by_name[item["name"]] = merge(by_name.get(item["name"]), item)
        return list(by_name.values())
    return deepcopy(patch)


def build(folder: str) -> list[Any]:
    """The manifests of a folder, with the patches applied."""
    kustomization = read(KUBERNETES / folder / "kustomization.yaml")
    objects = []
    for resource in kustomization["resources"]:
        base_folder = (KUBERNETES / folder / resource).resolve()
        objects += build(base_folder.name) if base_folder.is_dir() else [read(base_folder)]
    for patch in kustomization.get("patches", []):
        change = read(KUBERNETES / folder / patch["path"])
        patched = [
            manifest
            for manifest in objects
            if (manifest["kind"], manifest["metadata"]["name"])
            == (change["kind"], change["metadata"]["name"])
        ]
        assert len(patched) == 1, "each patch must match one object"
        objects[objects.index(patched[0])] = merge(patched[0], change)
    return objects


if __name__ == "__main__":
    sys.stdout.write(yaml.safe_dump_all(build(Path(sys.argv[1]).name), sort_keys=False))
