import shutil
import subprocess

import pytest
import yaml

from infra.validate.documents import Document
from infra.validate.kustomize import render
from infra.validate.tree import OVERLAYS, read_tree
from tests.infra.checkout import ROOT, copy_checkout, planted


@pytest.fixture
def overlay(tmp_path):
    """One document, and a way to patch it."""

    def build(patch, **settings):
        data = {
            "kind": "RayCluster",
            "metadata": {"name": "a"},
            "spec": {"groups": [{"most": 4}], "open": False},
        }
        image = {"containers": [{"image": "facescale/cpu:1"}]}
        pods = {"kind": "Deployment", "metadata": {"name": "b"}, "spec": {"template": {"spec": image}}}
        own = {"resources": ["a.yaml", "b.yaml"], **settings}
        if patch:
            own["patches"] = [{"patch": yaml.safe_dump(patch), "target": {"kind": "RayCluster"}}]
        (tmp_path / "over").mkdir(exist_ok=True)
        read = {
            "over/a.yaml": [Document(file="over/a.yaml", data=data)],
            "over/b.yaml": [Document(file="over/b.yaml", data=pods)],
            "over/kustomization.yaml": [Document(file="over/kustomization.yaml", data=own)],
        }
        for name in read:
            (tmp_path / name).touch()
        documents, findings = render(tmp_path, tmp_path / "over", read)
        assert data["spec"]["groups"] == [{"most": 4}], "rendering must leave what was read as it is"
        return {document.name: document.data for document in documents}, [str(finding) for finding in findings]

    return build


def test_operations_change_one_place_each(overlay):
    patch = [
        {"op": "test", "path": "/spec/groups/0/most", "value": 4},
        {"op": "replace", "path": "/spec/groups/0/most", "value": 9},
        {"op": "add", "path": "/spec/groups/-", "value": {"most": 1}},
        {"op": "add", "path": "/spec/role", "value": "reader"},
        {"op": "remove", "path": "/spec/open"},
    ]
    documents, findings = overlay(patch)
    assert findings == []
    assert documents["a"]["spec"] == {"groups": [{"most": 9}, {"most": 1}], "role": "reader"}


def test_images_and_namespaces_change_wherever_they_are(overlay):
    images = [{"name": "facescale/cpu", "newName": "example.org/cpu", "newTag": "2"}]
    documents, _ = overlay(None, images=images, namespace="faces")
    assert documents["b"]["spec"]["template"]["spec"]["containers"][0]["image"] == "example.org/cpu:2"
    assert {document["metadata"]["namespace"] for document in documents.values()} == {"faces"}


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        ({"op": "replace", "path": "/spec/groups/1/most", "value": 1}, "to have a parent"),
        ({"op": "remove", "path": "/spec/shut"}, "nothing to remove"),
        ({"op": "test", "path": "/spec/groups/0/most", "value": 5}, "expected 5"),
        ({"op": "move", "path": "/spec/open", "from": "/spec/shut"}, "found move"),
    ],
)
def test_what_cannot_be_done_is_a_finding_and_renders_nothing(overlay, operation, said):
    documents, findings = overlay([operation])
    assert documents == {}
    assert len(findings) == 1
    assert said in findings[0]


@pytest.mark.parametrize("name", OVERLAYS)
def test_kubectl_renders_the_same(name, tmp_path):
    if shutil.which("kubectl") is None:
        pytest.skip("kubectl is not installed")
    theirs = subprocess.run(
        ["kubectl", "kustomize", "--load-restrictor", "LoadRestrictionsNone", str(ROOT / name)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    tree, findings = read_tree(ROOT)
    ours = [document.data for document in tree.rendered if document.file == f"{name} (rendered)"]
    assert findings == []
    assert by_name(ours) == by_name(yaml.safe_load_all(theirs.stdout))


def test_a_folder_below_itself_is_a_finding(tmp_path):
    root = copy_checkout(tmp_path)
    with planted(root, "infra/s3/kustomization.yaml", "  - server.yaml", "  - ../s3\n  - server.yaml"):
        _, findings = read_tree(root)
    assert "below itself" in str(findings[0])


def by_name(documents):
    return {(document["kind"], document["metadata"]["name"]): document for document in documents}
