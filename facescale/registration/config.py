"""What a user can set about a registration. Knows nothing of solvers' inner settings or of files."""

import math
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from facescale.structures.units import UNITS, Unit

METHOD_VERSION = 4
"""Raised by hand whenever the same scan and configuration would give another result."""

Axis = Literal["+x", "-x", "+y", "-y", "+z", "-z"]
ScaleMode = Literal["fixed", "free"]
NICP_VERSION = 2
"""The same for what the method "nicp" does after the model's fit; in the keys of that method alone."""

Method = Literal["model", "nicp"]
Preset = Literal["fast", "paper-asm", "adam"]

AXES: tuple[Axis, ...] = get_args(Axis)


@dataclass(frozen=True, kw_only=True)
class RobustConfig:
    """Which scan points are believed."""

    outlier_mm: float = 2.0
    """Width of the Geman-McClure weight at the end of a fit: a residual of this size counts a quarter."""
    start_mm: float = 6.0
    """The same width at the start, before the shape has adapted; it shrinks as the residuals do."""
    hair_mm: float = 1.0
    """The same width, from start to end, for points outside the face proper that lie outside the head: hair,
    caps and collars are never inside it."""
    normal_degrees: float = 50.0
    """Scan and model normals further apart than this make no match."""
    reach_mm: float = 30.0
    """Scan points further than this from the model at the start are clutter: shoulders, hair, chairs."""

    def __post_init__(self) -> None:
        for name in ("outlier_mm", "start_mm", "hair_mm", "reach_mm"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"expected {name} to be positive, got {value}")
        if not 0 < self.normal_degrees <= 180:  # noqa: PLR2004 - a straight angle
            raise ValueError(f"expected normal_degrees in (0, 180], got {self.normal_degrees}")


@dataclass(frozen=True, kw_only=True)
class RegistrationConfig:
    """One way to register scans; part of every item's key."""

    preset: Preset = "fast"
    """"fast": Gauss-Newton, coarse to fine. "paper-asm": Adam 1e-3 x 300 on point-to-face distance. "adam":
    Adam at its best, with tuned rate and units, on the energy of "fast"."""
    method: Method = "model"
    """"model": the head model's own fit. "nicp": from there on non-rigid ICP, which leaves the model's span and
    keeps its topology: for training data. Results hold the displacements beside the coefficients."""
    converge: bool = False
    """Whether the preset goes on until its loss stands still, with a limit; results say which of both came."""
    scale: ScaleMode = "fixed"
    """"free" adds one similarity scale: for photogrammetry only, and the result is flagged non-metric."""
    expression: bool = True
    """Whether the expression block is fitted; without it every head stays neutral."""
    points: int = 5000
    """Scan points that drive the fit, drawn by area."""
    nicp_points: int = 40_000
    """Scan points, of the part that may drive a fit, that the method "nicp" lays the head on."""
    held_out: int = 5000
    """Further scan points that never drive the fit, for measuring."""
    unit: Unit | None = None
    """The scans' unit; None chooses from mm, cm, m and inch, scan by scan."""
    up: Axis | None = None
    """The scans' axis that points to the top of the head; None finds it. Goes with `front`."""
    front: Axis | None = None
    """The scans' axis that points out of the face; None finds it. Goes with `up`."""
    prior_weight: float = 1.0
    """Of the Gaussian priors against the scan: less for clean scans of heads far from the model's mean."""
    seed: int = 0
    """Added to each item's own seed."""
    robust: RobustConfig = field(default_factory=RobustConfig)

    def recorded(self) -> dict[str, Any]:
        """The settings as plain values, for keys.

        Those that came later are left out at their defaults: what was registered before keeps its key.
        """
        later = {"converge": False, "method": "model"}
        values = {name: value for name, value in asdict(self).items() if value != later.get(name, object)}
        if self.method == "nicp":
            return {**values, "nicp_version": NICP_VERSION}
        del values["nicp_points"]
        return values

    def __post_init__(self) -> None:
        _expect_one_of("preset", self.preset, get_args(Preset))
        _expect_one_of("method", self.method, get_args(Method))
        _expect_one_of("scale", self.scale, get_args(ScaleMode))
        _expect_one_of("unit", self.unit, (None, *UNITS))
        _expect_one_of("up", self.up, (None, *AXES))
        _expect_one_of("front", self.front, (None, *AXES))
        if (self.up is None) != (self.front is None):
            raise ValueError(f"expected up and front together, got up={self.up} front={self.front}")
        if self.up is not None and self.front is not None and self.up[1] == self.front[1]:
            raise ValueError(f"expected up and front on different axes, got {self.up} and {self.front}")
        if self.points < 400:  # noqa: PLR2004 - fewer cannot hold some 160 coefficients and a pose
            raise ValueError(f"expected at least 400 points, got {self.points}")
        if not (math.isfinite(self.prior_weight) and self.prior_weight > 0):
            raise ValueError(f"expected prior_weight to be positive, got {self.prior_weight}")
        if self.nicp_points < 400:  # noqa: PLR2004 - as above
            raise ValueError(f"expected at least 400 nicp_points, got {self.nicp_points}")
        if self.held_out < 0:
            raise ValueError(f"expected held_out >= 0, got {self.held_out}")
        if self.unit is not None and self.scale == "free":
            raise ValueError("expected no unit with scale free, which has none to keep; got both")


def _expect_one_of(name: str, value: object, allowed: tuple[object, ...]) -> None:
    if value not in allowed:
        raise ValueError(f"expected {name} to be one of {allowed}, got {value!r}")
