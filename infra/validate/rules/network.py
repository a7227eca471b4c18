"""What can be reached from where."""

from collections.abc import Iterator, Mapping
from typing import Any

from infra.validate.documents import Document, Finding
from infra.validate.tree import Tree, cluster_specs

_ANYWHERE = {"0.0.0.0/0", "::/0"}


def nothing_public(tree: Tree) -> Iterator[Finding]:
    """Nothing is reached from outside; `kubectl port-forward` opens what a person needs."""
    for document in tree.documents + tree.rendered:
        for spec in cluster_specs(document):
            head = (*spec, "headGroupSpec")
            if document.get(*head, "serviceType") != "ClusterIP":
                found = document.get(*head, "serviceType")
                message = f"expected ClusterIP: the dashboard runs code for whoever reaches it, found {found!r}"
                yield document.finding("public", (*head, "serviceType"), message)
            if document.get(*head, "enableIngress") is not False or document.get(*head, "ingressOptions"):
                message = "expected enableIngress: false, found another"
                yield document.finding("public", (*head, "enableIngress"), message)
            if document.get(*head, "headService"):
                message = "expected KubeRay's own service, whose type is checked, found another"
                yield document.finding("public", (*head, "headService"), message)
    for document in tree.kinds("Service"):
        kind = document.get("spec", "type")
        nodes = [port for port in document.get("spec", "ports") if "nodePort" in port]
        if kind != "ClusterIP" or document.get("spec", "externalIPs") or nodes:
            message = f"expected type ClusterIP and no port of a node, found {kind!r}"
            yield document.finding("public", ("spec", "type"), message)
    for pod in tree.pods():
        for place, container in pod.containers():
            if any("hostPort" in port for port in container.get("ports") or []):
                yield pod.document.finding("public", (*place, "ports"), "expected no hostPort, found one")


def policies(tree: Tree) -> Iterator[Finding]:
    """Whatever listens has a policy that names who may come in."""
    selected = [_labels(document) for document in tree.kinds("NetworkPolicy")]
    for document in tree.kinds("RayCluster"):
        wanted = {"ray.io/cluster": document.name}
        if wanted not in selected:
            message = f"expected a NetworkPolicy for ray.io/cluster: {document.name}, found none"
            yield document.finding("policy", ("metadata", "name"), message)
    for document in tree.kinds("Service"):
        wanted = document.get("spec", "selector")
        if wanted not in selected:
            message = f"expected a NetworkPolicy for the pods {wanted}, found none"
            yield document.finding("policy", ("spec", "selector"), message)


def narrow(tree: Tree) -> Iterator[Finding]:
    """A policy that lets all in says nothing."""
    for document in tree.kinds("NetworkPolicy"):
        if "Ingress" not in (document.get("spec", "policyTypes") or []):
            place = ("spec", "policyTypes")
            yield document.finding("policy-open", place, "expected Ingress among policyTypes, found none")
        for index, rule in enumerate(document.get("spec", "ingress") or []):
            place = ("spec", "ingress", index)
            if not rule.get("from"):
                yield document.finding(
                    "policy-open", place, "expected a from with peers, found none: all may come in"
                )
            for peer in rule.get("from") or []:
                if _is_anybody(peer):
                    message = f"expected a peer that names somebody, found {peer}: all may come in"
                    yield document.finding("policy-open", (*place, "from"), message)


def operator_comes_in(tree: Tree) -> Iterator[Finding]:
    """A RayJob is submitted to, and watched at, port 8265; a policy without them leaves the job waiting."""
    for document in tree.kinds("NetworkPolicy"):
        if "ray.io/cluster" not in _labels(document):
            continue
        peers = [
            peer.get("podSelector", {}).get("matchLabels", {})
            for rule in document.get("spec", "ingress") or []
            if not rule.get("ports") or any(port.get("port") == 8265 for port in rule["ports"])  # noqa: PLR2004  # Ray's dashboard
            for peer in rule.get("from") or []
        ]
        cluster = {"ray.io/cluster": _labels(document)["ray.io/cluster"]}
        submitter = {"ray.io/originated-from-crd": "RayJob"}
        for wanted in (cluster, submitter, {"app.kubernetes.io/name": "kuberay-operator"}):
            if wanted not in peers:
                message = f"expected {wanted} among those who may reach port 8265, found {peers}"
                yield document.finding("policy-shut", ("spec", "ingress"), message)


def _labels(document: Document) -> dict[str, str]:
    return document.get("spec", "podSelector", "matchLabels") or {}


def _is_anybody(peer: Mapping[str, Any]) -> bool:
    if "ipBlock" in peer:
        return peer["ipBlock"]["cidr"] in _ANYWHERE
    pods, spaces = peer.get("podSelector"), peer.get("namespaceSelector")
    # An empty selector of namespaces beside one of pods still names somebody.
    return not pods and not spaces


NETWORK_RULES = (nothing_public, policies, narrow, operator_comes_in)
