"""What a CRD and its kind may be called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from raychart.lint.kubernetes import is_name
from raychart.validate.definitions.forms import is_dns_1035
from raychart.validate.reach import entries, mapping, mappings, text
from raychart.validate.rule import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.paths import ValuesPath

_PROTECTED = re.compile(r"(.*\.)?(k8s|kubernetes)\.io")
_APPROVED = "api-approved.kubernetes.io"
_NAMES: ValuesPath = ("spec", "names")


def names(crd: dict[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with the names in a CRD."""
    group, plural = text(crd, "spec", "group"), text(crd, *_NAMES, "plural")
    yield from _of_group(crd, group)
    yield from _of_kind(mapping(crd, *_NAMES))
    for path, version in mappings(crd, ("spec", "versions")):
        yield from _label((*path, "name"), version.get("name"))
    wanted = f"{plural}.{group}"
    if group and plural and text(crd, "metadata", "name") != wanted:
        message = f'has to be spec.names.plural + "." + spec.group (found {text(crd, "metadata", "name")})'
        yield Problem(("metadata", "name"), message, f"call it {wanted}")


def _of_group(crd: dict[str, Any], group: str) -> Iterator[Problem]:
    path = ("spec", "group")
    if group and not is_name(group):
        yield Problem(path, f"{group} is not a domain name", "write small letters, digits, dashes and dots")
    elif group and "." not in group:
        yield Problem(path, f"{group} should be a domain with at least one dot", f"call it {group}.example.com")
    if _PROTECTED.fullmatch(group):
        said = text(crd, "metadata", "annotations", _APPROVED)
        if not re.match(r"unapproved|[A-Za-z][A-Za-z0-9+.-]*://.", said):
            message = f"groups such as {group} need the annotation {_APPROVED}"
            remedy = 'name the change that approved the API, or say "unapproved, ..." for one that is not published'
            yield Problem(("metadata", "annotations", _APPROVED) if said else ("metadata",), message, remedy)


def _of_kind(said: dict[str, Any]) -> Iterator[Problem]:
    for key in ("plural", "kind"):
        if said.get(key) == "":
            yield Problem((*_NAMES, key), "is empty", "name the kind")
    for key in ("plural", "singular"):
        yield from _label((*_NAMES, key), said.get(key))
    for key in ("kind", "listKind"):
        found = said.get(key)
        if isinstance(found, str) and found:
            yield from _label((*_NAMES, key), found.lower(), shown=found)
    if text(said, "kind") and text(said, "kind") == text(said, "listKind"):
        remedy = f"call it {text(said, 'kind')}List"
        yield Problem((*_NAMES, "listKind"), "kind and listKind may not be the same", remedy)
    for key in ("shortNames", "categories"):
        for index, name in enumerate(entries(said, key)):
            if name == "":
                yield Problem((*_NAMES, key, index), "is empty", "remove it")
            yield from _label((*_NAMES, key, index), name)


def _label(path: ValuesPath, name: Any, shown: str = "") -> Iterator[Problem]:
    if isinstance(name, str) and name and not is_dns_1035(name):
        remedy = "write at most 63 small letters, digits and dashes, with a letter first and no dash at the end"
        yield Problem(path, f"{shown or name} is not a name that an API may have", remedy)
