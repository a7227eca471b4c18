import numpy as np
import torch

from facescale.heads.framing import mirror_map, mirror_of, reflected


def symmetric(count):
    half = torch.rand(count, 3, generator=torch.Generator().manual_seed(0)) * 100 + torch.tensor([5.0, 0, 0])
    return torch.cat([half, half * torch.tensor([-1.0, 1, 1])])


def test_a_symmetric_mean_is_paired_and_another_is_not():
    mean = symmetric(300)
    partner = [*range(300, 600), *range(300)]
    assert mirror_map(mean).tolist() == partner
    torch.testing.assert_close(reflected(mean)[partner], mean)
    assert mirror_map(mean[:300]) is None


def test_a_published_map_is_taken_where_it_mirrors_the_mean_and_not_otherwise():
    mean = symmetric(300)
    partner = np.r_[np.arange(300, 600), np.arange(300)]
    found, note = mirror_of(mean, "sym_dict", partner)
    assert (found.tolist(), note) == (partner.tolist(), "mirror map: sym_dict")
    found, note = mirror_of(mean, "sym_dict", np.roll(partner, 1))
    assert (found.tolist(), note) == (partner.tolist(), "mirror map: from the mean")
    found, note = mirror_of(mean[:300], "sym_dict", None)
    assert (found, note) == (None, "mirror map: none, the mean is not symmetric")
