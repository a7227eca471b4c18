"""VHAP's input and exports of a small rig, typed by hand."""

import io
import json

import numpy as np
from PIL import Image

from tests.corpora.nersemble.deliveries import HEIGHT, SERIALS, WIDTH, params

FRAMES = (0, 1, 2, 3)
C2W = [[0.8, 0.0, 0.6, 0.62], [0.0, 1.0, 0.0, 0.01], [-0.6, 0.0, 0.8, 0.83], [0.0, 0.0, 0.0, 1.0]]
"""Camera to world: right, up, backwards, centre (metres)."""
LENS = {"cx": 26.0, "cy": 37.0, "fl_x": 110.0, "fl_y": 112.0, "w": 55, "h": 80}


def picture(level, width=WIDTH, height=HEIGHT, form="JPEG"):
    buffer = io.BytesIO()
    Image.new("L" if form == "PNG" else "RGB", (width, height), level if form == "PNG" else (level,) * 3).save(
        buffer, form
    )
    return buffer.getvalue()


def npz(**arrays):
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def shares(rows=4):
    """Row t has its point k at (0.001 (k + 1), 0.1 (t + 1)); the last point was never found."""
    found = np.ones((rows, 68, 3), np.float32)
    found[..., 0] = 0.001 * (np.arange(68) + 1)
    found[..., 1] = 0.1 * (np.arange(rows)[:, None] + 1)
    found[:, 67] = -1
    return found


def landmarks(rows=4):
    return npz(bounding_box=np.zeros((rows, 5), np.float32), face_landmark_2d=shares(rows))


def prepared(version="v2", serials=SERIALS[:2], alpha="jpg"):
    """Path -> content of one sequence."""
    folder = "017/sequences/EMO-1-shout+laugh" if version == "v2" else "017/EMO-1-shout+laugh"
    calibration = "017/calibration" if version == "v2" else "camera_params/017"
    own = json.loads(params(width=WIDTH, height=HEIGHT))
    own["world_2_cam"] = {serial: own["world_2_cam"][serial] for serial in serials}
    files = {f"{calibration}/camera_params.json": json.dumps(own).encode()}
    for serial in serials:
        files[f"{folder}/landmark2d/STAR/{serial}.npz"] = landmarks()
        for frame in FRAMES:
            name = f"cam_{serial}_{frame:06d}"
            files[f"{folder}/images/{name}.jpg"] = picture(40 * frame + 20)
            files[f"{folder}/images_2/{name}.jpg"] = picture(40 * frame + 20, WIDTH // 2, HEIGHT // 2)
            files[f"{folder}/alpha_maps/{name}.{alpha}"] = picture(
                200, form="PNG" if alpha == "png" else "JPEG"
            )
    return files


def frame(timestep=0, camera=8, serial=SERIALS[0], to="", **changes):
    name = f"{timestep:05d}_{camera:02d}.png"
    found = {
        "timestep_index": timestep,
        "timestep_index_original": timestep,
        "timestep_id": f"{timestep:06d}",
        "camera_index": camera,
        "camera_id": serial,
        **LENS,
        "transform_matrix": C2W,
        "file_path": f"{to}images/{name}",
        "fg_mask_path": f"{to}fg_masks/{name}",
        "flame_param_path": f"{to}flame_param/{timestep:05d}.npz",
    } | changes
    return {key: value for key, value in found.items() if value is not None}


def transforms(*frames, **shared):
    return json.dumps({"frames": list(frames), **LENS, **shared}).encode()


def exported(folder="074_EMO-1_v16_DS4_whiteBg_staticOffset_maskBelowLine", timesteps=(0, 1)):
    """Path -> content of one export of one camera."""
    files = {f"{folder}/transforms.json": transforms(*(frame(t) for t in timesteps))}
    files[f"{folder}/canonical_flame_param.npz"] = npz(shape=np.zeros(300))
    for t in timesteps:
        files[f"{folder}/images/{t:05d}_08.png"] = picture(10 + t, 55, 80, "PNG")
        files[f"{folder}/fg_masks/{t:05d}_08.png"] = picture(100 + t, 55, 80, "PNG")
        files[f"{folder}/flame_param/{t:05d}.npz"] = npz(shape=np.zeros(300), expr=np.zeros((1, 100)))
    return files


def export_pixel(point, pose=C2W, lens=LENS):
    """Where the tracker's own renderer shows a point (metres): y upwards, rows from the bottom."""
    x, y, z, _ = np.linalg.inv(np.array(pose)) @ [*point, 1.0]
    from_bottom = lens["fl_y"] * y / -z + lens["cy"]
    return np.array([lens["fl_x"] * x / -z + lens["cx"], lens["h"] - from_bottom])
