"""Decoded pictures of any mode and colour profile as 8-bit sRGB. Knows nothing of files.

Transparency is shown over white. A profile that cannot be read is ignored, as viewers do: then sRGB is assumed.
"""

import io
from typing import TYPE_CHECKING, cast

import numpy as np

from facescale.corpora.picture_rejections import unsupported_picture

if TYPE_CHECKING:
    from PIL import Image

_ALPHA = frozenset({"RGBA", "LA", "PA", "RGBa", "La"})
_WIDE = ("I;16", "I;16L", "I;16B", "I;16N")


def to_srgb(image: "Image.Image", *, negative: bool = False) -> "Image.Image":
    """Convert a loaded picture to mode RGB.

    Grey of 16 bits is rounded to 8; of 16-bit colours Pillow keeps the high byte, at most one level darker.
    CMYK without a profile is converted by complement.

    Args:
        image: loaded; its `info` holds what the file says of it.
        negative: 16-bit grey is stored with white as zero.

    Raises:
        CaptureRejected: samples whose range nobody states (32-bit integers, floating point).
    """
    profile = image.info.get("icc_profile")
    if image.mode in {"I", "F"}:
        kind = "32-bit integer" if image.mode == "I" else "floating-point"
        raise unsupported_picture(f"{kind} samples, whose white is not stated")
    if image.mode in _WIDE:
        image = _eight_bits(image, negative=negative)
    alpha = None
    if image.mode in _ALPHA or "transparency" in image.info:
        straight = image.convert("RGBA")
        alpha = straight.getchannel("A")
        image = straight.convert("RGB")
    elif image.mode in {"1", "P"}:
        image = image.convert("RGB" if image.mode == "P" else "L")
    converted = _through_profile(image, profile)
    if alpha is not None:
        from PIL import Image

        white = Image.new("RGB", converted.size, (255, 255, 255))
        converted = Image.composite(converted, white, alpha)
    return converted


def _eight_bits(image: "Image.Image", *, negative: bool) -> "Image.Image":
    from PIL import Image

    values = np.asarray(image).astype(np.uint32)
    # 65535 = 255 * 257: this is division by 257, rounded.
    small = ((values + 128) // 257).astype(np.uint8)
    if negative:
        small = 255 - small
    return Image.fromarray(small)


def _through_profile(image: "Image.Image", profile: bytes | None) -> "Image.Image":
    from PIL import ImageCms

    if image.mode == "LAB":
        source = ImageCms.createProfile("LAB")
    elif profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            described = ImageCms.getProfileDescription(source)
        except (ImageCms.PyCMSError, OSError):
            return image.convert("RGB")
        if image.mode == "RGB" and described.startswith("sRGB"):
            return image
    else:
        return image.convert("RGB")
    if image.mode not in {"L", "RGB", "CMYK", "LAB"}:
        image = image.convert("RGB")
    try:
        converted = ImageCms.profileToProfile(
            image,
            source,
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except ImageCms.PyCMSError:
        # A profile of another colour space than the picture's, such as RGB in a grey picture.
        return image.convert("RGB")
    return cast("Image.Image", converted)
