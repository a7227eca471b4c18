import pytest

from facescale.pipelines import sweep_points
from facescale.pipelines.job_tracking import ParentRun
from facescale.pipelines.sweep_corpora import SweepCorpus
from facescale.pipelines.sweep_heads import SweepHead
from facescale.pipelines.sweep_points import Point, SweepSettings, points_of, run_point
from facescale.runtime.summary import ExitStatus

NOBODY = ParentRun(server="off", run="")
CORPUS = SweepCorpus(name="ours", layout="scans", root="/nowhere", truth="/truth", unit="mm", limit=7)
HEAD = SweepHead(given="builtin", label="builtin", parameters=104)
LATER = SweepHead(given="coma", label="coma", absent="trained in a later round")
LOST = SweepHead(given="lost", label="lost", absent="expected one of the heads", required=True)


def point(head=HEAD, preset="fast"):
    return Point(corpus=CORPUS, head=head, preset=preset)


def test_every_corpus_meets_every_head_and_preset_but_a_head_that_is_away_only_once():
    found = [one.name for one in points_of([CORPUS], [HEAD, LATER], ["fast", "adam"])]
    assert found == ["ours/builtin/fast", "ours/builtin/adam", "ours/coma/all presets"]


def test_presets_run_to_convergence_come_beside_their_own_schedules():
    assert SweepSettings(out="o", presets=("fast", "adam"), converge=True).all_presets() == (
        "fast", "fast+converge", "adam", "adam+converge",
    )  # fmt: skip
    given = ("fast+converge", "fast", "fast")
    assert SweepSettings(out="o", presets=given).all_presets() == ("fast+converge", "fast")


def test_an_unknown_preset_is_refused():
    with pytest.raises(ValueError, match="expected presets out of"):
        SweepSettings(out="o", presets=("sgd",))
    with pytest.raises(ValueError, match="at least one preset"):
        SweepSettings(out="o", presets=())


def test_a_point_is_an_ordinary_registration_judged_where_all_heads_are():
    config = point(preset="adam+converge").config(SweepSettings(out="s3://b/sweep", points=900, limit=50))
    assert config.out == "s3://b/sweep/points/ours/builtin/adam+converge"
    assert (config.preset, config.converge, config.judged_by) == ("adam", True, "common")
    assert (config.corpus, config.truth, config.unit, config.limit) == ("scans", "/truth", "mm", 7)
    assert config.points == 900


def test_what_a_point_adds_to_keys_is_nothing_where_it_is_as_before():
    from facescale.pipelines.register import RegisterConfig

    usual = RegisterConfig(root="r", out="o")
    assert not {"method", "converge", "judged_by"} & (usual.method_record().keys() | usual.recorded().keys())
    other = RegisterConfig(root="r", out="o", converge=True, judged_by="common")
    assert other.method_record() == {**usual.method_record(), "converge": True, "judged_by": "common"}
    assert other.recorded().items() >= {("converge", True), ("judged_by", "common")}


def test_a_head_of_a_later_round_is_not_run_and_fine_and_a_lost_one_is_not_fine(tmp_path):
    settings = SweepSettings(out=str(tmp_path))
    end, status = run_point(point(LATER), settings, NOBODY)
    assert (end.fine, end.why, status) == (True, "not run: trained in a later round", ExitStatus.FINE)
    end, status = run_point(point(LOST), settings, NOBODY)
    assert (end.fine, end.why) == (False, "not run: expected one of the heads")
    assert status is ExitStatus.TOO_MANY_FAILED


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (ValueError("expected scans\nsecond line"), "broken: expected scans"),
        (RuntimeError("the cluster is gone"), "broken: RuntimeError: the cluster is gone"),
    ],
)
def test_a_point_that_breaks_is_a_value_with_its_reason(tmp_path, monkeypatch, error, why):
    def break_down(_config, *, parent):
        del parent
        raise error

    monkeypatch.setattr(sweep_points, "register", break_down)
    end, status = run_point(point(), SweepSettings(out=str(tmp_path)), NOBODY)
    assert (end.fine, end.why, status) == (False, why, ExitStatus.TOO_MANY_FAILED)


def test_an_interrupt_is_no_broken_point(tmp_path, monkeypatch):
    def interrupt(_config, *, parent):
        del parent
        raise KeyboardInterrupt

    monkeypatch.setattr(sweep_points, "register", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run_point(point(), SweepSettings(out=str(tmp_path)), NOBODY)


@pytest.mark.parametrize("status", [status for status in ExitStatus if status is not ExitStatus.FINE])
def test_a_job_s_exit_status_is_kept_in_words(tmp_path, monkeypatch, status):
    monkeypatch.setattr(sweep_points, "register", lambda _config, *, parent: int(status))
    end, found = run_point(point(), SweepSettings(out=str(tmp_path)), NOBODY)
    assert not end.fine
    assert end.why.startswith(f"ended with exit status {int(status)}: ")
    assert found is status
