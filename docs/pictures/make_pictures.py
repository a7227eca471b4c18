"""Make the README's pictures anew: `make pictures`, after `make demo` and with chromium installed.

`report.webp` is the top of the demo's report as a browser shows it, `heads.webp` a few of the people that
`facescale corpus rehearse --layout images` invents: the built-in head, off its span, by the ray-casting shader.
"""

import argparse
import io
import shutil
import sys
from pathlib import Path

import numpy as np
from PIL import Image

HERE = Path(__file__).parent
WINDOW = {"width": 1200, "height": 1500}
SOFTWARE_GL = ("--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
HEADS_DRAWN_MS = 8000
SEED, PEOPLE, COLUMNS, SIDE = 2, 8, 4, 320
QUALITY = 84


def picture_of_report(report: Path, browser: str) -> Image.Image:
    """The top of a report, once its heads are drawn."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=browser, args=list(SOFTWARE_GL))
        page = started.new_page(viewport=WINDOW)
        page.goto(report.resolve().as_uri())
        page.locator("canvas").first.scroll_into_view_if_needed()
        page.wait_for_timeout(HEADS_DRAWN_MS)
        page.evaluate("window.scrollTo(0, 0)")
        shot = page.screenshot()
        started.close()
    return Image.open(io.BytesIO(shot)).convert("RGB")


def picture_of_heads() -> Image.Image:
    """One portrait of each of a few people."""
    from facescale.heads.library import load_head
    from facescale.synthesis.photo.photographs import PhotoSynthesis, PhotoSynthesizer

    settings = PhotoSynthesis(views=1, size=(SIDE, SIDE), yaw=30.0)
    synthesizer = PhotoSynthesizer(load_head("builtin"), settings)
    made = [synthesizer.make(SEED, index).capture.views[0].image for index in range(PEOPLE)]
    rows = [np.concatenate(made[start : start + COLUMNS], axis=1) for start in range(0, PEOPLE, COLUMNS)]
    return Image.fromarray(np.concatenate(rows))


def main() -> int:
    """Write both pictures beside this file."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--report", type=Path, default=Path("demo/results/report.html"))
    given = options.parse_args()
    browser = shutil.which("chromium")
    if browser is None or not given.report.is_file():
        print(f"expected chromium and the report {given.report}: install it, run `make demo`", file=sys.stderr)
        return 2
    for name, picture in (("report", picture_of_report(given.report, browser)), ("heads", picture_of_heads())):
        picture.save(HERE / f"{name}.webp", quality=QUALITY, method=6)
        print(f"{HERE / name}.webp: {picture.width} x {picture.height}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
