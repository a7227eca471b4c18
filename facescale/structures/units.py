"""Length units that a scan can come in. Everything inside facescale is in millimetres."""

from typing import Literal, get_args

Unit = Literal["mm", "cm", "m", "inch"]

UNITS: tuple[Unit, ...] = get_args(Unit)

MILLIMETRES_PER: dict[Unit, float] = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "inch": 25.4}
