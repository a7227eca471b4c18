"""Which solver a preset is, and with which settings. Knows nothing of scans' files or of heads."""

from collections.abc import Mapping

import torch

from facescale.fitting.unknowns import Unknowns
from facescale.registration import fast, paper, tuned_adam
from facescale.registration.config import RegistrationConfig
from facescale.registration.finish import Ended
from facescale.registration.scan_problem import ScanProblem


def solve(problem: ScanProblem, start: Unknowns, config: RegistrationConfig) -> Ended:
    """Run the preset of a configuration.

    Args:
        problem: with all points.
        start: where from.
        config: with the preset, and whether it runs to convergence.
    """
    settings, width = _settings(config), config.robust.start_mm
    if isinstance(settings, fast.FastSettings):
        state = fast.fit(problem, start, points=config.points, start_width=width, settings=settings)
        return Ended(unknowns=state.unknowns, status=state.status, iterations=state.iterations)
    if isinstance(settings, paper.PaperSettings):
        descent = paper.fit(problem, start, settings=settings)
    else:
        descent = tuned_adam.fit(problem, start, start_width=width, settings=settings)
    steps = descent.iterations
    if not config.converge:  # of lanes that stood still, too: what the preset asks for
        steps = torch.full_like(steps, settings.adam.iterations)
    return Ended(unknowns=descent.unknowns, status=descent.status, iterations=steps)


def described(config: RegistrationConfig) -> Mapping[str, str | float]:
    """The settings of a configuration's preset as a flat record."""
    return _settings(config).described()


def _settings(
    config: RegistrationConfig,
) -> fast.FastSettings | paper.PaperSettings | tuned_adam.TunedAdamSettings:
    kinds = {
        "fast": fast.FastSettings,
        "paper-asm": paper.PaperSettings,
        "adam": tuned_adam.TunedAdamSettings,
    }
    settings = kinds[config.preset]()
    return settings.to_convergence() if config.converge else settings
