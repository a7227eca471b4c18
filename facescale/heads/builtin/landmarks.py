"""Where the 68 landmarks of ibug lie on the built-in head, as vertices of the skin before subdivision.

Order and sides are those of the field: 0 and 17 at the subject's right. On the jaw they follow the border of
the mandible, not the outline that a camera would see.
"""

from facescale.heads.builtin.topology import COLUMNS, SkinTopology

_JAW = ((20, 31), (20, 26), (19, 22), (18, 18), (17, 14), (14, 12), (10, 11), (5, 11))
"""(column, row) on the left half from the ear towards the chin: landmarks 16, 15, ... 9."""
_CHIN = (0, 11)
_BROW = ((6, 37), (8, 38), (11, 38), (13, 38), (15, 37))
"""From the inner to the outer end: landmarks 22 to 26."""
_BRIDGE = ((0, 35), (0, 33), (0, 31), (0, 28))
_NOSE_BASE = ((0, 24), (2, 24), (4, 24))
"""From the midline outwards: landmarks 33, 34, 35."""
_LID_RING, _LIDS = 6, (29, 24, 20, 13, 6, 2)
"""Places on the lid margin, inner corner first, over the upper lid: landmarks 42 to 47."""
_LIP_RING, _LIPS = 4, (35, 32, 28, 22, 18, 13, 9)
"""Places on the vermilion border from the upper to the lower midline: landmarks 51 to 57."""
_CONTACT_RING, _CONTACT = 8, (35, 30, 22, 14, 9)
"""Places where the lips meet from the upper to the lower midline: landmarks 62 to 66."""


def ibug68(topology: SkinTopology) -> tuple[int, ...]:
    """Vertices of the 68 landmarks."""

    def left(column: int, row: int) -> int:
        return int(topology.grid[row, column])

    def right(column: int, row: int) -> int:
        return int(topology.grid[row, -column % COLUMNS])

    eye, other_eye, mouth = (topology.rings[name] for name in ("eye", "eye.right", "mouth"))
    lips = [int(mouth[_LIP_RING, place]) for place in _LIPS]
    contact = [int(mouth[_CONTACT_RING, place]) for place in _CONTACT]
    inner, upper_inner, upper_outer, outer, lower_outer, lower_inner = _LIDS
    mirror = topology.mirror
    return (
        *(right(*place) for place in _JAW),
        left(*_CHIN),
        *(left(*place) for place in reversed(_JAW)),
        *(right(*place) for place in reversed(_BROW)),
        *(left(*place) for place in _BROW),
        *(left(*place) for place in _BRIDGE),
        *(right(*place) for place in reversed(_NOSE_BASE[1:])),
        *(left(*place) for place in _NOSE_BASE),
        *(
            int(other_eye[_LID_RING, place])
            for place in (outer, upper_outer, upper_inner, inner, lower_inner, lower_outer)
        ),
        *(int(eye[_LID_RING, place]) for place in _LIDS),
        *(int(mirror[vertex]) for vertex in reversed(lips[1:4])),
        *lips,
        *(int(mirror[vertex]) for vertex in reversed(lips[4:6])),
        int(mirror[contact[2]]),
        int(mirror[contact[1]]),
        *contact,
        int(mirror[contact[3]]),
    )
