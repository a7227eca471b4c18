"""Tests mirror the tree. `check` is their run-time type checker."""

from beartype import BeartypeConf, beartype

# PEP 484 takes an int where a float is expected; beartype does so only when asked.
check = beartype(conf=BeartypeConf(is_pep484_tower=True))
