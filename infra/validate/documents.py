"""YAML documents that remember their lines. Knows nothing of Kubernetes beyond kind and name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

Place = tuple[str | int, ...]
"""Keys and indices from the top of a document to a value."""


@dataclass(frozen=True, kw_only=True, order=True)
class Finding:
    """One thing that is wrong."""

    file: str
    line: int
    """0 where a whole file is meant, or what was rendered from several."""
    rule: str
    message: str
    """What was expected and what was found."""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.rule}: {self.message}"


@dataclass(frozen=True, kw_only=True)
class Document:
    """One YAML document."""

    file: str
    """Relative to the top of the repository."""
    data: Any
    lines: Mapping[Place, int] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The kind, or nothing."""
        return str(self.get("kind") or "")

    @property
    def name(self) -> str:
        """The name, or what the name will begin with."""
        return str(self.get("metadata", "name") or self.get("metadata", "generateName") or "")

    def get(self, *place: str | int) -> Any:
        """Return the value at a place, or None where the way there ends."""
        return dig(self.data, *place)

    def finding(self, rule: str, place: Place, message: str) -> Finding:
        """Name a place of this document; the line is that of the nearest one above it that exists."""
        where = ".".join(map(str, place))
        while place and place not in self.lines:
            place = place[:-1]
        return Finding(
            file=self.file,
            line=self.lines.get(place, 0),
            rule=rule,
            message=f"{self.kind} {self.name}{' at ' + where if where else ''}: {message}",
        )


def dig(data: Any, *place: str | int) -> Any:
    """Return the value at a place below some data, or None where the way there ends."""
    for step in place:
        if isinstance(data, Mapping):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and -len(data) <= step < len(data):
            data = data[step]
        else:
            return None
    return data


def read_documents(root: Path, file: Path) -> tuple[list[Document], list[Finding]]:
    """Read all documents of a file.

    Args:
        root: top of the repository.
        file: below it.

    Returns:
        The documents, and what cannot be read: broken YAML and keys that stand twice, of which every reader
        silently takes one.
    """
    name = file.relative_to(root).as_posix()
    documents: list[Document] = []
    findings: list[Finding] = []
    # The parser in C gives the same documents ten times faster, where PyYAML was built with it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(file.read_text())
    try:
        while loader.check_node():
            node = loader.get_node()
            assert node is not None
            lines: dict[Place, int] = {}
            for place, line, twice in _walk(node, ()):
                lines.setdefault(place, line)
                if twice:
                    message = f"expected each key once, found {place[-1]!r} again"
                    findings.append(Finding(file=name, line=line, rule="yaml", message=message))
            data = loader.construct_document(node)
            if data is not None:
                documents.append(Document(file=name, data=data, lines=lines))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        message = f"expected YAML, found: {error.problem}"
        findings.append(Finding(file=name, line=line, rule="yaml", message=message))
    finally:
        loader.dispose()
    return documents, findings


def _walk(node: yaml.Node, place: Place) -> Iterator[tuple[Place, int, bool]]:
    yield place, node.start_mark.line + 1, False
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            below = (*place, key.value)
            yield below, key.start_mark.line + 1, key.value in seen
            seen.add(key.value)
            yield from _walk(value, below)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _walk(value, (*place, index))
