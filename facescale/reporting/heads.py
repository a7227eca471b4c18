"""The turning heads of one report: packs them, names their chunks, and says what the page needs for them."""

import json
from dataclasses import dataclass, field
from typing import Any

from facescale.rendering.error_colours import NOT_MEASURED as GREY
from facescale.rendering.error_colours import colour_table
from facescale.rendering.preview import CLAY, SLATE
from facescale.reporting.head_blob import NOT_MEASURED, Head3D, HeadPacker, to_text

VIEWER = "viewer.js"
FOLDER = "heads"
"""Beside a report that loads its heads on demand."""


@dataclass(kw_only=True)
class HeadShelf:
    """Heads of a page by id. Those of one head model share their faces, which are packed once."""

    max_faces: int
    packer: HeadPacker = field(default_factory=HeadPacker)
    chunks: dict[str, str] = field(default_factory=dict)
    """Id -> base64 of the packed head; ids are safe in addresses and attributes."""

    def add(self, head: Head3D) -> str:
        """Pack a head and return its id."""
        name = f"head-{len(self.chunks):05d}"
        self.chunks[name] = to_text(self.packer.pack(head, max_faces=self.max_faces))
        return name

    def all_chunks(self) -> dict[str, str]:
        """Heads and the faces that they share."""
        return {**self.chunks, **{name: to_text(data) for name, data in self.packer.topologies.items()}}


def viewer_options() -> str:
    """What viewer.js reads: colours as rrggbb, the error colours followed by grey for what was not measured."""
    table = colour_table()
    steps = [table[round(k * (len(table) - 1) / (NOT_MEASURED - 1))] for k in range(NOT_MEASURED)]
    return json.dumps(
        {
            "colours": "".join(_hex(colour) for colour in [*steps, GREY]),
            "clay": _hex(CLAY),
            "slate": _hex(SLATE),
        }
    )


def chunk_script(name: str, text: str) -> str:
    """A chunk as a script: a page opened from disk may load scripts, and nothing else."""
    return f'facescaleChunk("{name}","{text}");\n'


def _hex(colour: Any) -> str:
    return "".join(f"{int(value):02x}" for value in colour)
