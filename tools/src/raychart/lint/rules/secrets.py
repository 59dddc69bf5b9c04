"""Rules for credentials that stand in values files. What they are is never printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.lint.each import dig
from raychart.lint.effective import as_map
from raychart.lint.rule import Problem, Rule
from raychart.lint.secret_words import by_form, in_command, is_named_secret, is_plain, is_random

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.subject import Subject
    from raychart.paths import ValuesPath

# Maps whose keys are names of variables, options or settings of the user's.
_NAMED = {"env", "rayStartParams", "annotations", "data", "binaryData"}
# Lists and texts that a shell gets.
_COMMANDS = {"setupCommands", "args", "command"}


def _in_plain_values(subject: Subject) -> Iterator[Problem]:
    told: set[ValuesPath] = set()
    for layer in subject.values.layers[1:]:
        for path, value, name in _texts(layer.data):
            if path in told or _is_of_secret_object(subject, path):
                continue
            told.add(path)
            what = _what(path, value, name)
            if what:
                yield Problem(path, f"{what} stands here for all who can read the file", _remedy(path))


def _what(path: ValuesPath, value: object, name: str | None) -> str | None:
    if isinstance(value, str) and (known := by_form(value)):
        return known
    if name is not None:
        if is_named_secret(name) and is_plain(value):
            return f"what {name} is"
        if "env" in path and isinstance(value, str) and is_random(value):
            return f"what looks like a key or token ({name})"
    if isinstance(value, str) and not _COMMANDS.isdisjoint(path[-4:]):
        said = in_command(value)
        return said and f"what {said} is"
    return None


def _texts(data: dict[str, Any]) -> Iterator[tuple[ValuesPath, object, str | None]]:
    """Yield every scalar with its path and, of variables, options and the like, its name."""
    todo: list[tuple[ValuesPath, object, str | None]] = [((), data, None)]
    seen: set[int] = set()
    while todo:
        path, value, name = todo.pop()
        if isinstance(value, (dict, list)):
            # An alias stands for the same value again.
            if id(value) not in seen:
                seen.add(id(value))
                todo += _items(path, value)
        elif value is not None and not isinstance(value, bool):
            yield path, value, name


def _items(path: ValuesPath, value: Any) -> Iterator[tuple[ValuesPath, object, str | None]]:
    above = path[-1] if path else None
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        name = None
        if above in _NAMED and isinstance(key, str):
            name = key
        elif key == "value" and path[-2:-1] and path[-2] in _NAMED:
            # A variable as {value: ...}, by name, or as {name: ..., value: ...} in a container's list.
            name = str(value.get("name") if isinstance(above, int) else above)
        yield (*path, key), item, name


def _remedy(path: ValuesPath) -> str:
    name = next((str(key) for key in reversed(path) if isinstance(key, str) and key != "value"), "it")
    where = f"{name}: {{valueFrom: {{secretKeyRef: {{name: ..., key: ...}}}}}}" if "env" in path else ""
    how = f"write {where}" if where else "let a variable hold it, by valueFrom.secretKeyRef or envFrom"
    return f"put it into a Secret and {how}; then replace the credential, which the file's history keeps"


def _is_of_secret_object(subject: Subject, path: ValuesPath) -> bool:
    return path[:1] == ("extraObjects",) and len(path) > 2 and _is_secret(subject, path[1])


def _is_secret(subject: Subject, name: str | int) -> bool:
    return bool(dig(subject.values.data, "extraObjects", name, "kind") == "Secret")


def _secret_objects(subject: Subject) -> Iterator[Problem]:
    for name in as_map(subject.values.data.get("extraObjects")):
        found = as_map(subject.values.data["extraObjects"][name])
        for key in ("data", "stringData"):
            count = sum(bool(value) for value in as_map(found.get(key)).values())
            if found.get("kind") == "Secret" and count:
                yield Problem(
                    ("extraObjects", name, key),
                    f"a Secret with what it keeps ({count} values) stands here for all who can read the file; "
                    "base64 hides nothing",
                    "make it outside of the values, with kubectl create secret, External Secrets or Sealed Secrets; "
                    "then replace the credentials, which the file's history keeps",
                )


RULES = (
    Rule(
        "secret-in-values",
        "warning",
        "A credential stands in the values.",
        "A values file is read by everybody who reads the repository, by every tool that renders it, and stays in the "
        "history when it is changed; variables are shown by `kubectl describe` as well. Credentials are recognised by "
        "their form (private keys, AWS, GitHub, Hugging Face and other tokens, addresses with a password) and, among "
        "variables, options, annotations and commands, by their name (PASSWORD, API_KEY, --token=...). What was found "
        "is never printed.",
        "Kubernetes, good practices for Secrets; charts/ray/README.md, A Secret, a ConfigMap and a claim",
        _in_plain_values,
    ),
    Rule(
        "secret-object",
        "warning",
        "extraObjects holds a Secret with its contents.",
        "The data of a Secret is base64, which is a way of writing and no way of hiding. It belongs to where secrets "
        "are kept: made by hand, or by External Secrets or Sealed Secrets, whose objects may well stand here.",
        "Kubernetes, good practices for Secrets",
        _secret_objects,
    ),
)
