"""Rules in CEL compiled and evaluated with cel-expr-python, which is Google's cel-cpp."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from raychart.validate.cel.errors import RefusedError
from raychart.validate.cel.functions import FUNCTIONS

if TYPE_CHECKING:
    from cel_expr_python import cel

# What the API server's rules have besides plain CEL and Kubernetes' own functions.
_EXTENSIONS = """\
name: rules
extensions:
- name: optional
- name: strings
  version: 2
- name: sets
- name: lists
- name: two-var-comprehensions
"""
# The API server's rules end with these errors too, and refuse the object for them; with its words.
_SHARED = (
    (re.compile(r'Key not found in map : "?(.*?)"?$'), r"no such key: \1"),
    (re.compile(r"Index error: index=(\S+)"), r"index out of bounds: \1"),
    (re.compile(r"(?:divide|modulus) by zero"), "division by zero"),
    (re.compile(r"integer overflow"), "integer overflow"),
    (re.compile(r"cannot convert string to int"), "type conversion error from 'string' to 'int'"),
    (
        re.compile(r"String to Duration conversion failed"),
        "type conversion error from 'string' to 'google.protobuf.Duration'",
    ),
    # Of what an int-or-string may be; for others there may be a function that is missing here.
    (re.compile(r"No matching overloads found : (?!.*(?:list|map|time|duration|bytes|\*)).*"), "no such overload"),
)
_MICRO = ("\u00b5", "\u03bc")
_LINE = re.compile(r"ERROR: <input>:\d+:\d+: ")


class Outcome(NamedTuple):
    """What an expression came to: a value, an error that the API server ends with too, or why it is not known here."""

    value: Any = None
    error: str = ""
    unknown: str = ""


class NotCompiledError(ValueError):
    """An expression that is not compiled here; the text says why."""


class Program:
    """An expression that is ready to be evaluated for one object after another."""

    def __init__(self, expression: cel.Expression) -> None:
        self._expression = expression

    def outcome(self, seen: Any) -> Outcome:
        """Return what the expression says of a value, which it calls self."""
        try:
            found = self._expression.eval(data={"self": seen})
            value = found.plain_value()
            failed = found.type().name() == "ERROR"
        except Exception as wrong:  # noqa: BLE001 (whatever the library does not take is said once, as not applied)
            return Outcome(unknown=_first(str(wrong)))
        if not failed:
            return Outcome(value)
        words = str(value)
        if RefusedError.MARK in words:
            return Outcome(error=words.rpartition(RefusedError.MARK)[2])
        if "Duration" in words and any(micro in str(seen) for micro in _MICRO):
            # Go reads these, the library does not.
            return Outcome(unknown=_first(words))
        error = next((found.expand(said) for form, said in _SHARED if (found := form.search(words))), "")
        return Outcome(error=error) if error else Outcome(unknown=_first(words))


@cache
def compiled(expression: str) -> Program:
    """Return an expression ready to be evaluated. Raises NotCompiledError; ImportError where there is no library."""
    environment = _environment()
    try:
        return Program(environment.compile(expression))
    except Exception as wrong:
        raise NotCompiledError(_first(str(wrong))) from wrong


@cache
def is_installed() -> bool:
    """Tell whether rules can be applied at all."""
    try:
        import cel_expr_python.cel  # noqa: F401
    except ImportError:
        return False
    return True


@cache
def _environment() -> cel.Env:
    from cel_expr_python import cel

    named: dict[str, list[cel.Overload]] = {}
    for number, one in enumerate(FUNCTIONS):
        takes = [getattr(cel.Type, name) for name in one.takes]
        gives = getattr(cel.Type, one.gives)
        overload = cel.Overload(
            f"kubernetes_{number}", return_type=gives, parameters=takes, is_member=one.is_member, impl=one.does
        )
        named.setdefault(one.name, []).append(overload)
    return cel.NewEnv(
        config=cel.NewEnvConfigFromYaml(_EXTENSIONS),
        variables={"self": cel.Type.DYN},
        functions=[cel.FunctionDecl(name, overloads) for name, overloads in named.items()],
    )


def _first(words: str) -> str:
    """Return what the library says first, without where in its own terms."""
    line = next(iter(words.splitlines()), "")
    mark = _LINE.search(line)
    return (line[mark.end() :] if mark else line).strip()
