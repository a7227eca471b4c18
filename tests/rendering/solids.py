"""Shapes whose pictures are known, shared by the rendering tests."""

import numpy as np

from facescale.structures import Mesh


def ball(radius: float = 1.0, rows: int = 48, columns: int = 96, centre=(0.0, 0.0, 0.0)) -> Mesh:
    """A closed sphere of latitude rows, counter-clockwise from outside."""
    polar = np.linspace(0, np.pi, rows + 1)[1:-1]
    around = np.linspace(0, 2 * np.pi, columns, endpoint=False)
    ring = np.stack([np.cos(around), np.zeros_like(around), -np.sin(around)], axis=1)
    body = np.sin(polar)[:, None, None] * ring + np.cos(polar)[:, None, None] * np.array([0.0, 1.0, 0.0])
    vertices = np.concatenate([[[0.0, 1.0, 0.0]], body.reshape(-1, 3), [[0.0, -1.0, 0.0]]])
    at = 1 + np.arange((rows - 1) * columns).reshape(rows - 1, columns)
    right = np.roll(at, -1, axis=1)
    quads = [np.stack([at[:-1], at[1:], right[1:]], -1), np.stack([at[:-1], right[1:], right[:-1]], -1)]
    top = np.stack([np.zeros_like(at[0]), at[0], right[0]], -1)
    last = len(vertices) - 1
    bottom = np.stack([np.full_like(at[0], last), right[-1], at[-1]], -1)
    faces = np.concatenate([q.reshape(-1, 3) for q in (*quads, top, bottom)]).astype(np.int32)
    return Mesh(vertices=vertices * radius + np.asarray(centre), faces=faces)


def lumpy(mesh: Mesh) -> Mesh:
    """A ball with bumps and a nose: no two views of it are alike."""
    x, y, z = mesh.vertices.T
    swell = (
        1 + 0.12 * np.sin(3 * x + 1) * np.cos(2 * y) + 0.35 * np.exp(-12 * (x**2 + (y + 0.1) ** 2)) * (z > 0)
    )
    return Mesh(vertices=mesh.vertices * swell[:, None], faces=mesh.faces)


def turn(seed: int) -> np.ndarray:
    """A random rotation."""
    q, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    return q * np.sign(np.linalg.det(q))
