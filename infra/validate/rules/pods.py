"""What every pod asks of its node. Knows nothing of Ray beyond its folder for files."""

from collections.abc import Iterator
from typing import Any

from infra.validate.documents import Finding, Place, dig
from infra.validate.tree import Pod, Tree, cluster_specs

_NEEDED = ("cpu", "memory", "ephemeral-storage")
_GPU = "nvidia.com/gpu"
_UNITS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_UNITS |= {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}


def requests_are_limits(tree: Tree) -> Iterator[Finding]:
    """A pod that may take more than it asked for is the first to be evicted, in the middle of a run."""
    for document, place, asked in _resources(tree):
        requests, limits = (asked.get("requests") or {}), (asked.get("limits") or {})
        for name in _NEEDED:
            if name not in limits:
                message = f"expected a limit on {name}, found none"
                yield document.finding("resources", (*place, "resources"), message)
        for name in sorted({*requests, *limits}):
            if str(requests.get(name)) != str(limits.get(name)):
                found = f"{requests.get(name)} and {limits.get(name)}"
                message = f"expected the same {name} in requests and limits, found {found}"
                yield document.finding("resources", (*place, "resources", "limits", name), message)


def gpus(tree: Tree) -> Iterator[Finding]:
    """Kubernetes hands a GPU only to a container that limits it, on a node whose taint the pod tolerates."""
    for pod in tree.pods():
        for place, container in pod.containers():
            wants = "/cuda" in container["image"] or "gpu" in pod.group
            has = _GPU in (dig(container, "resources", "limits") or {})
            if wants and not has:
                message = f"expected a limit on {_GPU}, without which the container sees no GPU, found none"
                yield pod.document.finding("gpu-limit", (*place, "resources"), message)
            if has and "/cuda" not in container["image"]:
                message = f"expected the CUDA image where a GPU is held, found {container['image']}"
                yield pod.document.finding("gpu-image", (*place, "image"), message)
            keys = {toleration.get("key") for toleration in pod.spec.get("tolerations") or []}
            if has and _GPU not in keys:
                message = f"expected a toleration of {_GPU}, which GPU nodes are tainted with, found none"
                yield pod.document.finding("gpu-toleration", (*pod.place, "spec", "tolerations"), message)


def volumes(tree: Tree) -> Iterator[Finding]:
    """A folder without a limit fills the node's disk and takes its neighbours along."""
    for pod in tree.pods():
        named: set[str] = set()
        for index, volume in enumerate(pod.spec.get("volumes") or []):
            place = (*pod.place, "spec", "volumes", index)
            named.add(volume["name"])
            if "emptyDir" in volume and not dig(volume, "emptyDir", "sizeLimit"):
                yield pod.document.finding("volume-limit", place, "expected a sizeLimit, found none")
            if "hostPath" in volume:
                yield pod.document.finding("host-path", place, "expected no folder of the node, found hostPath")
        claims = pod.document.get("spec", "volumeClaimTemplates") or []
        named |= {claim["metadata"]["name"] for claim in claims}
        for place, container in pod.containers():
            for index, mount in enumerate(container.get("volumeMounts") or []):
                if mount["name"] not in named:
                    message = (
                        f"expected a volume named {mount['name']}, found {', '.join(sorted(named)) or 'none'}"
                    )
                    yield pod.document.finding("volume", (*place, "volumeMounts", index), message)


def ray_folder(tree: Tree) -> Iterator[Finding]:
    """Ray spills and logs to /tmp/ray: a volume within what the pod asks for."""
    for pod in tree.pods():
        if not pod.group:
            continue
        place, container = next(iter(pod.containers()))
        mounts = {mount["mountPath"]: mount["name"] for mount in container.get("volumeMounts") or []}
        if mounts.get("/tmp/ray") != "ray-logs":  # noqa: S108  # the folder of a container
            message = "expected the volume ray-logs, which the autoscaler shares, at /tmp/ray, found none"
            yield pod.document.finding("ray-folder", (*place, "volumeMounts"), message)
            continue
        limits = [dig(volume, "emptyDir", "sizeLimit") for volume in _named(pod, "ray-logs")]
        asked = dig(container, "resources", "limits", "ephemeral-storage")
        if limits and limits[0] and asked and quantity(limits[0]) > quantity(asked):
            message = f"expected the volume ray-logs within ephemeral-storage, found {limits[0]} above {asked}"
            yield pod.document.finding("ray-folder", (*place, "resources"), message)


def _named(pod: Pod, name: str) -> list[dict[str, Any]]:
    return [volume for volume in pod.spec.get("volumes") or [] if volume["name"] == name]


def _resources(tree: Tree) -> Iterator[tuple[Any, Place, dict[str, Any]]]:
    for pod in tree.pods():
        for place, container in pod.containers():
            yield pod.document, place, container.get("resources") or {}
    for document in tree.documents + tree.rendered:
        for spec in cluster_specs(document):
            place = (*spec, "autoscalerOptions")
            yield document, place, document.get(*place, "resources") or {}


def quantity(text: Any) -> float:
    """Return a quantity in its base unit."""
    number = str(text).rstrip("".join(set("".join(_UNITS))) + "m")
    unit = str(text)[len(number) :]
    return float(number) / 1000 if unit == "m" else float(number) * _UNITS[unit]


POD_RULES = (requests_are_limits, gpus, volumes, ray_folder)
