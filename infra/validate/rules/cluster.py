"""What makes a RayCluster start, scale and survive; KubeRay's operator says most of it too late."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra.validate.documents import Finding
from infra.validate.tree import Tree, cluster_specs

_LABEL = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_LONGEST = {"RayCluster": 53, "RayJob": 47}
_SUFFIX = 5
"""Characters that generateName adds."""
_GATED = ("networkPolicy", "tlsOptions", "historyServerOptions")
_BY_LIMITS = ("num-gpus", "memory", "resources")


def names(tree: Tree) -> Iterator[Finding]:
    """A name becomes a part of longer names, of services among them."""
    for document in tree.kinds(*_LONGEST):
        longest = _LONGEST[document.kind]
        generated = document.get("metadata", "generateName")
        name = f"{document.name}{'x' * _SUFFIX}" if generated else document.name
        if not _LABEL.fullmatch(name) or len(name) > longest:
            message = f"expected a name of a-z, 0-9 and -, beginning with a letter, at most {longest} long"
            yield document.finding("name", ("metadata", "name"), f"{message}, found {document.name!r}")


def head_without_work(tree: Tree) -> Iterator[Finding]:
    """Work on the head can take the cluster's records with it."""
    for document in tree.documents + tree.rendered:
        for spec in cluster_specs(document):
            place = (*spec, "headGroupSpec", "rayStartParams", "num-cpus")
            if document.get(*place) != "0":
                message = f'expected "0", so that no work runs on the head, found {document.get(*place)!r}'
                yield document.finding("head-without-work", place, message)


def autoscaler(tree: Tree) -> Iterator[Finding]:
    """Version 2, and on: the groups begin with no pod."""
    for document in tree.documents + tree.rendered:
        for spec in cluster_specs(document):
            if document.get(*spec, "enableInTreeAutoscaling") is not True:
                place = (*spec, "enableInTreeAutoscaling")
                yield document.finding("autoscaler", place, "expected true, since groups begin with no pod")
            if document.get(*spec, "autoscalerOptions", "version") != "v2":
                place = (*spec, "autoscalerOptions", "version")
                found = document.get(*place)
                message = f"expected v2, which knows priorities and idle times of groups, found {found!r}"
                yield document.finding("autoscaler", place, message)


def restart_policy(tree: Tree) -> Iterator[Finding]:
    """Autoscaler v2 replaces pods and refuses those that restart in place."""
    for pod in tree.pods():
        found = pod.spec.get("restartPolicy")
        if pod.group and found != "Never":
            place = (*pod.place, "spec", "restartPolicy")
            message = f"expected Never, which autoscaler v2 needs, found {found!r}"
            yield pod.document.finding("restart-policy", place, message)


def replicas(tree: Tree) -> Iterator[Finding]:
    """Numbers that cannot hold together, and groups that cost money while nobody works."""
    for document in tree.documents + tree.rendered:
        for spec in cluster_specs(document):
            for index, group in enumerate(document.get(*spec, "workerGroupSpecs") or []):
                least, now, most = group["minReplicas"], group.get("replicas", 0), group["maxReplicas"]
                place = (*spec, "workerGroupSpecs", index)
                if not 0 <= least <= now <= most or most == 0:
                    found = f"{least}, {now} and {most}"
                    message = (
                        f"expected 0 <= minReplicas <= replicas <= maxReplicas and one at least, found {found}"
                    )
                    yield document.finding("replicas", (*place, "maxReplicas"), message)
                if least > 0:
                    message = f"expected minReplicas 0, so that an idle cluster costs its head, found {least}"
                    yield document.finding("idle-cost", (*place, "minReplicas"), message)


def groups(tree: Tree) -> Iterator[Finding]:
    """A group of CPUs, one of GPUs that stay and one of GPUs that may go, each under a name of its own."""
    for document in tree.kinds("RayCluster"):
        found = document.get("spec", "workerGroupSpecs") or []
        called = [group["groupName"] for group in found]
        twice = {name for name in called if called.count(name) > 1}
        if twice:
            message = f"expected each group name once, found {', '.join(sorted(twice))} again"
            yield document.finding("groups", ("spec", "workerGroupSpecs"), message)
        shapes = [(_market(group), _gpus(group) > 0) for group in found]
        for wanted, what in (
            (("on-demand", False), "CPU"),
            (("on-demand", True), "GPU"),
            (("spot", True), "spot GPU"),
        ):
            if wanted not in shapes:
                message = (
                    f"expected a {what} group, that is one labelled ray.io/market-type: {wanted[0]}, found none"
                )
                yield document.finding("groups", ("spec", "workerGroupSpecs"), message)


def spot(tree: Tree) -> Iterator[Finding]:
    """Spot nodes are asked for first, kept apart by a taint, and leave within the market's notice."""
    for document in tree.kinds("RayCluster"):
        found = document.get("spec", "workerGroupSpecs") or []
        for index, group in enumerate(found):
            if _market(group) != "spot":
                continue
            place = ("spec", "workerGroupSpecs", index)
            rivals = [other.get("priority", 0) for other in found if _gpus(other) and _market(other) != "spot"]
            if group.get("priority", 0) <= max(rivals, default=0):
                message = (
                    f"expected a priority above that of other GPU groups, found {group.get('priority', 0)}"
                )
                yield document.finding("spot-first", (*place, "priority"), message)
            keys = {toleration.get("key") for toleration in group["template"]["spec"].get("tolerations") or []}
            if "facescale/spot" not in keys:
                message = (
                    "expected a toleration of facescale/spot, so that the nodes may be tainted, found none"
                )
                yield document.finding("spot-toleration", (*place, "template", "spec", "tolerations"), message)


def feature_gates(tree: Tree) -> Iterator[Finding]:
    """An operator without the gate refuses the whole cluster."""
    for document in tree.documents + tree.rendered:
        for spec in cluster_specs(document):
            for field in _GATED:
                if document.get(*spec, field) is not None:
                    message = f"expected no {field}: it is alpha in KubeRay 1.7 and off unless its gate is set"
                    yield document.finding("feature-gate", (*spec, field), message)


def start_parameters(tree: Tree) -> Iterator[Finding]:
    """Resources come from the limits and labels from the group; KubeRay refuses what is said twice."""
    for document in tree.documents + tree.rendered:
        for spec in cluster_specs(document):
            places = [(*spec, "headGroupSpec")]
            workers = document.get(*spec, "workerGroupSpecs") or []
            places += [(*spec, "workerGroupSpecs", index) for index in range(len(workers))]
            for place in places:
                given = document.get(*place, "rayStartParams") or {}
                for name in _BY_LIMITS:
                    if name in given:
                        message = f"expected no {name}, which follows from the limits, found {given[name]}"
                        yield document.finding("start-parameters", (*place, "rayStartParams", name), message)
                if "labels" in given:
                    message = "expected labels in the group's own field, found them here, which KubeRay refuses"
                    yield document.finding("start-parameters", (*place, "rayStartParams", "labels"), message)
                if "num-cpus" in given and document.get(*place, "resources"):
                    message = "expected resources in one place, found num-cpus as well, which KubeRay refuses"
                    yield document.finding("start-parameters", (*place, "resources"), message)


def _market(group: Mapping[str, Any]) -> str:
    return (group.get("labels") or {}).get("ray.io/market-type", "")


def _gpus(group: Mapping[str, Any]) -> int:
    containers = group["template"]["spec"]["containers"]
    limits = ((containers[0].get("resources") or {}).get("limits") or {}) if containers else {}
    return int(limits.get("nvidia.com/gpu", 0))


CLUSTER_RULES = (
    names,
    head_without_work,
    autoscaler,
    restart_policy,
    replicas,
    groups,
    spot,
    feature_gates,
    start_parameters,
)
