"""Definitions of admission webhooks, and of kinds what rules/crds.py does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.validate.definitions.check import Check, Whole, filled, form, needed, numbers, one_of
from raychart.validate.definitions.forms import ABSOLUTE, NAME
from raychart.validate.reach import text
from raychart.validate.rule import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

_ADMISSION = "io.k8s.api.admissionregistration.v1."
_EXTENSIONS = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1."
_REVIEWS = {"v1", "v1beta1"}
_LEAST_PARTS = 3


def _webhook(value: dict[str, Any]) -> Iterator[Problem]:
    name = text(value, "name")
    if name and (not NAME.fits(name) or len(name.split(".")) < _LEAST_PARTS):
        yield Problem(("name",), f'"{name}" is not a domain of three parts', "write one such as check.example.com")
    effects = value.get("sideEffects")
    if effects in ("Some", "Unknown"):
        yield Problem(("sideEffects",), f'"{effects}" is no longer taken', "write None or NoneOnDryRun")
    reviews = value.get("admissionReviewVersions")
    if isinstance(reviews, list) and not _REVIEWS & {str(one) for one in reviews}:
        yield Problem(("admissionReviewVersions",), "neither v1 nor v1beta1 is there", "add v1")


CHECKS: dict[str, tuple[Check, ...]] = {
    f"{_ADMISSION}ValidatingWebhook": (_webhook, numbers(Whole(1, 30), "timeoutSeconds")),
    f"{_ADMISSION}MutatingWebhook": (_webhook, numbers(Whole(1, 30), "timeoutSeconds")),
    f"{_ADMISSION}WebhookClientConfig": (one_of("url", "service"),),
    f"{_ADMISSION}ServiceReference": (form(ABSOLUTE, "path"),),
    f"{_ADMISSION}RuleWithOperations": (needed("apiGroups", "apiVersions", "operations", "resources"),),
    f"{_EXTENSIONS}CustomResourceDefinitionSpec": (filled("versions"),),
}
