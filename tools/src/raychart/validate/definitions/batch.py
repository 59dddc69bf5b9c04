"""Jobs and what starts them, as pkg/apis/batch/validation asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.lint.cron import time_zones
from raychart.schema_words import show
from raychart.validate.definitions.check import (
    Check,
    Whole,
    distinct,
    filled,
    form,
    is_given,
    needed,
    needs,
    numbers,
    one_of,
)
from raychart.validate.definitions.forms import FINALIZER
from raychart.validate.definitions.schedules import wrong_schedule
from raychart.validate.reach import at, entries, mapping, mappings, number, text
from raychart.validate.rule import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

_BATCH = "io.k8s.api.batch.v1."
_RULES = ("podFailurePolicy", "rules")


def _failures(value: dict[str, Any]) -> Iterator[Problem]:
    """With a policy for failed pods, failed pods have to be left as they are."""
    if not entries(value, *_RULES):
        return
    policy = text(value, "template", "spec", "restartPolicy")
    if policy == "OnFailure":
        where = ("template", "spec", "restartPolicy")
        yield Problem(where, "podFailurePolicy goes with Never alone", "write Never")
    if value.get("podReplacementPolicy") == "TerminatingOrFailed":
        yield Problem(("podReplacementPolicy",), "podFailurePolicy goes with Failed alone", "write Failed")
    names = {text(one, "name") for kind in ("initContainers", "containers") for one in _containers(value, kind)}
    for path, rule in mappings(value, _RULES):
        if rule.get("action") == "FailIndex" and number(value, "backoffLimitPerIndex") is None:
            yield Problem((*path, "action"), "FailIndex goes with backoffLimitPerIndex alone", "add that")
        container = text(rule, "onExitCodes", "containerName")
        if container and container not in names:
            yield Problem(
                (*path, "onExitCodes", "containerName"),
                f"there is no container {show(container)}",
                "name one of the template",
            )


def _containers(value: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [one for _, one in mappings(value, ("template", "spec", kind))]


def _indexes(value: dict[str, Any]) -> Iterator[Problem]:
    is_indexed = value.get("completionMode") == "Indexed"
    for field in ("backoffLimitPerIndex", "successPolicy"):
        if value.get(field) is not None and not is_indexed:
            yield Problem((field,), "goes with completionMode Indexed alone", "add that, or remove this")
    if number(value, "maxFailedIndexes") is not None and number(value, "backoffLimitPerIndex") is None:
        yield Problem(("maxFailedIndexes",), "goes with backoffLimitPerIndex alone", "add that, or remove this")
    if value.get("successPolicy") is not None and not entries(value, "successPolicy", "rules"):
        yield Problem(("successPolicy",), "has no rules", "add one, or remove it")


def _own_selector(value: dict[str, Any]) -> Iterator[Problem]:
    is_manual = value.get("manualSelector") is True
    if is_given(value.get("selector")) and not is_manual:
        yield Problem(("selector",), "is made by Kubernetes", "remove it")
    if is_manual and not is_given(value.get("selector")):
        yield Problem((), "selector is missing, which manualSelector needs", "remove manualSelector")


def _exit_codes(value: dict[str, Any]) -> Iterator[Problem]:
    found = value.get("values")
    codes = [one for one in found if isinstance(one, int)] if isinstance(found, list) else []
    if codes != sorted(codes):
        yield Problem(("values",), "are not in order", "sort them")
    if value.get("operator") == "In" and 0 in codes:
        yield Problem(("values", codes.index(0)), "0 is the code of success", "remove it")


def _met(value: dict[str, Any]) -> Iterator[Problem]:
    if not any(value.get(field) is not None for field in ("succeededCount", "succeededIndexes")):
        yield Problem((), "says nothing", "add succeededCount or succeededIndexes")


def _time(value: dict[str, Any]) -> Iterator[Problem]:
    yield from wrong_schedule(text(value, "schedule"), ("schedule",))
    zone = value.get("timeZone")
    if isinstance(zone, str) and zone not in time_zones():
        yield Problem(("timeZone",), f"{show(zone)} is not the name of a time zone", "write one such as Europe/Vienna")
    if at(value, ("jobTemplate", "spec", "manualSelector")) is True:
        path = ("jobTemplate", "spec", "manualSelector")
        yield Problem(path, "does not go with Jobs that are made again and again", "remove it")
    if mapping(value, "jobTemplate", "spec", "selector"):
        yield Problem(("jobTemplate", "spec", "selector"), "is made by Kubernetes", "remove it")


CHECKS: dict[str, tuple[Check, ...]] = {
    f"{_BATCH}JobSpec": (
        _failures,
        _indexes,
        _own_selector,
        needs("completionMode", "Indexed", "completions"),
        numbers(Whole(0), "activeDeadlineSeconds", "backoffLimitPerIndex", "maxFailedIndexes"),
        form(FINALIZER, "managedBy"),
    ),
    f"{_BATCH}PodFailurePolicyRule": (one_of("onExitCodes", "onPodConditions"),),
    f"{_BATCH}PodFailurePolicyOnExitCodesRequirement": (_exit_codes, filled("values"), distinct("values")),
    f"{_BATCH}SuccessPolicyRule": (_met,),
    f"{_BATCH}CronJobSpec": (
        _time,
        filled("schedule"),
        numbers(Whole(0), "startingDeadlineSeconds"),
    ),
    f"{_BATCH}JobTemplateSpec": (needed("spec"),),
    "batch/Job": (needed("spec"),),
    "batch/CronJob": (needed("spec"),),
}
