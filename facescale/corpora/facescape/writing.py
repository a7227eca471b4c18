"""Models, shoots and lists in FaceScape's layouts. Reads nothing; its conversions are its own.

A camera here is an image's: x = K (R X + t) after undistortion with the first pixel's centre at (0, 0).
"""

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from facescale.corpora.files import join, write_bytes
from facescale.corpora.ply import write_ply
from facescale.corpora.textured_obj import write_textured_obj
from facescale.structures.mesh import Mesh
from facescale.structures.view import PinholeRecord

FOLDER = "fsmview_trainset"


def write_model(
    mesh: Mesh,
    root: str,
    *,
    person: str,
    expression: str,
    uv: np.ndarray,
    texture: bytes,
    displacement: bytes,
) -> tuple[str, ...]:
    """Write one registered scan.

    Args:
        mesh: mm, the face towards +z and its top towards +y.
        root: a local folder or s3:// prefix.
        person: id, not padded.
        expression: "1_neutral".
        uv: (v, 2), one a vertex.
        texture: a JPEG file; empty: none.
        displacement: a PNG file; empty: none.

    Returns:
        The relative paths written.
    """
    stem = f"{person}/models_reg/{expression}"
    material = f"newmtl material_0\nKd 1 1 1\nmap_Kd {expression}.jpg\n".encode()
    written = {
        f"{stem}.obj": write_textured_obj(mesh, uv, material=f"{expression}.obj.mtl"),
        f"{stem}.obj.mtl": material,
    }
    if texture:
        written[f"{stem}.jpg"] = texture
    if displacement:
        written[f"{person}/dpmap/{expression}.png"] = displacement
    return _written(written, root)


def write_lists(
    people: Mapping[str, tuple[str, int]],
    publishable: Sequence[str],
    landmarks: np.ndarray,
    root: str,
    *,
    missing: Mapping[str, Sequence[str]],
) -> tuple[str, ...]:
    """Write the lists beside the models.

    Args:
        people: id -> gender (m or f) and age.
        publishable: ids of those who may be shown.
        landmarks: (68,) vertices of the v1.0 topology.
        root: a local folder or s3:// prefix.
        missing: id -> what is missing of obj, mtl, jpg and dpmap.
    """
    rows = []
    for person, (gender, age) in people.items():
        lacking = missing.get(person, ())
        digits = "".join("1" if kind in lacking else "0" for kind in ("obj", "mtl", "jpg", "dpmap"))
        rows.append(f"{person} {gender} {age} 1{digits}\n")
    buffer = io.BytesIO()
    np.savez(buffer, v10=landmarks.astype(np.int64))
    written = {
        "info_list_v2.txt": "".join(rows).encode(),
        "publishable_list_v1.txt": (", ".join(publishable) + "\n").encode(),
        "landmark_indices.npz": buffer.getvalue(),
    }
    return _written(written, root)


def write_shoot(
    pictures: Mapping[int, bytes],
    cameras: Mapping[int, PinholeRecord],
    root: str,
    *,
    person: str,
    expression: str,
    mesh: Mesh | None = None,
    invalid: Sequence[int] = (),
) -> tuple[str, ...]:
    """Write the pictures of one person in one expression, their cameras and the raw mesh.

    Args:
        pictures: number of the view -> a JPEG file.
        cameras: number of the view -> its camera, in the world of `mesh`.
        root: a local folder or s3:// prefix.
        person: id, not padded.
        expression: "1_neutral".
        mesh: of structure from motion, in its own unit.
        invalid: views that are marked as such.
    """
    folder = f"{FOLDER}/{person}/{expression}"
    fields: dict[str, Any] = {}
    for place, camera in sorted(cameras.items()):
        fields |= _fields(place, camera, valid=place not in invalid)
    written = {f"{folder}/{place}.jpg": data for place, data in pictures.items()}
    written[f"{folder}/params.json"] = json.dumps(fields).encode()
    if mesh is not None:
        written[f"{folder}.ply"] = write_ply(mesh)
    return _written(written, root)


def scales_json(spaces: Mapping[str, Mapping[int, tuple[float, np.ndarray, np.ndarray]]]) -> bytes:
    """Form Rt_scale_dict.json.

    Args:
        spaces: id -> number of the expression -> scale, rotation and translation (mm) of
            X_tu = rotation (scale X) + translation.
    """
    record = {
        person: {
            str(number): [scale, np.column_stack([rotation, translation]).tolist()]
            for number, (scale, rotation, translation) in expressions.items()
        }
        for person, expressions in spaces.items()
    }
    return json.dumps(record).encode()


def _fields(place: int, camera: PinholeRecord, *, valid: bool) -> dict[str, Any]:
    width, height = camera.size
    (fx, fy), (cx, cy) = camera.focal, camera.principal
    return {
        f"{place}_K": [[float(fx), 0.0, float(cx) - 0.5], [0.0, float(fy), float(cy) - 0.5], [0.0, 0.0, 1.0]],
        f"{place}_Rt": np.column_stack([camera.rotation, camera.translation]).tolist(),
        f"{place}_distortion": camera.distortion.tolist(),
        f"{place}_width": width,
        f"{place}_height": height,
        f"{place}_matches": 1000,
        f"{place}_valid": valid,
        f"{place}_sn": f"SN{place:04d}",
        f"{place}_ori": 0,
    }


def _written(files: Mapping[str, bytes], root: str) -> tuple[str, ...]:
    for path, data in files.items():
        write_bytes(join(root, path), data)
    return tuple(files)
