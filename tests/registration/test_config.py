import pytest

from facescale.registration.config import RegistrationConfig, RobustConfig


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"up": "+y"}, "up and front together"),
        ({"up": "+y", "front": "-y"}, "different axes"),
        ({"points": 10}, "at least 400 points"),
        ({"held_out": -1}, "held_out >= 0"),
        ({"unit": "mm", "scale": "free"}, "no unit with scale free"),
        ({"prior_weight": 0.0}, "prior_weight to be positive"),
    ],
)
def test_what_cannot_work_is_refused_with_what_was_expected(settings, message):
    with pytest.raises(ValueError, match=message):
        RegistrationConfig(**settings)


@pytest.mark.parametrize("settings", [{"outlier_mm": 0.0}, {"reach_mm": float("nan")}, {"normal_degrees": 0.0}])
def test_robust_settings_are_positive(settings):
    with pytest.raises(ValueError, match="expected"):
        RobustConfig(**settings)


def test_the_defaults_are_valid():
    assert RegistrationConfig().points == 5000


def test_a_model_fit_is_keyed_as_before_there_was_another_method():
    recorded = RegistrationConfig().recorded()
    assert not {name for name in recorded if "nicp" in name or name == "method"}
    beyond = RegistrationConfig(method="nicp").recorded()
    assert beyond.items() >= recorded.items()
    assert beyond["nicp_version"] >= 2
    assert beyond != RegistrationConfig(method="nicp", nicp_points=5000).recorded()
