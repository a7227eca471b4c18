"""One version of everything: a worker with another Ray is turned away, one with another torch is not."""

import re
from collections.abc import Iterator

from infra.validate.documents import Finding
from infra.validate.tree import Tree, cluster_specs

_TAG = re.compile(r"facescale/(cpu|cuda):(?P<own>[^-]+)-ray(?P<ray>.+)")
_MLFLOW = re.compile(r"facescale/mlflow:(?P<mlflow>.+)")
_FLOATING = {"", "latest", "stable", "main", "nightly"}


def ray(tree: Tree) -> Iterator[Finding]:
    """What the manifest says is what constraints.txt pins, which pyproject.toml admits."""
    pinned = tree.pinned("ray")
    for document in tree.documents + tree.rendered:
        for spec in cluster_specs(document):
            found = document.get(*spec, "rayVersion")
            if found != pinned:
                message = f"expected Ray {pinned} of constraints.txt, found {found!r}"
                yield document.finding("version", (*spec, "rayVersion"), message)
    for package in ("ray", "mlflow", "torch"):
        lowest = _lowest(tree, package)
        if _numbers(tree.pinned(package)) < _numbers(lowest):
            message = (
                f"expected {package} {lowest} or newer, as pyproject.toml asks, found {tree.pinned(package)}"
            )
            yield Finding(file="constraints.txt", line=0, rule="version", message=message)


def images(tree: Tree) -> Iterator[Finding]:
    """Every image has a version, and ours says which facescale, Ray and MLflow are inside."""
    for pod in tree.pods():
        for place, container in pod.containers():
            name = container["image"]
            tag = name.rpartition("/")[2].partition("@")[0].partition(":")[2]
            if "@sha256:" not in name and tag in _FLOATING:
                message = f"expected a tag that stays what it is, found {name}"
                yield pod.document.finding("image-pinned", (*place, "image"), message)
            for part, found, wanted in _inside(tree, name):
                if found != wanted:
                    message = f"expected {part} {wanted} in the image's tag, found {found}"
                    yield pod.document.finding("version", (*place, "image"), message)


def build_arguments(tree: Tree) -> Iterator[Finding]:
    """Images are built from what is pinned."""
    wanted = {"TORCH_VERSION": tree.pinned("torch"), "MLFLOW_VERSION": tree.pinned("mlflow")}
    for file in tree.files("images/*/Dockerfile"):
        for number, line in enumerate(tree.text(file).splitlines(), 1):
            found = re.fullmatch(r"ARG (\w+)=(\S+)", line)
            if found and found[1] in wanted and found[2] != wanted[found[1]]:
                message = f"expected {found[1]} {wanted[found[1]]} of constraints.txt, found {found[2]}"
                yield Finding(file=file, line=number, rule="version", message=message)
            for match in re.finditer(r"-t (facescale/\S+)", line):
                for part, has, needs in _inside(tree, match[1]):
                    if has != needs:
                        message = f"expected {part} {needs} in the image's tag, found {has}"
                        yield Finding(file=file, line=number, rule="version", message=message)
    made = re.search(r"^TORCH_VERSION := (\S+)$", tree.text("Makefile"), re.MULTILINE)
    if not made or made[1] != tree.pinned("torch"):
        found = made[1] if made else "none"
        message = f"expected TORCH_VERSION {tree.pinned('torch')} of constraints.txt, found {found}"
        yield Finding(file="Makefile", line=0, rule="version", message=message)


def guide(tree: Tree) -> Iterator[Finding]:
    """The guide's tags are those of the manifests."""
    for number, line in enumerate(tree.text("docs/cluster.md").splitlines(), 1):
        for name in re.findall(r"facescale/(?:cpu|cuda|mlflow):[^\s`]+", line):
            for part, found, wanted in _inside(tree, name):
                if found != wanted:
                    message = f"expected {part} {wanted} in the image's tag, found {found}"
                    yield Finding(file="docs/cluster.md", line=number, rule="version", message=message)


def _inside(tree: Tree, image: str) -> Iterator[tuple[str, str, str]]:
    if found := _TAG.search(image):
        yield "facescale", found["own"], tree.version()
        yield "Ray", found["ray"], tree.pinned("ray")
    elif found := _MLFLOW.search(image):
        yield "MLflow", found["mlflow"], tree.pinned("mlflow")
    elif re.search(r"facescale/(cpu|cuda|mlflow)(:|$)", image):
        yield "the version", image.partition(":")[2] or "none", "VERSION-rayVERSION"


def _lowest(tree: Tree, package: str) -> str:
    for dependency in tree.project()["project"]["dependencies"]:
        if found := re.match(rf"{package}(\[[^\]]*\])?>=([0-9.]+)", dependency):
            return found[2]
    return "0"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version))


VERSION_RULES = (ray, images, build_arguments, guide)
