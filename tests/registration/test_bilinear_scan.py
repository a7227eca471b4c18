import numpy as np
import pytest
import torch

from facescale.heads.bilinear import BilinearHead
from facescale.heads.facescape import convert_facescape
from facescale.heads.stand_ins.facescape import Sizes, write_v16
from facescale.registration.config import RegistrationConfig
from facescale.registration.registrar import Registrar
from facescale.structures.capture import Capture
from facescale.structures.keypoints import NOW7, Keypoints
from facescale.structures.mesh import Mesh


@pytest.fixture(scope="module")
def head(tmp_path_factory):
    path = tmp_path_factory.mktemp("facescape") / "facescape_bm_v1.6_847_50_52_id_front.npz"
    write_v16(path, Sizes(vertices=5000, faces=9850, identity=20))
    return convert_facescape(path, "facescape")


def drawn(head, seed):
    """People with five expressions at once: what one scan of the corpus is."""
    generator = torch.Generator().manual_seed(seed)
    identity, expression = torch.randn(1, 20, generator=generator), torch.zeros(1, 51)
    expression[0, torch.randperm(51, generator=generator)[:5]] = 0.5 * torch.rand(5, generator=generator)
    params = {"identity": identity, "expression": expression}
    return params, head.evaluate(params)[0].double().numpy()


def capture_of(registrar, vertices):
    faces = registrar.head.faces.numpy()
    sites = registrar.template.keypoint_sites
    points = np.stack([sites[name][1] @ vertices[faces[sites[name][0]]] for name in NOW7])
    return Capture(
        item="scan",
        subject="scan",
        scan=Mesh(vertices=vertices, faces=faces),
        keypoints=Keypoints(names=NOW7, positions=points),
    )


@pytest.mark.parametrize("seed", [0, 1])
def test_people_and_expressions_within_the_model_are_found_again(head, seed):
    registrar = Registrar(head, RegistrationConfig(points=2000))
    params, vertices = drawn(head, seed)
    (result,) = registrar.register([registrar.prepare(capture_of(registrar, vertices), seed)])
    face = head.regions["face"].numpy()
    away = np.linalg.norm(result.vertices - vertices, axis=1)[face]
    mean_away = np.linalg.norm(result.mean_vertices - vertices, axis=1)[face]
    assert result.plausibility.scan_to_head_mm < 0.05
    assert np.median(away) < 0.4
    assert away.mean() < 0.1 * mean_away.mean()
    assert {name: value.shape for name, value in result.params.items()} == {
        "identity": (20,),
        "expression": (51,),
    }
    strongest = int(params["expression"].argmax())
    assert abs(result.params["expression"][strongest] - float(params["expression"].max())) < 0.15
    assert 0 <= result.params["expression"].min() <= result.params["expression"].max() <= 1


def test_the_matching_head_is_cut_to_what_is_scanned(head):
    hidden = head.regions["scannable"].clone()
    hidden[head.faces[:500].long().ravel()] = False
    registrar = Registrar(
        BilinearHead(
            **{
                **{name: getattr(head, name) for name in BilinearHead.__dataclass_fields__},
                "regions": {**head.regions, "scannable": hidden},
            }
        ),
        RegistrationConfig(points=1000),
    )
    assert isinstance(registrar.matching.head, BilinearHead)
    assert registrar.matching.head.num_vertices == int(hidden.sum()) < 5000
    assert torch.equal(registrar.matching.head.mixing, head.mixing)
