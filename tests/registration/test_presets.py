import pytest
import torch

from facescale.fitting.status import SolveStatus
from facescale.fitting.unknowns import Layout
from facescale.heads.library import load_head
from facescale.registration import presets
from facescale.registration.config import Preset, RegistrationConfig
from facescale.registration.registrar import Registrar
from facescale.registration.result import RegistrationResult
from facescale.registration.tuned_adam import TunedAdamSettings
from facescale.synthesis.scans import ScanSynthesis, ScanSynthesizer

EVERY: tuple[Preset, ...] = ("fast", "paper-asm", "adam")


@pytest.mark.parametrize("preset", EVERY)
def test_every_preset_records_its_settings_and_what_convergence_adds(preset):
    usual = presets.described(RegistrationConfig(preset=preset))
    onwards = presets.described(RegistrationConfig(preset=preset, converge=True))
    assert "Adam" in usual["solver"] or preset == "fast"
    assert not any(name == "tolerance" or name.startswith("to_the_end") for name in usual)
    added = {"to_the_end_iterations", "to_the_end_tolerance_mm"} if preset == "fast" else {"tolerance"}
    assert added <= onwards.keys() - usual.keys()


def test_keys_of_what_was_registered_before_stay_as_they_were():
    assert "converge" not in RegistrationConfig().recorded()
    assert RegistrationConfig(converge=True).recorded() == {**RegistrationConfig().recorded(), "converge": True}


def test_the_tuned_adam_has_the_units_that_were_found_and_deviations_elsewhere():
    settings = TunedAdamSettings()
    plain = Layout.of(load_head("builtin"), scale=True)
    scales = settings.scales(plain)
    assert scales[:7].tolist() == pytest.approx([0.268] * 3 + [6.28] * 3 + [0.02])
    identity, expression = (block.size for block in plain.blocks)
    torch.testing.assert_close(scales[7 : 7 + identity], torch.ones(identity).double())
    torch.testing.assert_close(scales[7 + identity :], torch.full((expression,), 1.33).double())
    asm = Layout.of(load_head("asm-builtin"), scale=False)
    torch.testing.assert_close(settings.scales(asm)[6:], asm.prior_std.double())


@pytest.fixture(scope="module")
def scan():
    config = ScanSynthesis(
        points=(20_000, 30_000), hair_share=0.0, shoulder_share=0.0, cameras=(5, 5), keypoint_share=1.0
    )
    return ScanSynthesizer(load_head("builtin"), config).make(7, 1).capture


def fitted(scan, preset, *, converge) -> RegistrationResult:
    config = RegistrationConfig(preset=preset, converge=converge, points=400, held_out=400)
    registrar = Registrar(load_head("builtin"), config)
    (result,) = registrar.register([registrar.prepare(scan, 0)])
    assert isinstance(result, RegistrationResult), result
    return result


@pytest.mark.slow
def test_both_solvers_of_one_energy_end_at_one_place(scan):
    """Newton's steps and Adam's are as unlike as can be: where they agree is the energy's own minimum."""
    newton, adam = (fitted(scan, preset, converge=True) for preset in ("fast", "adam"))
    assert newton.status is SolveStatus.CONVERGED
    assert adam.status is SolveStatus.CONVERGED
    apart = torch.from_numpy(newton.vertices - adam.vertices)[load_head("builtin").regions["face"]]
    assert apart.norm(dim=1).mean() < 0.1
    assert newton.seconds > 0
    assert adam.iterations < 2000


@pytest.mark.slow
def test_convergence_lowers_the_energy_of_fast(scan):
    usual, onwards = (fitted(scan, "fast", converge=converge) for converge in (False, True))
    assert onwards.iterations > usual.iterations
    assert onwards.energy <= usual.energy * 1.001
