"""From light on a sensor to the bytes of a JPEG: blur, noise, white balance, tone, compression."""

import io
from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Float, UInt8
from scipy.ndimage import gaussian_filter

TARGET = 0.3
"""Linear level that skin is exposed for, of the tone's white; dark skin is exposed for less."""
WHITE = 1.0
STEPS = 1 << 15


@dataclass(frozen=True, kw_only=True)
class Response:
    """One camera's way with light."""

    exposure: float
    """Factor on what metering says."""
    balance: Float[np.ndarray, "3"]
    """Gains of red, green and blue."""
    shoulder: float
    """Where highlights begin to roll off, of white: 1 clips."""
    blur: float
    """Standard deviation of the lens' point spread, pixels."""
    vignette: float
    """Share of light that the corners lack."""
    shot: float
    """Variance of a sample a unit of light."""
    read: float
    """Standard deviation of a sample in the dark."""
    quality: int
    """Of the JPEG."""


def draw_response(rng: np.random.Generator) -> Response:
    """A camera between a good one and a phone's in the evening."""
    gain = 0.0001 * 10 ** rng.uniform()
    return Response(
        exposure=float(np.exp2(rng.normal(0, 0.3))),
        balance=np.exp(rng.normal(0, 0.06, 3)),
        shoulder=float(rng.uniform(0.5, 0.85)),
        blur=float(rng.uniform(0.4, 0.9)),
        vignette=float(rng.uniform(0, 0.25)),
        shot=gain,
        read=float(gain * rng.uniform(1, 5)),
        quality=int(rng.integers(80, 95, endpoint=True)),
    )


def metered(light: Float[np.ndarray, "h w 3"], weight: Float[np.ndarray, "h w"]) -> float:
    """The factor that a camera's automatic exposure takes: for the skin where there is any, else for all."""
    level = light.mean(axis=2)
    total = float(weight.sum())
    mean = float((level * weight).sum() / total) if total > 0 else float(level.mean())
    # half of what would make all skin alike: cameras do not know how dark it is
    return float(np.sqrt(TARGET / max(mean, 1e-6)))


def on_sensor(
    light: Float[np.ndarray, "h w 3"], response: Response, rng: np.random.Generator
) -> Float[np.ndarray, "h w 3"]:
    """Linear, noisy, balanced samples; 1 is white.

    Args:
        light: exposed.
        response: the camera's.
        rng: all noise.
    """
    height, width = light.shape[:2]
    seen = gaussian_filter(light.astype(np.float32), (response.blur, response.blur, 0))
    rows, columns = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    seen = seen * (1 - response.vignette * (rows**2 + columns**2) / 2)[..., None]
    deviation = np.sqrt(response.shot * np.clip(seen, 0, None) + response.read**2)
    noise = rng.standard_normal(seen.shape, dtype=np.float32)
    # demosaicing makes grains of more than one pixel, of colour more than of brightness
    grain = 0.55 * noise + 1.2 * gaussian_filter(noise, (0.8, 0.8, 0))
    return (seen + deviation * grain) * response.balance


def toned(samples: Float[np.ndarray, "h w 3"], shoulder: float) -> UInt8[np.ndarray, "h w 3"]:
    """Bytes of linear samples: highlights rolled off above the shoulder, then the curve of sRGB."""
    above = np.clip(samples - shoulder, 0, None)
    room = WHITE - shoulder
    soft = np.minimum(samples, shoulder) + room * (1 - np.exp(-above / max(room, 1e-6)))
    return _curve()[np.rint(np.clip(soft, 0, 1) * (STEPS - 1)).astype(np.int32)]


@cache
def _curve() -> UInt8[np.ndarray, "s"]:
    """Bytes of evenly spaced linear values, fine enough that none is off by more than rounding."""
    value = np.arange(STEPS) / (STEPS - 1)
    curve = np.where(value <= 0.0031308, 12.92 * value, 1.055 * value ** (1 / 2.4) - 0.055)  # noqa: PLR2004 - sRGB
    return np.rint(curve * 255).astype(np.uint8)


def jpeg(image: UInt8[np.ndarray, "h w 3"], quality: int) -> bytes:
    """Compress a picture."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=quality, subsampling="4:2:0")
    return buffer.getvalue()


def decoded(data: bytes) -> UInt8[np.ndarray, "h w 3"]:
    """The picture that a reader will see."""
    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
