"""That what is named elsewhere is there: priorities, selectors, secrets, files."""

from collections.abc import Iterator
from pathlib import Path

from infra.validate.documents import Finding, dig
from infra.validate.tree import CLUSTER, Tree, is_overlay

_GUIDE = "docs/cluster.md"
_STANDALONE = "infra/jobs/"
"""Manifests that a person starts one at a time."""


def priorities(tree: Tree) -> Iterator[Finding]:
    """A pod whose priority class does not exist is refused; and workers make room for the head."""
    values = {document.name: document.get("value") for document in tree.kinds("PriorityClass")}
    for pod in tree.pods():
        wanted = str(pod.spec.get("priorityClassName"))
        place = (*pod.place, "spec", "priorityClassName")
        if pod.group and wanted not in values:
            message = f"expected a PriorityClass of {', '.join(sorted(values)) or 'ours'}, found {wanted}"
            yield pod.document.finding("priority", place, message)
        head = str(pod.document.get("spec", "headGroupSpec", "template", "spec", "priorityClassName"))
        if pod.group not in {"", "head"} and values.get(wanted, 0) >= values.get(head, 0):
            message = f"expected workers below the head's priority, found {wanted} beside {head}"
            yield pod.document.finding("priority", place, message)


def selectors(tree: Tree) -> Iterator[Finding]:
    """A controller and a service find the pods that they mean, by labels and by ports."""
    pods = list(tree.pods())
    for document in tree.kinds("Deployment", "StatefulSet"):
        wanted = document.get("spec", "selector", "matchLabels") or {}
        labels = document.get("spec", "template", "metadata", "labels") or {}
        if not wanted or not wanted.items() <= labels.items():
            message = f"expected the template's labels to hold {wanted}, found {labels}"
            yield document.finding("selector", ("spec", "selector"), message)
    for document in tree.kinds("Service"):
        wanted = document.get("spec", "selector") or {}
        found = [pod for pod in pods if wanted and wanted.items() <= pod.labels.items()]
        if not found:
            message = f"expected pods labelled {wanted}, found none"
            yield document.finding("selector", ("spec", "selector"), message)
        ports = {
            port.get(part)
            for pod in found
            for _, container in pod.containers()
            for port in container.get("ports") or []
            for part in ("name", "containerPort")
        }
        for index, port in enumerate(document.get("spec", "ports")):
            target = port.get("targetPort", port["port"])
            if found and target not in ports:
                message = f"expected a port of the pods ({', '.join(map(str, ports))}), found {target!r}"
                yield document.finding("selector", ("spec", "ports", index), message)


def secrets(tree: Tree) -> Iterator[Finding]:
    """The guide makes every secret, with every key, that a manifest reads."""
    guide = tree.text(_GUIDE)
    for pod in tree.pods():
        for place, container in pod.containers():
            for index, variable in enumerate(container.get("env") or []):
                reference = dig(variable, "valueFrom", "secretKeyRef")
                if reference and not (
                    reference["name"] in guide and f"--from-literal={reference['key']}=" in guide
                ):
                    message = (
                        f"expected {_GUIDE} to make {reference['name']} with {reference['key']}, found nothing"
                    )
                    yield pod.document.finding("secret-unknown", (*place, "env", index), message)
            for index, source in enumerate(container.get("envFrom") or []):
                name = dig(source, "secretRef", "name")
                if name and f"secret generic {name}" not in guide:
                    message = f"expected {_GUIDE} to make {name}, found nothing"
                    yield pod.document.finding("secret-unknown", (*place, "envFrom", index), message)
    for document in tree.kinds("RayCluster"):
        name = document.get("spec", "authOptions", "secretName")
        if name and f"secret generic {name} --from-literal=auth_token=" not in guide:
            message = f"expected {_GUIDE} to make {name} with auth_token, found nothing"
            yield document.finding("secret-unknown", ("spec", "authOptions", "secretName"), message)


def reached(tree: Tree) -> Iterator[Finding]:
    """Every manifest is installed by an overlay, or is a job; one that nobody names is dead."""
    named: set[Path] = set()
    for document in tree.documents:
        if is_overlay(document):
            folder = (tree.root / document.file).parent
            paths = [*document.data.get("resources", [])]
            paths += [patch["path"] for patch in document.data.get("patches", []) if "path" in patch]
            named |= {(folder / path).resolve() for path in paths}
    for document in tree.documents:
        path = (tree.root / document.file).resolve()
        free = is_overlay(document) or document.file.startswith(_STANDALONE)
        if not free and path not in named:
            message = "expected an overlay of infra/kustomize that names this file, found none"
            yield document.finding("orphan", (), message)
    if not any(document.file == CLUSTER and document.kind == "RayCluster" for document in tree.documents):
        yield Finding(file=CLUSTER, line=0, rule="orphan", message="expected a RayCluster, found none")


def guide_names_files(tree: Tree) -> Iterator[Finding]:
    """The guide's commands name files that are there."""
    for number, line in enumerate(tree.text(_GUIDE).splitlines(), 1):
        for word in line.replace("`", " ").split():
            path = word.strip("(),.;:'\"")
            if path.startswith(("infra/", CLUSTER)) and not (tree.root / path).exists():
                message = f"expected a file of the repository, found {path}"
                yield Finding(file=_GUIDE, line=number, rule="guide", message=message)


REFERENCE_RULES = (priorities, selectors, secrets, reached, guide_names_files)
