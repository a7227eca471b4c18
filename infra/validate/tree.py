"""Everything that is checked, read once. Knows where things lie, and no rule."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.validate.documents import Document, Finding, Place, read_documents
from infra.validate.kustomize import NAME, render

CLUSTER = "raycluster.yaml"
OVERLAYS = ("infra/kustomize/base", "infra/kustomize/production", "infra/s3")


@dataclass(frozen=True, kw_only=True)
class Pod:
    """A pod that some document asks for."""

    document: Document
    place: Place
    """Of its template."""
    group: str
    """"head", the name of a worker group, or nothing outside a RayCluster."""

    @property
    def spec(self) -> dict[str, Any]:
        """Its spec."""
        return self.document.get(*self.place, "spec") or {}

    @property
    def labels(self) -> dict[str, str]:
        """Its labels, without those that a controller adds."""
        return self.document.get(*self.place, "metadata", "labels") or {}

    def containers(self) -> Iterator[tuple[Place, dict[str, Any]]]:
        """Yield its containers with their places."""
        for part in ("initContainers", "containers"):
            for index, container in enumerate(self.spec.get(part) or []):
                yield (*self.place, "spec", part, index), container


@dataclass(frozen=True, kw_only=True)
class Tree:
    """A checkout of the repository, as far as infra goes."""

    root: Path
    documents: tuple[Document, ...]
    """All that is written down."""
    rendered: tuple[Document, ...] = ()
    """All that overlays make of it."""

    def kinds(self, *kinds: str) -> Iterator[Document]:
        """Yield the documents of some kinds, written ones first."""
        return (document for document in (*self.documents, *self.rendered) if document.kind in kinds)

    def pods(self) -> Iterator[Pod]:
        """Yield every pod that a document asks for."""
        for document in (*self.documents, *self.rendered):
            for place, group in _templates(document):
                yield Pod(document=document, place=place, group=group)

    def text(self, path: str) -> str:
        """Return a file's text, or nothing where there is none."""
        file = self.root / path
        return file.read_text() if file.is_file() else ""

    def files(self, pattern: str) -> list[str]:
        """Return the files below infra/ that a pattern names."""
        return sorted(path.relative_to(self.root).as_posix() for path in self.root.glob(f"infra/{pattern}"))

    def pinned(self, package: str) -> str:
        """Return the version of a package in constraints.txt, or nothing."""
        found = re.search(
            rf"^{re.escape(package)}==(\S+)$", self.text("constraints.txt"), re.IGNORECASE | re.MULTILINE
        )
        return found[1] if found else ""

    def version(self) -> str:
        """Return facescale's own version."""
        found = re.search(r'^__version__ = "(.+)"$', self.text("facescale/__init__.py"), re.MULTILINE)
        return found[1] if found else ""

    def project(self) -> dict[str, Any]:
        """Return pyproject.toml."""
        return tomllib.loads(self.text("pyproject.toml"))


def read_tree(root: Path) -> tuple[Tree, list[Finding]]:
    """Read a checkout; findings are of YAML that cannot be read and overlays that cannot be rendered."""
    read: dict[str, list[Document]] = {}
    findings: list[Finding] = []
    manifests = [root / CLUSTER, *sorted((root / "infra").rglob("*.yaml"))]
    for file in manifests:
        if "validate" in file.relative_to(root).parts:
            continue
        found, wrong = read_documents(root, file)
        # A patch is a list of operations; rendering reads it.
        read[file.relative_to(root).as_posix()] = [one for one in found if not isinstance(one.data, list)]
        findings += wrong
    rendered: list[Document] = []
    if not findings:
        for overlay in OVERLAYS:
            found, wrong = render(root, root / overlay, read)
            rendered += found
            findings += wrong
    documents = tuple(document for found in read.values() for document in found)
    return Tree(root=root, documents=documents, rendered=tuple(rendered)), findings


def is_overlay(document: Document) -> bool:
    """Tell whether a document only names others."""
    return document.file.endswith(NAME)


def _templates(document: Document) -> Iterator[tuple[Place, str]]:
    if document.kind in {"Deployment", "StatefulSet", "Job"}:
        yield ("spec", "template"), ""
    if document.get("spec", "submitterPodTemplate"):
        yield ("spec", "submitterPodTemplate"), ""
    for spec in cluster_specs(document):
        yield (*spec, "headGroupSpec", "template"), "head"
        for index, group in enumerate(document.get(*spec, "workerGroupSpecs") or []):
            yield (*spec, "workerGroupSpecs", index, "template"), group["groupName"]


def cluster_specs(document: Document) -> Iterator[Place]:
    """Yield the places of a document where a Ray cluster is described."""
    if document.kind == "RayCluster":
        yield ("spec",)
    if document.get("spec", "rayClusterSpec"):
        yield ("spec", "rayClusterSpec")
