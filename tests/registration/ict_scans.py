"""Scans of ICT heads for tests: made once a session, honest ones and ones inside the model's span."""

import functools

import numpy as np
import torch

from facescale.heads.ict import load_ict
from facescale.heads.linear import LinearHead
from facescale.heads.regions import region_faces
from facescale.registration.config import RegistrationConfig
from facescale.registration.registrar import Registrar
from facescale.structures.capture import Capture
from facescale.structures.keypoints import NOW7, Keypoints
from facescale.structures.mesh import Mesh
from facescale.synthesis.scans import ScanSynthesis, ScanSynthesizer, SyntheticScan
from tests.heads.ict_assets import PACKED


@functools.cache
def head() -> LinearHead:
    return load_ict(PACKED)


@functools.cache
def registrar(**settings) -> Registrar:
    return Registrar(head(), RegistrationConfig(**settings))


@functools.cache
def honest_scan(index: int, *, hair: float = 0.0, shoulders: float = 0.0, cameras: int = 5) -> SyntheticScan:
    """Off-span truth, depth cameras, noise, a rotation and a unit of its own."""
    config = ScanSynthesis(
        points=(20_000, 30_000),
        hair_share=hair,
        shoulder_share=shoulders,
        cameras=(cameras, cameras),
        keypoint_share=1.0,
    )
    return ScanSynthesizer(head(), config).make(7, index)


@functools.cache
def exact_capture(seed: int) -> tuple[Capture, dict[str, torch.Tensor]]:
    """The model's own surface, without noise, and its coefficients: what a fit can reach."""
    generator = torch.Generator().manual_seed(seed)
    identity, expression = torch.randn(1, 100, generator=generator), torch.zeros(1, 57)
    active = torch.randperm(57, generator=generator)[:5]
    expression[0, active] = 0.5 * torch.rand(5, generator=generator)
    params = {"identity": identity, "expression": expression}
    vertices = head().evaluate(params)[0].double().numpy()
    return capture_of(vertices), params


def capture_of(vertices: np.ndarray, *, keypoints: bool = True, item: str = "scan") -> Capture:
    """A head's scannable surface as a scan in mm, with exact keypoints."""
    faces = head().faces.numpy()
    sites = registrar().template.keypoint_sites
    points = np.stack([sites[name][1] @ vertices[faces[sites[name][0]]] for name in NOW7])
    return Capture(
        item=item,
        subject=item,
        scan=Mesh(vertices=vertices, faces=faces[region_faces(head(), "scannable").long().numpy()]),
        keypoints=Keypoints(names=NOW7, positions=points) if keypoints else None,
    )


def skin_error(vertices: np.ndarray, truth: np.ndarray, region: str = "scannable") -> np.ndarray:
    """Distances of homologous vertices over a region, mm."""
    mask = (head().regions["scannable"] & head().regions[region]).numpy()
    return np.linalg.norm(vertices - truth, axis=1)[mask]
