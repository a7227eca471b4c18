"""Dockerfiles: that a build tomorrow gives the image of today, small, without secrets, and not as root."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from infra.validate.documents import Finding
from infra.validate.tree import Tree

_COMMIT = re.compile(r"[0-9a-f]{40}")
_EXACT = re.compile(r":[\w.-]*\d+\.\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64}")
_SECRET = re.compile(r"(PASSWORD|SECRET|TOKEN|ACCESS_KEY)\w*=", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Instruction:
    """One instruction, its continued lines joined."""

    line: int
    word: str
    rest: str


def instructions(text: str) -> list[Instruction]:
    """Read a Dockerfile, without comments."""
    found: list[Instruction] = []
    start, joined = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#") or (not line.strip() and not joined):
            continue
        start = start or number
        if line.rstrip().endswith("\\"):
            joined += line.rstrip()[:-1] + " "
            continue
        word, _, rest = (joined + line).strip().partition(" ")
        found.append(Instruction(line=start, word=word.upper(), rest=re.sub(r"\s+", " ", rest)))
        start, joined = 0, ""
    return found


def bases(tree: Tree) -> Iterator[Finding]:
    """Every base has a version down to its patch, and the last one is small."""
    for file, read in _all(tree):
        stages: set[str] = set()
        last = None
        for step in read:
            if step.word != "FROM":
                continue
            base, _, stage = step.rest.partition(" AS ")
            if base not in stages and not _EXACT.search(base):
                yield _finding(file, step, "base-pinned", f"expected a base such as name:1.2.3, found {base}")
            stages.add(stage)
            last = step
        if last is None:
            yield Finding(file=file, line=0, rule="base-pinned", message="expected a FROM, found none")
        elif "slim" not in last.rest:
            yield _finding(file, last, "base-small", f"expected a slim image to end in, found {last.rest}")


def users(tree: Tree) -> Iterator[Finding]:
    """The last user of the last stage has a number, since Kubernetes cannot tell whether a name is root's."""
    for file, read in _all(tree):
        user = ""
        for step in read:
            user = "" if step.word == "FROM" else step.rest if step.word == "USER" else user
        if not re.fullmatch(r"[1-9]\d*(:\d+)?", user):
            message = f"expected a USER by number, other than 0, found {user or 'none'}"
            yield Finding(file=file, line=0, rule="image-user", message=message)


def installs(tree: Tree) -> Iterator[Finding]:
    """What pip installs is pinned, by constraints.txt or on the spot; sources by commit."""
    for file, read in _all(tree):
        values = {
            step.rest.partition("=")[0]: step.rest.partition("=")[2] for step in read if step.word == "ARG"
        }
        for step in read:
            if step.word != "RUN":
                continue
            for command in step.rest.split("&&"):
                yield from _pip(file, step, command)
                if "apt-get install" in command and "--no-install-recommends" not in command:
                    yield _finding(file, step, "image-small", "expected --no-install-recommends, found none")
            if "apt-get update" in step.rest and "rm -rf /var/lib/apt/lists" not in step.rest:
                yield _finding(
                    file, step, "image-small", "expected apt's lists removed in the same layer, found them left"
                )
            for source in re.findall(r"git\+https://[^\s\"']+", step.rest):
                commit = source.rpartition("@")[2] if "@" in source else ""
                named = re.fullmatch(r"\$\{(\w+)\}", commit)
                if not _COMMIT.fullmatch(values.get(named[1], "") if named else commit):
                    message = f"expected a commit of 40 digits, found {source}"
                    yield _finding(file, step, "source-pinned", message)
            if re.search(r"(curl|wget)[^|]*\|\s*(ba)?sh", step.rest):
                yield _finding(
                    file, step, "source-pinned", "expected nothing fetched and run unseen, found a pipe to sh"
                )


def extras(tree: Tree) -> Iterator[Finding]:
    """The CUDA image has both optional rasterisers, the others none."""
    for file, read in _all(tree):
        text = " ".join(step.rest for step in read)
        for name in ("nvdiffrast", "pytorch3d"):
            has = f"{name} @ git+" in text
            if has != ("/cuda/" in file):
                message = f"expected {name} in the CUDA image and in no other, found {'it' if has else 'none'}"
                yield Finding(file=file, line=0, rule="rasterisers", message=message)


def secrets(tree: Tree) -> Iterator[Finding]:
    """ARG and ENV stay readable in every image; and only named folders go into a build."""
    for file, read in _all(tree):
        for step in read:
            if step.word in {"ARG", "ENV"} and _SECRET.search(step.rest):
                message = f"expected no secret in an image, found {step.word} {step.rest.partition('=')[0]}"
                yield _finding(file, step, "image-secret", message)
            if step.word in {"COPY", "ADD"} and step.rest.split()[0] == ".":
                message = "expected folders by name, found the whole context"
                yield _finding(file, step, "image-context", message)
            if step.word == "ADD":
                yield _finding(file, step, "image-context", "expected COPY, which fetches nothing, found ADD")
    lines = [line for line in tree.text(".dockerignore").splitlines() if line and not line.startswith("#")]
    if not lines or lines[0] != "*":
        message = 'expected "*" first, so that only what is named goes into a build, found another'
        yield Finding(file=".dockerignore", line=0, rule="image-context", message=message)


def _pip(file: str, step: Instruction, command: str) -> Iterator[Finding]:
    if "pip install" not in command:
        return
    if "--no-cache-dir" not in command:
        yield _finding(file, step, "image-small", "expected pip install --no-cache-dir, found none")
    if "constraints.txt" not in command and "==" not in command:
        message = f"expected -c constraints.txt or a version, found {command.strip()}"
        yield _finding(file, step, "install-pinned", message)


def _all(tree: Tree) -> Iterator[tuple[str, list[Instruction]]]:
    for file in tree.files("images/*/Dockerfile"):
        yield file, instructions(tree.text(file))


def _finding(file: str, step: Instruction, rule: str, message: str) -> Finding:
    return Finding(file=file, line=step.line, rule=rule, message=message)


DOCKERFILE_RULES = (bases, users, installs, extras, secrets)
