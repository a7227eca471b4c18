import numpy as np
import torch

from facescale.heads.bone_skin import blended, four_weights, refitted


def random_poses(poses, bones, seed=0):
    generator = torch.Generator().manual_seed(seed)
    linear = torch.eye(3) + 0.3 * torch.randn(poses, bones, 3, 3, generator=generator)
    return linear, 5 * torch.randn(poses, bones, 3, generator=generator)


def test_weights_that_are_four_already_come_back():
    generator = torch.Generator().manual_seed(1)
    rest = 40 * torch.randn(30, 3, generator=generator)
    weights = torch.zeros(30, 9)
    for row in range(30):
        weights[row, torch.randperm(9, generator=generator)[:4]] = 0.1 + torch.rand(4, generator=generator)
    weights /= weights.sum(dim=1, keepdim=True)
    joints, four = refitted(weights, rest, *random_poses(6, 9), [1.0] * 6)
    again = np.zeros((30, 9))
    np.add.at(again, (np.arange(30)[:, None], joints), four)
    np.testing.assert_allclose(again, weights, atol=1e-4)


def test_no_other_weights_of_four_bones_come_closer():
    generator = torch.Generator().manual_seed(2)
    rest, weights = 40 * torch.randn(20, 3, generator=generator), torch.rand(20, 6, generator=generator)
    weights /= weights.sum(dim=1, keepdim=True)
    linear, shift = random_poses(5, 6)
    joints, four = refitted(weights, rest, linear, shift, [1.0] * 5)
    few = torch.zeros(20, 6).scatter_add(1, torch.from_numpy(joints), torch.from_numpy(four))

    def miss(those):
        parts = [blended(those, rest, *p) - blended(weights, rest, *p) for p in zip(linear, shift, strict=True)]
        return torch.stack(parts).square().sum(dim=(0, 2))

    found = miss(few)
    for _ in range(200):
        tried = torch.zeros(20, 6)
        for row in range(20):
            tried[row, torch.randperm(6, generator=generator)[:4]] = torch.rand(4, generator=generator)
        assert (found <= miss(tried / tried.sum(dim=1, keepdim=True)) * (1 + 1e-3)).all()


def test_weights_are_never_negative_sum_to_one_and_name_bone_zero_where_they_are_none():
    generator = torch.Generator().manual_seed(3)
    rest, weights = 40 * torch.randn(200, 3, generator=generator), torch.rand(200, 8, generator=generator) ** 4
    weights /= weights.sum(dim=1, keepdim=True)
    joints, four = refitted(weights, rest, *random_poses(4, 8), [1.0] * 4)
    assert joints.shape == four.shape == (200, 4)
    assert (four >= 0).all()
    assert (np.diff(four, axis=1) <= 0).all()
    np.testing.assert_allclose(four.sum(axis=1), 1, atol=2e-7)
    assert (joints[four == 0] == 0).all()


def test_bones_that_do_alike_share_and_nothing_becomes_undefined():
    gram = torch.zeros(1, 5, 5, dtype=torch.float64)
    found = four_weights(gram)
    assert torch.isfinite(found).all()
    assert float(found.sum()) == 1.0
    assert int((found > 0).sum()) <= 4
