"""Builds `deploy/kubernetes/` as kustomize does: `python -m tests.docs.kustomize FOLDER`.

kustomize itself is a Go program that no Python package provides. This module has only those features that the manifests use. Names
of images and hashes of ConfigMaps are left as they are.
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


def merged(base: Any, patch: Any) -> Any:
    """A strategic merge, as far as the manifests need it. Lists of objects are merged by name; null deletes a field."""
    if isinstance(base, dict) and isinstance(patch, dict):
        out = {key: merged(base.get(key), value) for key, value in patch.items() if value is not None}
        return {**{key: value for key, value in base.items() if key not in patch}, **out}
    if isinstance(base, list) and isinstance(patch, list) and all("name" in item for item in [*base, *patch]):
        by_name = {item["name"]: item for item in base}
        for item in patch:
            by_name[item["name"]] = merged(by_name.get(item["name"]), item)
        return list(by_name.values())
    return deepcopy(patch)


def built(folder: str) -> list[Any]:
    """The manifests that kustomize builds from a folder, except for names of images and hashes of ConfigMaps."""
    kustomization = read(KUBERNETES / folder / "kustomization.yaml")
    objects = []
    for resource in kustomization["resources"]:
        inside = (KUBERNETES / folder / resource).resolve()
        objects += built(inside.name) if inside.is_dir() else [read(inside)]
    for patch in kustomization.get("patches", []):
        change = read(KUBERNETES / folder / patch["path"])
        same = [
            manifest
            for manifest in objects
            if (manifest["kind"], manifest["metadata"]["name"])
            == (change["kind"], change["metadata"]["name"])
        ]
        assert len(same) == 1, "a patch fits one object"
        objects[objects.index(same[0])] = merged(same[0], change)
    return objects


if __name__ == "__main__":
    sys.stdout.write(yaml.safe_dump_all(built(Path(sys.argv[1]).name), sort_keys=False))
