"""Errors of keypoints as shares of the inter-ocular distance (NME). Knows no method, head model or file."""

from collections.abc import Mapping

import numpy as np

from facescale.structures.outcome import Scalar

OUTER_EYE_CORNERS = ("right_eye_outer", "left_eye_outer")
"""Between which the inter-ocular distance is measured, in 3D, on the scan's own keypoints."""


def interocular_mm(keypoints: Mapping[str, np.ndarray]) -> float | None:
    """Distance between the outer corners of the eyes; None where one of them is not known or both are one.

    Args:
        keypoints: name -> (3,) mm.
    """
    if not all(name in keypoints for name in OUTER_EYE_CORNERS):
        return None
    right, left = (keypoints[name] for name in OUTER_EYE_CORNERS)
    apart = float(np.linalg.norm(left - right))
    return apart if apart > 0 else None


def keypoint_scores(
    on_head: Mapping[str, np.ndarray], keypoints: Mapping[str, np.ndarray]
) -> dict[str, Scalar]:
    """Normalised mean error of a head's keypoints, in percent of the inter-ocular distance.

        NME = 100 / (n d) * sum_i |x_i - y_i|

    over the n keypoints that both have, where d is the distance of the outer eye corners among the y. To divide
    by it is the custom of face alignment (Sagonas et al., 300 Faces in-the-Wild, 2013). Yang et al. (ASM, 2023)
    mark seven points a scan, those of NoW, for the first pose (supplement, section 3). Their main paper, which
    was not at hand, has a "3D NME" of scan to fit, by a listing on the web; it may be normalised otherwise.

    Args:
        on_head: name -> (3,) mm, of the fitted head.
        keypoints: name -> (3,) mm, of the scan, in the same frame.

    Returns:
        "keypoint_nme_percent" and "keypoint_error_mean_mm"; None where the eye corners or all points lack.
    """
    names = [name for name in keypoints if name in on_head]
    size = interocular_mm(keypoints)
    if not names or size is None:
        return {"keypoint_nme_percent": None, "keypoint_error_mean_mm": None}
    error = float(np.mean([np.linalg.norm(on_head[name] - keypoints[name]) for name in names]))
    return {"keypoint_nme_percent": 100.0 * error / size, "keypoint_error_mean_mm": error}
