"""A built-in head, people of it and plain scenes, made once a test session."""

from functools import cache

import numpy as np
import torch

from facescale.geometry.surface import SurfaceBvh
from facescale.heads.builtin.head import load_builtin
from facescale.heads.linear import LinearHead
from facescale.structures.view import PinholeRecord
from facescale.synthesis.off_span import OffSpan
from facescale.synthesis.photo.actions import Acting
from facescale.synthesis.photo.looks import draw_looks
from facescale.synthesis.photo.painted_head import PaintedHead
from facescale.synthesis.photo.person import Person, invent_person
from facescale.synthesis.photo.scene import Scene
from facescale.synthesis.photo.sitter import Sitter
from facescale.synthesis.photo.skin_paint import SkinPaint
from facescale.synthesis.tessellate import vertex_normals


@cache
def builtin() -> LinearHead:
    return load_builtin()


@cache
def painted() -> PaintedHead:
    return PaintedHead.of(builtin())


@cache
def acting() -> Acting:
    return Acting(builtin())


@cache
def off_span() -> OffSpan:
    return OffSpan(builtin())


def person(seed: int = 0, *, within: bool = False) -> Person:
    return invent_person(
        painted(),
        np.random.default_rng(seed),
        off_span=None if within else off_span(),
        rms=0.8,
        wavelengths=(15.0, 80.0),
    )


def plain_sitter(someone: Person, albedo: float = 0.4) -> Sitter:
    """Bald, unclothed, of one colour: nothing but the shape is seen."""
    layers = np.zeros((128, 128, 7), np.float32)
    layers[..., :3] = albedo
    return Sitter(
        painted=painted(),
        person=someone,
        looks=draw_looks(np.random.default_rng(0)),
        skin=SkinPaint(layers=layers),
        coat=None,
        garment=None,
    )


def frontal(size: int, *, distance: float = 620.0, turn: float = 0.0) -> PinholeRecord:
    """A camera before the head frame's face, or beside it by a turn about the vertical."""
    c, s = np.cos(turn), np.sin(turn)
    rotation = np.array([[1.0, 0, 0], [0, -1, 0], [0, 0, -1]]) @ np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]])
    aim = np.array([0.0, -30, -40])
    return PinholeRecord(
        rotation=rotation,
        translation=np.array([0, 0, distance]) - rotation @ aim,
        focal=np.full(2, 1.5 * size),
        principal=np.full(2, size / 2),
        distortion=np.array([0.03, -0.02, 0.001, -0.001, 0.0]),
        size=(size, size),
    )


def scene_of(vertices: np.ndarray, faces: np.ndarray, material: int) -> Scene:
    """Any triangles as a scene whose nodes are its vertices."""
    vertices, faces = vertices.astype(np.float32), faces.astype(np.int32)
    normals = vertex_normals(vertices, faces)
    return Scene(
        vertices=vertices,
        faces=faces,
        normals=normals,
        material=np.full(len(faces), material),
        template_face=np.full(len(faces), -1),
        child=np.full(len(faces), 4),
        node=faces,
        node_points=vertices,
        node_normals=normals,
        tree=SurfaceBvh(torch.from_numpy(vertices)[None], torch.from_numpy(faces)),
        bald_tree=None,
    )
