"""Eyeballs: a closed outer shell of sclera and cornea, and the iris disc with the pupil's recess within.

Knows nothing of lids or gaze. At rest the gaze axis is +z; to look elsewhere, rotate about the centre.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from facescale.heads.builtin.parts import Capsule, Part, merge, meridians, pair, reflect, rounded, square_grid

PATCH = 8
"""Segments a side of the patches at the poles: 32 meridians."""
_ROUNDNESS = 0.6
"""Of a patch's border between square and circle: a full circle would make its corners flat."""
_BLEND = (0.8, 0.6)
"""How far inside and outside of the limbus the cornea runs into the sclera, mm."""


@dataclass(frozen=True, kw_only=True)
class EyeballMeasures:
    """Sizes of an adult eye in mm, after Bekerman, Gottlieb and Vaiman 2014 (globe) and the schematic eyes."""

    radius: float = 12.1
    """Of the globe."""
    cornea_radius: float = 7.8
    """Of curvature."""
    protrusion: float = 2.5
    """Of the cornea's apex before the plane of the limbus."""
    limbus_radius: float = 5.9
    """Of the visible iris too."""
    iris_depth: float = 0.5
    """Of the iris' root behind the plane of the limbus."""
    iris_concavity: float = 0.25
    """How much deeper the pupil's margin lies than the root."""
    pupil_radius: float = 1.6
    pupil_recess: float = 1.0
    """Depth of the pupil behind its margin."""

    def __post_init__(self) -> None:
        inside = self.limbus_radius + _BLEND[1] < self.radius and self.limbus_radius < self.cornea_radius
        if not (inside and 0.5 < self.pupil_radius < self.limbus_radius - 2):  # noqa: PLR2004 - room for rings
            raise ValueError(f"expected 0.5 < pupil < limbus - 2 and a limbus on globe and cornea, got {self}")
        if not 2.0 <= self.protrusion <= 3.0:  # noqa: PLR2004 - beyond, the blend folds
            raise ValueError(f"expected a protrusion within 2..3 mm, got {self.protrusion}")

    @property
    def limbus_height(self) -> float:
        """Of the plane of the limbus before the centre."""
        return float(np.sqrt(self.radius**2 - self.limbus_radius**2))


def front_height(distance: Float[np.ndarray, "*n"], measures: EyeballMeasures) -> Float[np.ndarray, "*n"]:
    """Height of the outer shell before the centre, at distances from the gaze axis up to the globe's radius.

    Cornea and sclera are spheres; between them runs the cubic with the same ends and slopes.
    """
    low, high = measures.limbus_radius - _BLEND[0], measures.limbus_radius + _BLEND[1]
    apex = measures.limbus_height + measures.protrusion - measures.cornea_radius
    at = np.clip(distance, 0, low)
    cornea = apex + np.sqrt(measures.cornea_radius**2 - at**2)
    sclera = np.sqrt(np.maximum(measures.radius**2 - np.maximum(distance, high) ** 2, 0))
    ends = apex + np.sqrt(measures.cornea_radius**2 - low**2), np.sqrt(measures.radius**2 - high**2)
    width = high - low
    slopes = -low / (ends[0] - apex) * width, -high / ends[1] * width
    t = np.clip((distance - low) / width, 0, 1)
    blend = (
        (1 + 2 * t) * (1 - t) ** 2 * ends[0]
        + t * (1 - t) ** 2 * slopes[0]
        + t**2 * (3 - 2 * t) * ends[1]
        + t**2 * (t - 1) * slopes[1]
    )
    return np.where(distance <= low, cornea, np.where(distance >= high, sclera, blend))


def eyeball(measures: EyeballMeasures, centre: tuple[float, float, float]) -> Part:
    """Make one eyeball looking along +z.

    Args:
        measures: of the eye.
        centre: of the globe, mm in the head frame; it is also the centre of rotation.

    Returns:
        Shell, then iris disc. Groups: `shell` (closed) with `sclera` and `cornea`, the latter again with
        `shell_iris` and `shell_pupil`, what an opaque renderer paints on it; `iris_disc` (open) with `iris` and
        `pupil`. Texture coordinates are concentric about the gaze axis on both. The mirror map is about the
        plane x = centre.
    """
    at_origin = merge("eyeball", [_shell(measures), _iris_disc(measures)], [(0, 0, 1, 1), (0, 0, 0.29, 0.29)])
    return Part(
        name="eyeball",
        vertices=at_origin.vertices + np.asarray(centre),
        quads=at_origin.quads,
        uv=at_origin.uv,
        quads_uv=at_origin.quads_uv,
        mirror=at_origin.mirror,
        groups=at_origin.groups,
    )


def eyeballs(measures: EyeballMeasures, left_centre: tuple[float, float, float]) -> Part:
    """Make both eyeballs; groups as of `eyeball`, and `left` and `right`.

    Args:
        measures: of either eye.
        left_centre: of the subject's left globe (x > 0), mm in the head frame.

    Raises:
        ValueError: eyes that meet in the midline.
    """
    if left_centre[0] <= measures.radius:
        raise ValueError(f"expected a left centre beyond x = {measures.radius}, got {left_centre}")
    return pair("eyeballs", eyeball(measures, left_centre), ((0, 0, 0.5, 0.5), (0.5, 0, 0.5, 0.5)))


def shell_rings(measures: EyeballMeasures) -> tuple[Float[np.ndarray, "k"], Float[np.ndarray, "j"]]:
    """Distances of the front rings from the gaze axis, and polar angles of the rings farther back.

    The margins of pupil and iris are rings; so are places close on either side, to keep painted edges sharp.
    """
    pupil, limbus = measures.pupil_radius, measures.limbus_radius
    iris = pupil + (limbus - pupil) * np.array([0.06, 0.25, 0.45, 0.65, 0.82, 0.93, 1.0])
    white = np.array([0.25, 0.6, 1.1, 1.9, 3.0])
    outer = limbus + white * (measures.radius - limbus) / 6.2
    front = np.concatenate([[0.8 * pupil, pupil], iris, outer])
    begin = np.arcsin(outer[-1] / measures.radius)
    return front, np.linspace(begin, np.radians(165), 10)[1:]


def _shell(measures: EyeballMeasures) -> Part:
    front, angles = shell_rings(measures)
    capsule = Capsule(n=PATCH, rings=len(front) + len(angles))
    circle = meridians(4 * PATCH)
    square = rounded(square_grid(PATCH), _ROUNDNESS)
    near = 0.55 * measures.pupil_radius * square
    far = 0.75 * measures.radius * np.sin(angles[-1]) * square
    distances = np.concatenate([front, measures.radius * np.sin(angles)])
    heights = np.concatenate([front_height(front, measures), measures.radius * np.cos(angles)])
    far_height = -np.sqrt(measures.radius**2 - np.square(far).sum(axis=-1))
    near_height = front_height(np.linalg.norm(near, axis=-1), measures)
    rings = np.concatenate(
        [
            distances[:, None, None] * circle,
            np.broadcast_to(heights[:, None, None], (len(heights), len(circle), 1)),
        ],
        axis=-1,
    )
    vertices = np.concatenate([_lifted(near, near_height), rings.reshape(-1, 3), _lifted(far, far_height)])
    uv, quads_uv = _shell_texture(capsule, front, angles, measures)
    distance = np.linalg.norm(vertices[:, :2], axis=1)
    ahead = (vertices[:, 2] > 0) & (distance <= measures.limbus_radius + 1e-9)
    pupil = ahead & (distance <= measures.pupil_radius + 1e-9)
    groups = {"sclera": ~ahead, "cornea": ahead, "shell_iris": ahead & ~pupil, "shell_pupil": pupil}
    return _symmetric("shell", vertices, capsule, (uv, quads_uv), groups)


def _lifted(plane: Float[np.ndarray, "s s 2"], height: Float[np.ndarray, "s s"]) -> Float[np.ndarray, "v 3"]:
    return np.concatenate([plane, height[..., None]], axis=-1).reshape(-1, 3)


def _shell_texture(
    capsule: Capsule, front: np.ndarray, angles: np.ndarray, measures: EyeballMeasures
) -> tuple[np.ndarray, np.ndarray]:
    """Two discs: the front keeps distances from the gaze axis up to the last ring before the widest place."""
    circle = meridians(4 * PATCH)
    square = rounded(square_grid(PATCH), _ROUNDNESS)
    seam = len(front)
    # Along the surface: distance from the axis where the eye is seen face on, arc length towards the side.
    begin = np.arcsin(front[-1] / measures.radius)
    reach = np.concatenate([front, front[-1] + measures.radius * (angles[:1] - begin)])
    behind = np.pi - angles
    radii = np.concatenate([reach[:-1] / reach[-1], behind / behind[0]])
    # The seam ring is the first of `angles`; it ends both discs with radius 1.
    rings = radii[:, None, None] * circle
    patches = (
        0.55 * measures.pupil_radius / reach[-1] * square,
        0.75 * np.sin(angles[-1]) / behind[0] * square,
    )
    return capsule.texture(patches, rings, seam=seam, cells=((0, 0.3, 0.7, 0.7), (0.7, 0, 0.29, 0.29)))


def _iris_disc(measures: EyeballMeasures) -> Part:
    pupil, limbus = measures.pupil_radius, measures.limbus_radius
    out = np.concatenate([[0.06], np.linspace(0.15, 1, 6)])
    distances = np.concatenate([[0.94 * pupil, pupil], pupil + (limbus - pupil) * out])
    root = measures.limbus_height - measures.iris_depth
    share = np.clip((distances - pupil) / (limbus - pupil), 0, 1)
    heights = root - measures.iris_concavity * (1 - share)
    heights[0] -= measures.pupil_recess
    capsule = Capsule(n=PATCH, rings=len(distances), back=False)
    square = rounded(square_grid(PATCH), _ROUNDNESS)
    patch = _lifted(0.7 * pupil * square, np.full(square.shape[:2], heights[0]))
    circle = meridians(4 * PATCH)
    rings = np.concatenate(
        [
            distances[:, None, None] * circle,
            np.broadcast_to(heights[:, None, None], (len(heights), len(circle), 1)),
        ],
        axis=-1,
    )
    vertices = np.concatenate([patch, rings.reshape(-1, 3)])
    uv = (vertices[:, :2] / limbus + 1) / 2
    in_pupil = vertices[:, 2] < heights[1] - measures.pupil_recess / 2
    return _symmetric(
        "iris_disc", vertices, capsule, (uv, capsule.quads()), {"iris": ~in_pupil, "pupil": in_pupil}
    )


def _symmetric(
    name: str,
    vertices: Float[np.ndarray, "v 3"],
    capsule: Capsule,
    texture: tuple[np.ndarray, np.ndarray],
    groups: dict[str, Bool[np.ndarray, "v"]],
) -> Part:
    mirror = capsule.mirror()
    return Part(
        name=name,
        vertices=reflect(vertices, mirror),
        quads=capsule.quads(),
        uv=texture[0],
        quads_uv=texture[1],
        mirror=mirror,
        groups=groups,
    )
