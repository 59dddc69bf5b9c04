"""Draw what reviewing takes, raychart beside the script."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt

if TYPE_CHECKING:
    from pathlib import Path

    from review import Figure

_COLOURS = {"raychart": "#1b6ac9", "raychart, again": "#8fbdf0", "script": "#c2572b"}


def draw(figures: list[Figure], path: Path) -> None:
    """Write a plot with a panel for each case: seconds over namespaces, on logarithmic scales, with the ratios."""
    cases = list(dict.fromkeys(figure.case for figure in figures))
    shape, panels = plt.subplots(1, len(cases), figsize=(4.6 * len(cases), 4.2), sharey=True, squeeze=False)
    for case, panel in zip(cases, panels[0], strict=True):
        own = [figure for figure in figures if figure.case == case]
        for way, colour in _COLOURS.items():
            line = [figure for figure in own if figure.way == way]
            panel.plot([f.namespaces for f in line], [median(f.seconds) for f in line], "o-", color=colour, label=way)
        script = {figure.namespaces: median(figure.seconds) for figure in own if figure.way == "script"}
        for figure in own:
            if figure.way == "raychart":
                ratio = script[figure.namespaces] / median(figure.seconds)
                place = (figure.namespaces, median(figure.seconds))
                panel.annotate(f"{ratio:.1f} times", place, textcoords="offset points", xytext=(0, 9), ha="center")
        panel.set(title=case, xlabel="namespaces changed", xscale="log", yscale="log")
        panel.margins(0.16)
        panel.grid(visible=True, which="major", alpha=0.3)
    panels[0][0].set_ylabel("seconds (median)")
    panels[0][0].legend(frameon=False)
    shape.suptitle("raychart review beside helm template, kubeconform and dyff; times: how much longer these take")
    shape.tight_layout()
    shape.savefig(path, dpi=130)
