"""Builds `deploy/kubernetes/` as kustomize does: `python -m tests.docs.kustomize FOLDER`.

kustomize itself is a Go program that no Python package provides. This module has only those features that the manifests use, and
refuses others. ConfigMaps get no hash at the end of their names. Where `kubectl` is installed, a test compares the two.
"""

import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

from tests import ROOT

KUBERNETES = ROOT / "deploy" / "kubernetes"
KNOWN = {
    "apiVersion", "kind", "resources", "patches", "namespace", "images", "replicas", "configMapGenerator",
}  # fmt: skip


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
    """The manifests that kustomize builds from a folder, except for hashes of ConfigMaps."""
    kustomization = read(KUBERNETES / folder / "kustomization.yaml")
    assert set(kustomization) <= KNOWN, f"not supported here: {set(kustomization) - KNOWN}"
    objects = []
    for resource in kustomization["resources"]:
        base_folder = (KUBERNETES / folder / resource).resolve()
        objects += build(base_folder.name) if base_folder.is_dir() else [read(base_folder)]
    for generator in kustomization.get("configMapGenerator", []):
        add_config_map(objects, generator)
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
    for manifest in objects:
        if "namespace" in kustomization:
            manifest["metadata"]["namespace"] = kustomization["namespace"]
        if manifest["kind"] == "Deployment":
            set_replicas(manifest, kustomization.get("replicas", []))
            set_images(manifest, kustomization.get("images", []))
    return objects


def add_config_map(objects: list[Any], generator: Any) -> None:
    """Makes a ConfigMap, or changes one of the base with `behavior: merge`."""
    data = dict(literal.split("=", 1) for literal in generator["literals"])
    same = [
        manifest
        for manifest in objects
        if (manifest["kind"], manifest["metadata"]["name"]) == ("ConfigMap", generator["name"])
    ]
    assert len(same) == (1 if generator.get("behavior") == "merge" else 0), "a base has it, or nothing does"
    if same:
        same[0]["data"].update(data)
    else:
        metadata = {"name": generator["name"]}
        objects.append({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data})


def set_replicas(deployment: Any, counts: list[Any]) -> None:
    for count in counts:
        assert count["name"] == deployment["metadata"]["name"], "counts the replicas of something"
        deployment["spec"]["replicas"] = count["count"]


def set_images(deployment: Any, images: list[Any]) -> None:
    """Replaces names and tags. An entry that fits no image does nothing in kustomize; here it is an error."""
    containers = deployment["spec"]["template"]["spec"]["containers"]
    for image in images:
        fitting = [each for each in containers if each["image"].rpartition(":")[0] == image["name"]]
        fitting += [each for each in containers if each["image"] == image["name"]]
        assert fitting, f"no container has the image {image['name']}"
        for container in fitting:
            container["image"] = f"{image.get('newName', image['name'])}:{image['newTag']}"


if __name__ == "__main__":
    sys.stdout.write(yaml.safe_dump_all(build(Path(sys.argv[1]).name), sort_keys=False))
