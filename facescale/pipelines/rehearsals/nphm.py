"""Rehearsal of the layout "nphm". Joins synthesis and corpora.

The registrations are the built-in head brought to NPHM's numbers of vertices, which the truth says.
"""

from dataclasses import replace

import numpy as np

from facescale.pipelines.rehearsals.takes import QUIRK, Take, Write, numbered, rehearsal_of, truth_of
from facescale.pipelines.rehearse_config import RehearseConfig
from facescale.synthesis.truth import ScanTruth

FIRST_PERSON = 560
"""Numbers of real people end before: none of a rehearsal is on a list of bad or held-out ones."""
MOST = 1000 - FIRST_PERSON
_TOPOLOGIES = {"nphm-33506": 33_506, "flame-5023": 5_023}
_UNPADDED = 60


def _items(config: RehearseConfig, index: int) -> tuple[str, ...]:
    person = _person(config, index)
    return tuple(f"{person:03d}/{number:03d}" for number in range(config.sequences))


def _person(config: RehearseConfig, index: int) -> int:
    """With quirks the second has a number below 100, so that it can lack its zero."""
    if config.quirks and index == 1:
        return _UNPADDED
    return FIRST_PERSON + numbered(config, index, MOST)


def _writer(config: RehearseConfig) -> Write:
    from facescale.corpora.nphm.writing import write_nphm
    from facescale.heads.library import load_head
    from facescale.structures.mesh import Mesh
    from facescale.structures.registered_mesh import RegisteredMesh
    from facescale.synthesis.stand_in_topology import stand_in

    head = load_head(config.head)
    mean, faces = head.mean_vertices().double().numpy(), head.faces.numpy()
    others = {name: stand_in(mean, faces, count) for name, count in _TOPOLOGIES.items()}

    def write(take: Take) -> ScanTruth:
        truth = take.made.truth
        registered = tuple(
            RegisteredMesh(
                name=name,
                mesh=Mesh(vertices=other.carried(truth.vertices), faces=other.faces),
                topology=name,
            )
            for name, other in others.items()
        )
        person = take.item.split("/")[0]
        folder, quirk = f"chunk{take.person // 20 + 1:03d}/{take.item}", ""
        if config.quirks and take.person == 1:
            folder, quirk = f"{int(person)}/{take.number}", "unpadded-id"
        elif config.quirks and take.last and take.person == 2:  # noqa: PLR2004 - the third person
            registered, quirk = registered[1:], "no-registration"
        frame = np.eye(4)
        frame[:3, :3], frame[:3, 3] = truth.rotation, truth.translation
        capture = replace(take.made.capture, registrations=registered)
        write_nphm(capture, config.out, folder=folder, head_to_scan=frame)
        stand_ins = " ".join(one.topology for one in registered)
        return truth_of(take, person, stand_in_topology=stand_ins, **{QUIRK: quirk})

    return write


def _lists(config: RehearseConfig) -> None:
    """The first scan of each is its neutral one with the mouth closed; none was taken with it open."""
    from facescale.corpora.nphm.writing import write_neutrals

    people = [_person(config, index) for index in range(config.subjects)]
    write_neutrals({"closed": dict.fromkeys(people, 0), "open": dict.fromkeys(people, -1)}, config.out)


REHEARSALS = {
    "nphm": rehearsal_of("scans", _items, _writer, settings=frozenset({"sequences", "quirks"}), lists=_lists)
}
