"""Pictures and lists in LFW's layout. Reads nothing and shares no parser with the reader."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from facescale.corpora.files import join, write_bytes

FOLDS = 10


def write_person(
    name: str, pictures: Sequence[bytes], root: str, *, variant: str = "lfw", capitals: Collection[int] = ()
) -> tuple[str, ...]:
    """Write a person's pictures, numbered from 1 in their order.

    Args:
        name: "First_Last".
        pictures: JPEG files.
        root: a local folder or s3:// prefix.
        variant: name of the archive's folder.
        capitals: numbers of pictures whose ending is written in capitals.

    Returns:
        The relative paths written.

    Raises:
        ValueError: a name that is none.
        OSError: it cannot be written.
    """
    if not name or "/" in name or name.startswith(".") or name.split() != [name]:
        raise ValueError(f"expected a name such as First_Last, got {name!r}")
    endings = ("JPG" if place in capitals else "jpg" for place in range(1, len(pictures) + 1))
    paths = tuple(f"{variant}/{name}/{name}_{place:04d}.{end}" for place, end in enumerate(endings, 1))
    for path, data in zip(paths, pictures, strict=True):
        write_bytes(join(root, path), data)
    return paths


def protocol_files(counts: Mapping[str, int], *, seed: int) -> dict[str, bytes]:
    """Form lists for these people: names, View 1 and, where ten folds can be filled, View 2.

    Nobody is in two folds, nor in both parts of View 1; no pair occurs twice within a list.

    Args:
        counts: name -> number of pictures.
        seed: of the drawing of folds and pairs.

    Returns:
        File name -> content.
    """
    rng = np.random.default_rng([seed, 7])
    names = sorted(counts)
    order = [names[k] for k in rng.permutation(len(names))]
    # Those with pairs of their own are dealt first, so that every part gets its share.
    dealt = sorted(order, key=lambda name: counts[name] < 2)  # noqa: PLR2004 - two make a pair
    parts = {
        "DevTrain": [sorted(dealt[0::2])],
        "DevTest": [sorted(dealt[1::2])],
        "": [sorted(dealt[k::FOLDS]) for k in range(FOLDS)],
    }
    files = {"lfw-names.txt": "".join(f"{name} {counts[name]}\n" for name in names)}
    for suffix, folds in parts.items():
        if not all(folds):
            continue
        head = f"{len(folds)}\n" if not suffix else ""
        blocks = (f"{len(fold)}\n" + "".join(f"{n}\t{counts[n]}\n" for n in fold) for fold in folds)
        files[f"people{suffix}.txt"] = head + "".join(blocks)
        drawn = [_pairs(fold, counts, rng) for fold in folds]
        each = min(min(len(same), len(other)) for same, other in drawn)
        if each:
            head = f"{FOLDS}\t{each}\n" if not suffix else f"{each}\n"
            rows = ("".join(same[:each] + other[:each]) for same, other in drawn)
            files[f"pairs{suffix}.txt"] = head + "".join(rows)
    return {name: text.encode() for name, text in files.items()}


def _pairs(
    fold: Sequence[str], counts: Mapping[str, int], rng: np.random.Generator
) -> tuple[list[str], list[str]]:
    """Lines of all matched pairs of a fold, and of as many mismatched ones as there are pairs of people."""
    same = [
        f"{name}\t{i}\t{j}\n"
        for name in fold
        for i in range(1, counts[name] + 1)
        for j in range(i + 1, counts[name] + 1)
    ]
    other = [
        f"{a}\t{rng.integers(counts[a]) + 1}\t{b}\t{rng.integers(counts[b]) + 1}\n"
        for k, a in enumerate(fold)
        for b in fold[k + 1 :]
    ]
    return [same[k] for k in rng.permutation(len(same))], [other[k] for k in rng.permutation(len(other))]
