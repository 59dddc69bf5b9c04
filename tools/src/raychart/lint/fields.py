"""Values of fields that Kubernetes and KubeRay define, against fields.json: unknown keys and wrong types."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from raychart.lint.field_shapes import TYPES, shape
from raychart.lint.kubernetes import QUANTITY, amount_of
from raychart.lint.retyping import retyped
from raychart.schema_forms import meant
from raychart.schema_keys import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.field_shapes import Key, Shape
    from raychart.paths import ValuesPath


# What the definition of a RayCluster leaves to those who read it: words that only Kubernetes' validation knows.
WORDS = {
    "dnsPolicy": ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
    "imagePullPolicy": ("Always", "IfNotPresent", "Never"),
    "medium": ("Memory",),
    "preemptionPolicy": ("Never", "PreemptLowerPriority"),
    "protocol": ("TCP", "UDP", "SCTP"),
    "restartPolicy": ("Always", "OnFailure", "Never"),
    "scheme": ("HTTP", "HTTPS"),
    "terminationMessagePolicy": ("File", "FallbackToLogsOnError"),
    "whenUnsatisfiable": ("DoNotSchedule", "ScheduleAnyway"),
}
_MATCHES = ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")
_QUANTITIES = ("cpu", "divisor", "ephemeral-storage", "memory", "sizeLimit", "storage")
_HIGHEST_MODE = 0o777
_PORT = (1, 65535)
_ID = (0, 2**31 - 1)
_NATURAL = (0, 2**31 - 1)
# The same for numbers: the lowest and the highest.
RANGES = {
    **dict.fromkeys(("containerPort", "endPort", "hostPort", "port"), _PORT),
    **dict.fromkeys(("fsGroup", "runAsGroup", "runAsUser"), _ID),
    **dict.fromkeys(
        ("failureThreshold", "initialDelaySeconds", "periodSeconds", "successThreshold", "timeoutSeconds"), _NATURAL
    ),
    "defaultMode": (0, _HIGHEST_MODE),
    "expirationSeconds": (600, 2**32),
    "maxSkew": (1, 2**31 - 1),
    "mode": (0, _HIGHEST_MODE),
    "terminationGracePeriodSeconds": (0, 2**63 - 1),
    "weight": (1, 100),
}
_SHOWN = 12


class Wrong(NamedTuple):
    """What is wrong at a path; `field` tells an unknown key from a wrong value."""

    path: ValuesPath
    message: str
    remedy: str
    is_unknown: bool


def wrong(
    value: Any, key: Key, path: ValuesPath, *, whole: bool = False, extra: tuple[str, ...] = ()
) -> Iterator[Wrong]:
    """Yield what is wrong with a value; `extra` are keys that may stand beside the fields.

    A mapping outside of a list may be a part of one that is merged, so what it lacks is not told unless it is `whole`.
    """
    if value is None:
        return
    about = shape(key)
    kind = about["type"]
    if kind == "any":
        return
    words, types = TYPES[kind]
    if not _is_of(value, kind, types):
        found = json.dumps(value, ensure_ascii=False) if not isinstance(value, (dict, list)) else TYPES[_name(value)][0]
        yield Wrong(path, f"has to be {words} (found {found:.60})", retyped(value, key, path), False)
    elif kind == "list":
        for index, item in enumerate(value):
            yield from wrong(item, about["of"], (*path, index), whole=True)
    elif kind == "map":
        for key, item in value.items():
            yield from wrong(item, about["of"], (*path, key), whole=whole)
    elif kind == "object":
        yield from _fields(value, about, path, whole=whole, extra=extra)
    else:
        yield from _words(value, about, path)


def _fields(
    value: dict[str, Any], about: Shape, path: ValuesPath, *, whole: bool, extra: tuple[str, ...]
) -> Iterator[Wrong]:
    fields = about["fields"]
    guesses = set()
    for key, item in value.items():
        if key in fields:
            yield from wrong(item, fields[key], (*path, key), whole=whole)
        elif key not in extra:
            names = sorted({*fields, *extra})
            guess = nearest(str(key), names)
            guesses.add(guess)
            some = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
            remedy = f"did you mean {guess}?" if guess else f"remove it, or use one of: {some}"
            yield Wrong((*path, key), "is not a known field", remedy, True)
    for key in about.get("required", ()) if whole else ():
        if value.get(key) is None and key not in guesses:
            yield Wrong(path, f"{key} is missing", f"add {key}", False)


def _words(value: Any, about: Shape, path: ValuesPath) -> Iterator[Wrong]:
    low, high = RANGES.get(str(path[-1]), (None, None))
    if low is not None and high is not None and isinstance(value, (int, float)) and not low <= value <= high:
        octal = high == _HIGHEST_MODE and re.fullmatch("0?[0-7]{3,4}", str(value))
        remedy = f"write 0{value}: modes are octal" if octal else f"use a number from {low} to {high}"
        yield Wrong(path, f"{value} is out of range", remedy, False)
    # Those of the main container have a rule of their own, which knows their shorthands.
    is_own = "container" in path and "resources" in path
    if path[-1] in _QUANTITIES and not is_own and isinstance(value, str) and amount_of(value) is None:
        guess = meant(value, QUANTITY)
        yield Wrong(
            path,
            f"{json.dumps(value)} is no quantity",
            f"write {guess}" if guess else "write a number with a unit such as 500m, 4Gi or 2",
            False,
        )
        return
    words = about.get("one") or WORDS.get(str(path[-1]), ())
    if path[-1] == "operator" and {"matchExpressions", "matchFields"} & set(path):
        words = _MATCHES
    if words and isinstance(value, str) and value and value not in words and not value.startswith("HugePages"):
        guess = nearest(value, words)
        remedy = f"did you mean {guess}?" if guess else "choose one of them"
        yield Wrong(path, f"{json.dumps(value)} is not one of {', '.join(words)}", remedy, False)


def _is_of(value: Any, kind: str, types: tuple[type, ...]) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, types)


def _name(value: Any) -> str:
    return "list" if isinstance(value, list) else "map"
