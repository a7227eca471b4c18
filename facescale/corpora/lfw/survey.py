"""What LFW's lists promise and its folders do not hold. Opens no picture."""

from collections.abc import Iterator

from facescale.corpora.finding import Finding, Level, refusal
from facescale.corpora.lfw.listing import LfwOptions, odd_name, pictures, protocol_of
from facescale.corpora.lfw.protocol import PAIRS_FILES, Protocol, missing_portraits
from facescale.corpora.named_findings import warning
from facescale.structures.errors import CaptureRejected

_AGAIN = "download the archive again; numbers are never shifted to fill a gap"


def survey(root: str, options: LfwOptions) -> Iterator[Finding]:
    """Compare the folders with the lists.

    Raises:
        ValueError: no folder, or several variants and none chosen.
        OSError: it cannot be listed.
    """
    there: dict[str, set[int]] = {}
    odd: dict[str, list[str]] = {}
    for found in pictures(root, options):
        numbers = there.setdefault(found.portrait.name, set())
        if found.portrait.number in numbers:
            odd.setdefault("the number of another", []).append(found.entry.path)
        numbers.add(found.portrait.number)
        if odd_name(found):
            odd.setdefault(odd_name(found), []).append(found.entry.path)
    yield from (warning("odd-file-name", f"pictures with {why}", paths) for why, paths in odd.items())
    try:
        protocol = protocol_of(root)
    except CaptureRejected as bad:
        yield refusal(bad)
        return
    if not any(protocol.pairs()):
        message = f"none of {', '.join(PAIRS_FILES)} is there: nothing can be verified"
        yield Finding(level=Level.WARNING, reason="no-protocol", message=message)
    yield from _promised(protocol, there)
    lost = missing_portraits(protocol.pairs(), there)
    if lost:
        named = [one.item for one in lost]
        spoilt = sum(pair.first in lost or pair.second in lost for pair in protocol.pairs())
        yield warning("missing-image", f"pictures of {spoilt:,} pairs are not there", named, _AGAIN)


def _promised(protocol: Protocol, there: dict[str, set[int]]) -> Iterator[Finding]:
    """People whose pictures are not those that a list counts."""
    counts = {person.name: person.count for person in protocol.names}
    for fold in (*protocol.people, *protocol.development):
        counts |= {person.name: person.count for person in fold}
    absent = sorted(name for name in counts if name not in there)
    if absent:
        yield warning("missing-person", "people of the lists have no picture", absent, _AGAIN)
    fewer = [
        f"{name} ({len(numbers & set(range(1, counts[name] + 1)))} of {counts[name]})"
        for name, numbers in sorted(there.items())
        if name in counts and not numbers >= set(range(1, counts[name] + 1))
    ]
    if fewer:
        yield warning("missing-image", "people have fewer pictures than their list says", fewer, _AGAIN)
    more = sorted(name for name, numbers in there.items() if name in counts and max(numbers) > counts[name])
    if more:
        yield warning("surplus-image", "people have pictures beyond their list's number", more)
    if not counts:
        gaps = sorted(name for name, numbers in there.items() if len(numbers) != max(numbers))
        if gaps:
            yield warning("missing-image", "people have gaps in their numbers", gaps, _AGAIN)
