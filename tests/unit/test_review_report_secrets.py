"""No report shows a secret, whatever it was put into."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import reviews
from hypothesis import given
from hypothesis import strategies as st

from raychart.impact.judge import judge
from raychart.review.model import Placed, Review
from raychart.review_report import FORMATS, written

if TYPE_CHECKING:
    from collections.abc import Callable

# What is put in has a middle that nothing else has; some of it means something to JSON, HTML, XML and URLs.
SECRETS = st.text("abcXYZ0189-_<>&'\"%+/=", min_size=4, max_size=30).map(lambda text: f"s3{text}Qq7")


def in_secret(value: str) -> dict[str, Any]:
    return reviews.secret("team-a", {"password": value, "other": f"x {value}"})


def in_data(value: str) -> dict[str, Any]:
    body = reviews.secret("team-a", {})
    del body["stringData"]
    return body | {"data": {"key": base64.b64encode(value.encode()).decode()}}


def in_env(value: str) -> dict[str, Any]:
    return reviews.cluster("team-a", env={"REDIS_PASSWORD": value})


def in_address(value: str) -> dict[str, Any]:
    return reviews.cluster("team-a", env={"REDIS_URL": f"redis://user:{quote(value, safe='')}@redis:6379/0"})


def in_annotation(value: str) -> dict[str, Any]:
    body = reviews.policy("team-a")
    last = json.dumps({"kind": "Secret", "stringData": {"password": value}})
    body["metadata"]["annotations"] = {"kubectl.kubernetes.io/last-applied-configuration": last}
    return body


def in_command(value: str) -> dict[str, Any]:
    body = reviews.cluster("team-a")
    container = body["spec"]["headGroupSpec"]["template"]["spec"]["containers"][0]
    container["args"] = ["--redis-password", value]
    return body


def in_settings(value: str) -> dict[str, Any]:
    about = {"name": "settings", "namespace": "team-a"}
    text = f"host: redis\npassword: {json.dumps(value)}\n"
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": about, "data": {"redis.yaml": text}}


PLACES = (in_secret, in_data, in_env, in_address, in_annotation, in_command, in_settings)


@given(st.sampled_from(PLACES), SECRETS, SECRETS, st.sampled_from(["changed", "new", "removed", "added", "gone"]))
def test_no_format_shows_a_secret(place: Callable[[str], dict[str, Any]], old: str, new: str, how: str) -> None:
    with_old, with_new, other = [place(old)], [place(new)], reviews.manifest_of_nothing("team-a")
    sides = {
        "changed": (with_old, with_new),
        "new": (None, with_new),
        "removed": (with_old, None),
        "added": ([other], [other, *with_new]),
        "gone": ([other, *with_old], [other]),
    }
    one = reviews.namespace("team-a", *sides[how])
    assert one.comparison
    judged = replace(one, impacts=tuple(map(Placed, judge(one.comparison))))
    review = Review("main", "feature", reviews.alone(judged))
    for style in FORMATS:
        text = written(review, style)
        for value in (old, new):
            for form in forms(value):
                assert form not in text, (style, how, place.__name__)


def forms(value: str) -> set[str]:
    """A value as each of the formats would write it."""
    embedded = json.dumps(value)[1:-1]
    for char in "<>&":
        embedded = embedded.replace(char, f"\\u{ord(char):04x}")
    encoded = base64.b64encode(value.encode()).decode()
    return {value, escape(value), quote(value, safe=""), json.dumps(value)[1:-1], embedded, encoded}
