"""Renew `reports/published/`: what a visitor sees of the product without running it.

    make publish

The reports and the atlas of `reports/` must stand. The briefing and the brief on Niger of every
edition as PDF, the combined map, the exit ladder and a picture of the atlas; under 4 MB in all.
The pictures of the atlas and of a page need a Chromium and poppler's `pdftoppm`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt

from sahel_analysis.figures.maps import plot_map
from sahel_analysis.figures.timelines import plot_exits
from sahel_analysis.report.editions import editions_of
from sahel_analysis.tables.loading import load_tables

ROOT = Path(__file__).resolve().parent.parent
REPORTS, PUBLISHED = ROOT / "reports", ROOT / "reports" / "published"
PAGES = ("briefing", "country_brief_NER")
MOST_BYTES = 4_000_000
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def main() -> int:
    """Copy and draw what is published; say what it weighs."""
    tables = load_tables()
    editions = editions_of(tables)
    for edition in editions:
        folder = REPORTS / f"{edition.as_of}_{edition.evidence}"
        for name in PAGES:
            shutil.copyfile(folder / f"{name}.pdf", PUBLISHED / f"{edition.as_of}_{name}.pdf")
    day = editions[-1].as_of
    for name, ax in (
        ("combined_map", plot_map(day, tables=tables)),
        ("exit_ladder", plot_exits(day, tables=tables)),
    ):
        ax.figure.savefig(PUBLISHED / f"{name}.png", dpi=150, metadata={"Software": None})
        plt.close(ax.figure)
    _pictured(REPORTS / f"{day}_checked" / "country_brief_NER.pdf")
    weight = sum(path.stat().st_size for path in PUBLISHED.iterdir())
    print(f"{PUBLISHED}: {weight / 1e6:.1f} MB")  # noqa: T201
    return int(weight > MOST_BYTES)


def _pictured(brief: Path) -> None:
    """Take the pictures of the atlas and of the two pages of a brief."""
    for number, name in enumerate(("niger_front", "niger_back"), start=1):
        command = ["pdftoppm", "-r", "90", "-f", str(number), "-singlefile", "-png"]
        subprocess.run([*command, str(brief), str(PUBLISHED / name)], check=True)
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        message = "No Chromium was found; the picture of the atlas is as it was."
        raise SystemExit(message)
    options = ["--headless", "--disable-gpu", "--hide-scrollbars", "--window-size=1280,900"]
    picture = f"--screenshot={PUBLISHED / 'atlas.png'}"
    wait = "--virtual-time-budget=5000"
    address = (REPORTS / "atlas.html").as_uri()
    subprocess.run([browser, *options, "--no-sandbox", wait, picture, address], check=True)


if __name__ == "__main__":
    sys.exit(main())
