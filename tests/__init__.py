"""Tests mirror the tree. `check` is their run-time type checker: beartype, taking an int for a float (PEP 484)."""

from beartype import BeartypeConf, beartype

check = beartype(conf=BeartypeConf(is_pep484_tower=True))
