"""The ICT head and a synthesizer of it, loaded once a test session."""

from functools import cache

from facescale.heads.ict import load_ict
from facescale.heads.linear import LinearHead
from facescale.synthesis.off_span import OffSpan
from facescale.synthesis.template import Template
from tests.heads.ict_assets import PACKED


@cache
def ict() -> LinearHead:
    return load_ict(PACKED)


@cache
def template() -> Template:
    return Template.of(ict())


@cache
def off_span() -> OffSpan:
    return OffSpan(ict())
