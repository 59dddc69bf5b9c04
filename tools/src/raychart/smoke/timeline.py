"""What happened to the pods of a namespace over time, as data for reports and pictures."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from raychart.smoke.api import Json
    from raychart.smoke.ledger import Ledger
    from raychart.smoke.recorder import PodLife, Recorder

_CLIENT = "raychart-smoke-client"


def timeline(recorder: Recorder, ledger: Ledger | None, ended: float) -> Json:
    """Return pods, marks and results; times are seconds since `began`, which is in seconds since 1970.

    A pod's `states` are in order, each with `from` and `to`; `results` holds the number of results in each second that
    had any; `gap` is the longest time between two results. The pods that do the work are left out.
    """
    began = recorder.began
    lives = [life for life in recorder.lives if life.labels.get("app.kubernetes.io/name") != _CLIENT]
    data: Json = {
        "began": round(began, 3),
        "seconds": round(ended - began, 2),
        "pods": [_pod(life, began, ended) for life in lives],
        "marks": [{"at": round(at - began, 2), "what": what} for at, what in recorder.marks],
    }
    if ledger is not None:
        seconds = Counter(int(ledger.local(at) - began) for at in ledger.results())
        data["results"] = [{"second": second, "count": count} for second, count in sorted(seconds.items())]
        if gap := ledger.longest_gap():
            start, end = (round(ledger.local(at) - began, 2) for at in (gap.start, gap.end))
            data["gap"] = {"from": start, "to": end, "seconds": gap.seconds}
    return data


def _pod(life: PodLife, began: float, ended: float) -> Json:
    end = life.gone or ended
    ends = [at for _, at in life.states[1:]] + [end]
    states = [
        {"state": state, "from": round(at - began, 2), "to": round(until - began, 2)}
        for (state, at), until in zip(life.states, ends, strict=True)
    ]
    return {
        "name": life.name,
        "type": life.lane,
        "cluster": life.labels.get("ray.io/cluster"),
        "created": round(life.created - began, 2),
        "gone": None if life.gone is None else round(life.gone - began, 2),
        "restarts": life.restarts,
        "states": states,
    }
