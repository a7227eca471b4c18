"""What is wrong with a JPEG's stream: its markers, and a strict second decoding. Knows nothing of colours.

libjpeg fills what is missing with grey and says so only in warnings that Pillow does not pass on.
"""

import re

_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""In entropy-coded data: neither a stuffed byte, a fill byte nor a restart."""
_START, _SCAN, _END = 0xD8, 0xDA, 0xD9
_ALONE = {0x01, *range(0xD0, 0xD8)}
_ABOUT = {*range(0xE0, 0xF0), 0xFE}
"""Application segments and comments: nothing in them can damage the picture."""


def jpeg_damage(data: bytes) -> str:
    """Say what is missing from a JPEG's first picture; empty where nothing was found.

    Finds an end that is missing or comes too early, holes of zeros and codes that do not exist. A changed byte
    that still decodes to as many blocks is beyond any check: JPEG has no checksums.

    Args:
        data: a whole file that begins as a JPEG.
    """
    stream, problem = _stream(data)
    return problem or _strict_decoding(stream)


def _stream(data: bytes) -> tuple[bytes, str]:
    """The first picture without its application segments, and what is wrong with its markers."""
    kept = [data[:2]]
    place = 2
    while True:
        found = data.find(b"\xff", place)
        marker = data[found + 1] if 0 <= found < len(data) - 1 else None
        if marker is None:
            return b"", f"{len(data):,} bytes and no end marker"
        place = found + 2
        if marker == 0xFF:  # noqa: PLR2004 - a fill byte before the marker
            place = found + 1
        elif marker == _END:
            return b"".join([*kept, data[found:place]]), ""
        elif marker not in _ALONE and marker != 0:
            end = place + int.from_bytes(data[place : place + 2], "big")
            if marker == _SCAN:
                following = _MARKER.search(data, end)
                if following is None:
                    return b"", f"{len(data):,} bytes that stop within the picture"
                end = following.start()
            if marker not in _ABOUT:
                kept.append(data[found:end])
            place = end


def _strict_decoding(stream: bytes) -> str:
    """Decode with every warning an error; formats that this decoder lacks are not judged."""
    import av
    from av.error import FFmpegError, InvalidDataError

    decoder = av.CodecContext.create("mjpeg", "r")
    decoder.thread_count = 1
    decoder.options = {"err_detect": "explode"}
    try:
        frames = [*decoder.decode(av.Packet(stream)), *decoder.decode(None)]
    except InvalidDataError:
        return "image data that break off or make no sense"
    except FFmpegError:
        return ""
    return "" if frames else "image data of no picture"
