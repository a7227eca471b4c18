"""Cameras in other programs' forms. Each module states its source's axes, pixel centre and unit."""
