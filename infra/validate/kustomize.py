"""Renders the part of kustomize that our overlays use: resources, namespace, images and JSON 6902 patches.

Knows no rule. What it does not support is refused, so that nothing is silently left out.
"""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from infra.validate.documents import Document, Finding, dig

RULE = "kustomize"
NAME = "kustomization.yaml"
_CLUSTER_WIDE = {"PriorityClass"}


class Broken(Exception):  # noqa: N818  # it is one finding, carried up to where it is reported
    """An overlay that cannot be rendered."""


def render(
    root: Path, folder: Path, read: Mapping[str, list[Document]]
) -> tuple[list[Document], list[Finding]]:
    """Render an overlay.

    Args:
        root: top of the repository.
        folder: below it, with a kustomization.yaml.
        read: the documents of every file, by its path below the top.

    Returns:
        Documents whose file is the folder, without lines; or why there are none.
    """
    name = folder.relative_to(root).as_posix()
    try:
        rendered = list(_render(root.resolve(), folder.resolve(), read, frozenset()))
    except Broken as broken:
        return [], [Finding(file=f"{name}/{NAME}", line=0, rule=RULE, message=str(broken))]
    return [replace(document, file=f"{name} (rendered)", lines={}) for document in rendered], []


def _render(
    root: Path, folder: Path, read: Mapping[str, list[Document]], above: frozenset[Path]
) -> Iterator[Document]:
    if folder in above:
        raise Broken(f"expected a tree of folders, found {folder.name} below itself")
    own = read.get((folder / NAME).relative_to(root).as_posix())
    if not own:
        raise Broken(f"expected {NAME} in {folder.name}, found none")
    settings = own[0].data
    documents: list[Document] = []
    for resource in settings.get("resources", []):
        path = (folder / resource).resolve()
        if path.is_dir():
            documents += _render(root, path, read, above | {folder})
        elif path.is_relative_to(root) and path.relative_to(root).as_posix() in read:
            documents += read[path.relative_to(root).as_posix()]
        else:
            raise Broken(f"expected the resource {resource}, found no such file or folder")
    documents = [replace(document, data=copy.deepcopy(document.data)) for document in documents]
    for patch in settings.get("patches", []):
        _patch(documents, patch, folder)
    for document in documents:
        for image in settings.get("images", []):
            _rename(document.data, image)
        if settings.get("namespace") and document.kind not in _CLUSTER_WIDE:
            document.data.setdefault("metadata", {})["namespace"] = settings["namespace"]
        yield document


def _patch(documents: list[Document], patch: Mapping[str, Any], folder: Path) -> None:
    if "path" in patch:
        path = folder / patch["path"]
        if not path.is_file():
            raise Broken(f"expected the patch {patch['path']}, found no such file")
        operations = yaml.safe_load(path.read_text())
    else:
        operations = yaml.safe_load(patch["patch"])
    kind, name = dig(patch, "target", "kind"), dig(patch, "target", "name")
    targets = [found for found in documents if found.kind == kind and name in {None, found.name}]
    if not targets:
        raise Broken(f"expected a {kind} {name} to patch, found none")
    for target in targets:
        for operation in operations:
            _apply(target.data, operation)


def _apply(data: Any, operation: Mapping[str, Any]) -> None:
    steps = [step.replace("~1", "/").replace("~0", "~") for step in operation["path"].split("/")[1:]]
    place: list[str | int] = [int(step) if step.isdigit() else step for step in steps]
    parent, last = dig(data, *place[:-1]), place[-1]
    kind = operation["op"]
    if parent is None:
        raise Broken(f"expected {operation['path']} to have a parent, found none")
    if kind == "add" and isinstance(parent, list):
        parent.insert(len(parent) if last == "-" else int(last), operation["value"])
    elif kind == "add":
        parent[last] = operation["value"]
    elif kind not in {"replace", "remove", "test"}:
        raise Broken(f"expected add, replace, remove or test, found {kind}")
    elif dig(parent, last) is None:
        raise Broken(f"expected {operation['path']} to exist, found nothing to {kind}")
    elif kind == "replace":
        parent[last] = operation["value"]
    elif kind == "remove":
        del parent[last]
    elif parent[last] != operation["value"]:
        raise Broken(f"expected {operation['value']!r} at {operation['path']}, found {parent[last]!r}")


def _rename(data: Any, image: Mapping[str, str]) -> None:
    """Give the containers of one image another name or tag, wherever in a document they are."""
    if isinstance(data, list):
        for element in data:
            _rename(element, image)
    elif isinstance(data, dict):
        for key, value in data.items():
            if key in {"containers", "initContainers"} and isinstance(value, list):
                for container in value:
                    _rename_one(container, image)
            _rename(value, image)


def _rename_one(container: dict[str, Any], image: Mapping[str, str]) -> None:
    name, separator, tag = str(container.get("image", "")).partition(":")
    if name == image["name"]:
        if "digest" in image:
            separator, tag = "@", image["digest"]
        elif "newTag" in image:
            separator, tag = ":", image["newTag"]
        container["image"] = f"{image.get('newName', name)}{separator}{tag}"
