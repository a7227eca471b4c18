"""How skin, eyes and hair reflect light, as plain functions of angles. Knows nothing of rays or lights."""

import numpy as np
from jaxtyping import Float

SKIN_F0 = 0.028
"""Reflectance of skin at normal incidence."""
LOBES = ((0.16, 0.65), (0.42, 0.35))
"""Width alpha (roughness squared) and share of skin's two specular lobes: roughness 0.4, and the fine down."""


def fresnel(cosine: Float[np.ndarray, "n"], f0: float) -> Float[np.ndarray, "n"]:
    """Schlick's reflectance."""
    return f0 + (1 - f0) * (1 - np.clip(cosine, 0, 1)) ** 5


def ggx(
    n_h: Float[np.ndarray, "n"], n_v: Float[np.ndarray, "n"], n_l: Float[np.ndarray, "n"], alpha: float
) -> Float[np.ndarray, "n"]:
    """Distribution and shadowing of microfacets, D G / (4 n.v), for light that falls in with n.l built in.

    Args:
        n_h: cosine between normal and half vector.
        n_v: between normal and view.
        n_l: between normal and light, positive.
        alpha: width.
    """
    squared = alpha * alpha
    spread = squared / (np.pi * np.square(n_h * n_h * (squared - 1) + 1))
    # Smith's joint term in the form of Heitz, without its square roots' cancellation
    view = np.sqrt(squared + (1 - squared) * n_v * n_v)
    light = np.sqrt(squared + (1 - squared) * n_l * n_l)
    return spread * n_l * 0.5 / np.maximum(n_l * view + n_v * light, 1e-4)


def skin_gloss(
    n_h: Float[np.ndarray, "n"],
    n_v: Float[np.ndarray, "n"],
    n_l: Float[np.ndarray, "n"],
    v_h: Float[np.ndarray, "n"],
) -> Float[np.ndarray, "n"]:
    """Skin's specular reflection of light of unit irradiance."""
    lobes = sum(share * ggx(n_h, n_v, n_l, alpha) for alpha, share in LOBES)
    return lobes * fresnel(v_h, SKIN_F0)


def strand_gloss(
    strand: Float[np.ndarray, "n 3"], light: Float[np.ndarray, "n 3"], view: Float[np.ndarray, "n 3"]
) -> tuple[Float[np.ndarray, "n"], Float[np.ndarray, "n"]]:
    """Kajiya and Kay's hair: diffuse and specular response of strands along unit directions."""
    t_l, t_v = (strand * light).sum(axis=1), (strand * view).sum(axis=1)
    s_l, s_v = np.sqrt(np.clip(1 - t_l**2, 0, 1)), np.sqrt(np.clip(1 - t_v**2, 0, 1))
    return s_l, np.clip(s_l * s_v - t_l * t_v, 0, 1) ** 40
