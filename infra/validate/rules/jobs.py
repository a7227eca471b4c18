"""RayJobs: that what they start exists, can be resumed, and ends."""

import re
import shlex
from collections.abc import Iterator

from infra.validate.documents import Document, Finding
from infra.validate.tree import Tree

_START = ["python", "-m"]
_REMOTE = ("--root", "--out")


def entrypoint(tree: Tree) -> Iterator[Finding]:
    """A manifest never names an entry file that is not there."""
    for document in tree.kinds("RayJob"):
        words = shlex.split(document.get("spec", "entrypoint"))
        module = words[2] if words[:2] == _START and len(words) > len(_START) else ""
        if not re.fullmatch(r"jobs\.[a-z_]+", module):
            message = f"expected python -m jobs.NAME, found {' '.join(words[:3])!r}"
            yield document.finding("entrypoint", ("spec", "entrypoint"), message)
        elif not tree.text(f"{module.replace('.', '/')}.py"):
            message = f"expected {module} in jobs/, found no such entry file"
            yield document.finding("entrypoint", ("spec", "entrypoint"), message)


def flags(tree: Tree) -> Iterator[Finding]:
    """Flags that exist; folders that every pod sees; a number of workers, for which the cluster then grows."""
    lines = (line.split(": ", 1) for line in tree.text("tests/flags.txt").splitlines())
    # an entry file is called like its command: jobs/sweep_it_all.py is `facescale sweep it-all`
    promised = {re.sub("[ -]", "_", name): given for name, given in lines}
    for document in tree.kinds("RayJob"):
        words = shlex.split(document.get("spec", "entrypoint"))
        given = _options(words)
        command = words[2].removeprefix("jobs.") if len(words) > len(_START) else ""
        known = promised.get(command, "").split()
        place = ("spec", "entrypoint")
        for flag in given:
            if known and flag not in known:
                yield document.finding("flags", place, f"expected a flag of {command}, found {flag}")
        for flag in _REMOTE:
            if not given.get(flag, "").startswith("s3://"):
                message = f"expected {flag} s3://..., which every pod sees, found {given.get(flag)!r}"
                yield document.finding("shared-storage", place, message)
        if int(given.get("--workers") or 0) < 1:
            message = (
                "expected --workers, since the cluster has no worker to count before the job asks, found none"
            )
            yield document.finding("workers", place, message)
        if "--device" in known and given.get("--device") not in {"cpu", "cuda"}:
            message = (
                f"expected --device cpu or cuda, since the driver sees no GPU, found {given.get('--device')!r}"
            )
            yield document.finding("device", place, message)


def room(tree: Tree) -> Iterator[Finding]:
    """The groups can grow to what the job asks for; otherwise it waits for pods that never come."""
    clusters = {cluster.name: cluster for cluster in tree.documents if cluster.kind == "RayCluster"}
    for document in tree.kinds("RayJob"):
        given = _options(shlex.split(document.get("spec", "entrypoint")))
        cluster = clusters.get(document.get("spec", "clusterSelector", "ray.io/cluster") or "")
        if cluster is None:
            continue
        kind = "nvidia.com/gpu" if given.get("--device") == "cuda" else "cpu"
        most = _most(cluster, kind)
        if int(given.get("--workers") or 0) > most:
            message = (
                f"expected at most {most} workers, for which the groups have room, found {given['--workers']}"
            )
            yield document.finding("room", ("spec", "entrypoint"), message)


def cluster(tree: Tree) -> Iterator[Finding]:
    """A job goes to the cluster of raycluster.yaml, and leaves it standing."""
    named = {document.name for document in tree.kinds("RayCluster")}
    for document in tree.kinds("RayJob"):
        wanted = document.get("spec", "clusterSelector", "ray.io/cluster")
        if document.get("spec", "rayClusterSpec"):
            message = (
                "expected clusterSelector, so that the cluster is described once, found a cluster of its own"
            )
            yield document.finding("job-cluster", ("spec", "rayClusterSpec"), message)
        elif wanted not in named:
            message = f"expected ray.io/cluster: {' or '.join(sorted(named))}, found {wanted!r}"
            yield document.finding("job-cluster", ("spec", "clusterSelector"), message)
        for field in ("backoffLimit", "shutdownAfterJobFinishes", "ttlSecondsAfterFinished", "suspend"):
            if document.get("spec", field):
                message = f"expected no {field}, which KubeRay refuses beside clusterSelector, found it"
                yield document.finding("job-cluster", ("spec", field), message)


def ends(tree: Tree) -> Iterator[Finding]:
    """A job that hangs keeps pods that cost money."""
    for document in tree.kinds("RayJob"):
        found = document.get("spec", "activeDeadlineSeconds")
        if not found or found < 0:
            message = f"expected activeDeadlineSeconds above 0, found {found!r}"
            yield document.finding("job-deadline", ("spec", "activeDeadlineSeconds"), message)


def image(tree: Tree) -> Iterator[Finding]:
    """The submitter is watched like every pod, so its template is written down."""
    for document in tree.kinds("RayJob"):
        if document.get("spec", "submissionMode") != "K8sJobMode" or not document.get(
            "spec", "submitterPodTemplate"
        ):
            message = "expected submissionMode K8sJobMode with a submitterPodTemplate, found another"
            yield document.finding("submitter", ("spec", "submissionMode"), message)


def _options(words: list[str]) -> dict[str, str]:
    """Return flags with the word after them."""
    found: dict[str, str] = {}
    for index, word in enumerate(words):
        if word.startswith("--"):
            flag, _, value = word.partition("=")
            following = words[index + 1] if index + 1 < len(words) else ""
            found[flag] = value or ("" if following.startswith("--") else following)
    return found


def _most(cluster: Document, resource: str) -> int:
    """Return how many of a resource the groups can grow to; groups of GPUs lend no CPUs to CPU workers."""
    most = 0
    for group in cluster.get("spec", "workerGroupSpecs") or []:
        limits = group["template"]["spec"]["containers"][0]["resources"]["limits"]
        if resource == "cpu" and "nvidia.com/gpu" in limits:
            continue
        most += int(limits.get(resource, 0)) * group["maxReplicas"]
    return most


JOB_RULES = (entrypoint, flags, room, cluster, ends, image)
