import re

from facescale.reporting.frame_plot import HEIGHT, WIDTH, frame_plot


def bars(plot):
    return [
        (kind, float(x), float(tall))
        for kind, x, tall in re.findall(r'class="(fit|mean)" x="([\d.]+)".*?height="([\d.]+)"', str(plot))
    ]


def test_the_worst_frame_fills_the_plot_and_others_are_in_proportion():
    drawn = bars(frame_plot([1.0, 2.0, 4.0], label="error", unit="%"))
    assert [round(tall) for _, _, tall in drawn] == [HEIGHT // 4, HEIGHT // 2, HEIGHT]
    assert [x for _, x, _ in drawn] == [0, WIDTH / 3, 2 * WIDTH / 3]


def test_a_frame_without_a_value_is_a_mark_and_is_counted():
    plot = frame_plot([1.0, None, float("nan"), 3.0], label="error", unit="px")
    assert [kind for kind, _, _ in bars(plot)] == ["fit", "mean", "mean", "fit"]
    assert "median 2.00 px, worst 3.00 px over 2 frames; 2 frames without" in plot


def test_of_very_many_frames_the_worst_of_each_group_is_drawn():
    values = [0.1] * 3000
    values[1234] = 9.0
    drawn = bars(frame_plot(values, label="error", unit="px"))
    assert len(drawn) == 600
    assert max(tall for _, _, tall in drawn) == HEIGHT
    assert sum(tall == HEIGHT for _, _, tall in drawn) == 1


def test_without_values_there_is_no_plot():
    assert frame_plot([None, None], label="error", unit="px") == ""
    assert frame_plot([], label="error", unit="px") == ""


def test_labels_are_escaped():
    assert "<b>" not in frame_plot([1.0], label="<b>", unit="<i>")
