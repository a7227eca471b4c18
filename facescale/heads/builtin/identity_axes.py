"""The built-in head's identity axes, typed: what one standard deviation of each measure moves, in mm.

Names are those of craniofacial anthropometry where there is one. Sizes follow the spread of published adult
measurements; where none is known they are judged by eye. Positive is larger, higher, further out or fuller.
"""

from dataclasses import dataclass

from facescale.heads.builtin.bump import Triple

INFINITE = 1e6


@dataclass(frozen=True, kw_only=True)
class Bump:
    """A smooth local displacement, and its mirror image on the right.

    See `bump_displacement`.
    """

    centre: Triple
    """mm in the head frame, left half; on the midline there is no mirror image."""
    reach: Triple
    """Standard deviations of the falloff, mm."""
    move: Triple = (0.0, 0.0, 0.0)
    """mm."""
    rate: Triple = (0.0, 0.0, 0.0)
    """Stretch along each axis about the centre."""
    mirrored: bool = True
    """False: one bump where it stands, for asymmetries; a right twin is typed where there is one."""


def _push(centre: Triple, reach: Triple, *move: float) -> Bump:
    return Bump(centre=centre, reach=reach, move=(move[0], move[1], move[2]))


def _stretch(centre: Triple, reach: Triple, *rate: float) -> Bump:
    return Bump(centre=centre, reach=reach, rate=(rate[0], rate[1], rate[2]))


def _askew(centre: Triple, reach: Triple, *move: float) -> Bump:
    return Bump(centre=centre, reach=reach, move=(move[0], move[1], move[2]), mirrored=False)


_FAR = (INFINITE, INFINITE, INFINITE)

IDENTITY_AXES: dict[str, tuple[Bump, ...]] = {
    "head_size": (_stretch((0, 0, -75), _FAR, 0.023, 0.023, 0.023),),
    "head_length": (_stretch((0, 30, -75), _FAR, 0, 0, 0.034),),
    "head_width": (_stretch((0, 50, -75), (INFINITE, 75, INFINITE), 0.034, 0, 0),),
    "cranial_height": (_push((0, 115, -75), (90, 45, 90), 0, 5.75, 0),),
    "occiput_protrusion": (_push((0, 10, -170), (50, 35, 40), 0, 0, -4.6),),
    "forehead_slope": (_push((0, 62, 5), (60, 28, 50), 0, 0, -3.45),),
    "forehead_width": (_push((50, 38, -15), (25, 30, 30), 2.3, 0, 0),),
    "frontal_bossing": (_push((24, 48, 15), (18, 18, 25), 0, 0, 1.42),),
    "temple_fullness": (_push((66, 15, -35), (18, 22, 25), 1.63, 0, 0),),
    "brow_ridge_protrusion": (
        _push((24, 18, 20), (16, 9, 15), 0, 0, 1.31),
        _push((0, 21, 22), (13, 10, 15), 0, 0, 0.81),
    ),
    "brow_height": (_push((30, 17, 15), (22, 10, 15), 0, 1.72, 0),),
    "face_width": (_stretch((0, -25, -30), (INFINITE, 40, INFINITE), 0.04, 0, 0),),
    "face_height": (_push((0, -112, 0), (90, 45, 90), 0, -4.6, 0),),
    "orbit_depth": (_push((30, 0, 5), (16, 14, 15), 0, 0, -1.53),),
    "intercanthal_width": (_push((30, 0, 0), (17, 14, 20), 1.31, 0, 0),),
    "eye_fissure_length": (_stretch((31, 0, 0), (14, 10, 15), 0.044, 0, 0),),
    "eye_fissure_height": (_stretch((31, 0, 0), (14, 8, 15), 0, 0.079, 0),),
    "canthal_tilt": (
        _push((45, 1, -4), (10, 9, 12), 0, 0.7, 0),
        _push((16, -1, 4), (8, 8, 10), 0, -0.35, 0),
    ),
    "upper_lid_fold": (_push((32, 11, 11), (15, 5, 9), 0, -0.81, 0.91),),
    "lower_lid_fullness": (_push((30, -13, 7), (13, 7, 10), 0, 0, 1.01),),
    "nasal_root_depth": (_push((0, 5, 20), (9, 11, 12), 0, 0, 1.82),),
    "nasal_root_width": (_stretch((0, 3, 12), (13, 14, 14), 0.109, 0, 0),),
    "nasal_dorsum_convexity": (_push((0, -12, 30), (8, 10, 12), 0, 0, 1.21),),
    "nose_length": (_push((0, -37, 30), (18, 16, 20), 0, -2.4, 0),),
    "nose_protrusion": (_push((0, -32, 40), (14, 14, 16), 0, 0, 2.18),),
    "nasal_tip_rotation": (_push((0, -32, 40), (10, 9, 12), 0, 1.62, 0.3),),
    "nasal_tip_width": (_stretch((0, -32, 36), (10, 10, 12), 0.101, 0, 0),),
    "nose_width": (_stretch((0, -37, 22), (20, 12, 16), 0.077, 0, 0),),
    "columella_height": (_push((0, -41, 28), (9, 7, 10), 0, -0.81, 0),),
    "midface_protrusion": (_push((0, -48, 18), (40, 22, 35), 0, 0, 1.97),),
    "cheekbone_prominence": (_push((45, -24, 2), (18, 16, 20), 0.98, 0, 1.53),),
    "cheek_fullness": (_push((45, -55, 0), (18, 20, 25), 1.85, 0, 1.42),),
    "nasolabial_fold_depth": (_push((26, -50, 14), (10, 13, 12), 0, 0, -0.91),),
    "upper_lip_length": (_push((0, -64, 18), (35, 13, 25), 0, -1.53, 0),),
    "mouth_width": (_stretch((0, -66, 15), (28, 12, 24), 0.066, 0, 0),),
    "upper_vermilion_height": (_push((0, -58, 24), (17, 6, 10), 0, 0.81, 0.4),),
    "lower_vermilion_height": (_push((0, -74, 22), (17, 6, 10), 0, -0.91, 0.4),),
    "lip_protrusion": (_push((0, -66, 24), (22, 12, 14), 0, 0, 1.53),),
    "mouth_corner_height": (_push((26, -66, 11), (10, 8, 10), 0, 0.81, 0),),
    "labiomental_depth": (_push((0, -86, 17), (22, 8, 12), 0, 0, -1.21),),
    "chin_protrusion": (_push((0, -103, 15), (26, 16, 25), 0, 0, 2.62),),
    "chin_height": (_push((0, -113, 8), (42, 18, 40), 0, -2.4, 0),),
    "chin_width": (_push((20, -102, 8), (14, 13, 20), 1.63, 0, 0.32),),
    "bigonial_width": (_push((50, -76, -50), (25, 26, 35), 3.1, 0, 0),),
    "gonial_height": (_push((50, -80, -55), (25, 18, 30), 0, -2.74, 0),),
    "submental_fullness": (_push((0, -118, -5), (32, 12, 25), 0, -2.18, 0.87),),
    "neck_width": (_stretch((0, -150, -75), (INFINITE, 32, INFINITE), 0.057, 0, 0.046),),
    "ear_length": (_stretch((74, -18, -86), (18, 40, 28), 0, 0.066, 0),),
    "ear_protrusion": (_push((82, -14, -102), (13, 32, 15), 2.18, 0, 0),),
    "nose_deviation": (_askew((0, -25, 35), (16, 20, 20), 0.76, 0, 0),),
    "chin_deviation": (_askew((0, -95, 0), (50, 32, 50), 1.15, 0, 0),),
    "eye_height_difference": (
        _askew((30, 4, 5), (18, 18, 20), 0, 0.54, 0),
        _askew((-30, 4, 5), (18, 18, 20), 0, -0.54, 0),
    ),
}
"""Name -> displacement at one standard deviation of the measure; `identity.SPREAD` of it is used."""

CORRELATED: tuple[tuple[str, str, float], ...] = (
    ("head_size", "face_height", 0.3),
    ("head_width", "face_width", 0.5),
    ("face_width", "bigonial_width", 0.4),
    ("face_width", "nose_width", 0.2),
    ("face_width", "mouth_width", 0.2),
    ("nose_width", "mouth_width", 0.3),
    ("nose_width", "nasal_tip_width", 0.4),
    ("nose_width", "lip_protrusion", 0.3),
    ("nose_width", "nose_protrusion", -0.2),
    ("nose_length", "face_height", 0.4),
    ("nose_length", "nasal_tip_rotation", -0.3),
    ("nasal_dorsum_convexity", "nasal_tip_rotation", -0.3),
    ("upper_lip_length", "face_height", 0.3),
    ("chin_height", "face_height", 0.3),
    ("brow_ridge_protrusion", "forehead_slope", 0.4),
    ("brow_ridge_protrusion", "bigonial_width", 0.3),
    ("brow_ridge_protrusion", "brow_height", -0.4),
    ("brow_ridge_protrusion", "chin_height", 0.2),
    ("frontal_bossing", "forehead_slope", -0.4),
    ("upper_vermilion_height", "lower_vermilion_height", 0.6),
    ("upper_vermilion_height", "lip_protrusion", 0.4),
    ("lower_vermilion_height", "lip_protrusion", 0.4),
    ("cheek_fullness", "submental_fullness", 0.6),
    ("cheek_fullness", "neck_width", 0.5),
    ("submental_fullness", "neck_width", 0.5),
    ("cheek_fullness", "nasolabial_fold_depth", -0.2),
    ("nasal_root_depth", "nose_protrusion", 0.3),
    ("midface_protrusion", "lip_protrusion", 0.3),
)
"""Correlations between axes; the rest are 0."""
