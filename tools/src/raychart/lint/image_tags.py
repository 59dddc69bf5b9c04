"""What an image's name and tag tell of the Ray and the Python in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from raychart.lint.effective import as_map

if TYPE_CHECKING:
    from raychart.lint.subject import Cluster, Pod

# Repositories whose tags begin with Ray's version, as rayproject/ray and mirrors of it.
_RAYS = re.compile(r"ray(-ml|-llm|-extra|-cpu|-gpu)?")
_VERSION = re.compile(r"v?(\d+\.\d+(?:\.\d+)?)(?:$|[-_.+a-z])")
_NAMED = re.compile(r"(?:^|[-_.])ray[-_]?v?(\d+\.\d+(?:\.\d+)?)(?!\d)")
_PYTHON = re.compile(r"(?:^|[-_.])py(?:thon)?[-_]?(3)\.?(\d{1,2})(?!\d)")
# Tags that are moved on to newer images.
_MOVING = {
    "latest",
    "nightly",
    "main",
    "master",
    "stable",
    "edge",
    "dev",
    "devel",
    "develop",
    "head",
    "current",
    "canary",
}


class ImageFacts(NamedTuple):
    """Ray's version and Python's, as far as the tag says; None where it does not."""

    ray: str | None
    python: str | None


def facts(cluster: Cluster, pod: Pod) -> ImageFacts:
    """Return what the image of a head or worker type says of itself."""
    image = as_map(pod.settings.get("image"))
    if image.get("digest") or pod.settings.get("installRay"):
        return ImageFacts(None, None)
    repository, tag = str(image.get("repository") or ""), str(image.get("tag") or "")
    name = repository.rpartition("/")[2]
    if not tag:
        version = _VERSION.match(str(cluster.settings.get("rayVersion") or ""))
        return ImageFacts(version[1] if version and _RAYS.fullmatch(name) else None, None)
    found = _NAMED.search(tag) or (_VERSION.match(tag) if _RAYS.fullmatch(name) else None)
    python = _PYTHON.search(tag)
    return ImageFacts(found[1] if found else None, f"{python[1]}.{python[2]}" if python else None)


def same_version(one: str, other: str) -> bool:
    """Tell whether two versions agree as far as both go."""
    parts, others = (re.findall(r"\d+", version)[:3] for version in (one, other))
    shortest = min(len(parts), len(others))
    return parts[:shortest] == others[:shortest]


def is_moving(tag: str) -> bool:
    """Tell whether a tag is one that newer images get."""
    return bool(_MOVING & set(re.split(r"[-_.]", tag.lower())[:1])) or tag.lower().endswith(("-latest", "-nightly"))


def tag_of(reference: str) -> str | None:
    """Return the tag in an image reference; an empty one where there is none, None where a digest makes it idle."""
    if "@" in reference:
        return None
    name = reference.rpartition("/")[2]
    return name.partition(":")[2]
