"""apiVersion and kind of Kubernetes' own kinds, for the version that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.schema_keys import nearest
from raychart.validate.api_versions import RETIRED
from raychart.validate.kubernetes import GROUPS
from raychart.validate.rule import Problem, Rule
from raychart.validate.subject import RAY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.manifests import Manifest
    from raychart.validate.subject import Subject


def _api_version(manifest: Manifest) -> str:
    return f"{manifest.group}/{manifest.version}" if manifest.group else manifest.version


def _removed(subject: Subject) -> Iterator[Problem]:
    manifest, target = subject.manifest, subject.schemas.kubernetes
    about = RETIRED.get((_api_version(manifest), manifest.kind))
    if about and about.removed and about.removed <= target.version:
        gone = ".".join(map(str, about.removed))
        message = f"{_api_version(manifest)} of {manifest.kind} is gone since Kubernetes {gone} (checked for {target})"
        remedy = (
            f"write {about.instead}, and what it has otherwise" if about.instead else "there is nothing in its place"
        )
        yield Problem(("apiVersion",), message, remedy)


def _deprecated(subject: Subject) -> Iterator[Problem]:
    manifest, target = subject.manifest, subject.schemas.kubernetes
    about = RETIRED.get((_api_version(manifest), manifest.kind))
    if about is None or about.deprecated > target.version or (about.removed and about.removed <= target.version):
        return
    end = f", and goes with {'.'.join(map(str, about.removed))}" if about.removed else ""
    since = ".".join(map(str, about.deprecated))
    message = f"{_api_version(manifest)} of {manifest.kind} is deprecated since Kubernetes {since}{end}"
    yield Problem(("apiVersion",), message, f"write {about.instead}" if about.instead else "do without it")


def _unknown(subject: Subject) -> Iterator[Problem]:
    manifest, target = subject.manifest, subject.schemas.kubernetes
    api_version = _api_version(manifest)
    if manifest.group == RAY and subject.schemas.of(manifest) is None:
        yield from _not_kuberays(subject)
        return
    if manifest.group not in GROUPS or subject.schemas.of(manifest) is not None:
        return
    about = RETIRED.get((api_version, manifest.kind))
    if about and about.removed and about.removed <= target.version:
        return
    served = target.kinds.get(manifest.kind)
    if served:
        message = f"Kubernetes {target} has no {manifest.kind} in {api_version}"
        yield Problem(("apiVersion",), message, f"write {' or '.join(served)}")
        return
    guess = nearest(manifest.kind, list(target.kinds))
    remedy = f"did you mean {guess} ({target.kinds[guess][0]})?" if guess else "check kind and apiVersion"
    yield Problem(("kind",), f"Kubernetes {target} has no kind {manifest.kind} in {api_version}", remedy)


def _not_kuberays(subject: Subject) -> Iterator[Problem]:
    manifest, known = subject.manifest, subject.schemas.rays
    api_version, served = _api_version(manifest), sorted({kind for _, _, kind in known})
    if manifest.kind in served:
        versions = sorted(f"{RAY}/{version}" for _, version, kind in known if kind == manifest.kind)
        message = f"KubeRay has no {manifest.kind} in {api_version}"
        yield Problem(("apiVersion",), message, f"write {' or '.join(versions)}")
        return
    guess = nearest(manifest.kind, served)
    remedy = f"did you mean {guess}?" if guess else "name the CRDs of your KubeRay with --crds"
    yield Problem(("kind",), f"KubeRay has no kind {manifest.kind}", remedy)


_GUIDE = "Kubernetes: deprecated API migration guide"
RULES = (
    Rule(
        "api-removed",
        "error",
        "An apiVersion is no longer served by the Kubernetes version.",
        "The API server has no resource of this kind in this version, so nothing of it can be applied: Helm stops the "
        "whole release with `no matches for kind`.",
        _GUIDE,
        _removed,
    ),
    Rule(
        "api-deprecated",
        "warning",
        "An apiVersion is deprecated in the Kubernetes version.",
        "It still works, but a later version of Kubernetes does not serve it, and a release that has it cannot be "
        "upgraded then.",
        _GUIDE,
        _deprecated,
    ),
    Rule(
        "api-unknown",
        "error",
        "A kind is in an API group of Kubernetes' own or of KubeRay's, which has none of that name.",
        "Kubernetes' groups are served by the API server itself, so no CRD can add the kind; KubeRay's kinds are those "
        "of KubeRay 1.7.0, or of the CRDs that --crds names. It is misspelt, or newer or older than the version, or "
        "stands in another group.",
        "Kubernetes: x-kubernetes-group-version-kind in api/openapi-spec/swagger.json of each version",
        _unknown,
    ),
)
