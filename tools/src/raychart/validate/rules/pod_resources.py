"""What the API server's own code asks of what containers request and may use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raychart.lint.kubernetes import amount_of, is_qualified
from raychart.schema_words import show
from raychart.validate.reach import mapping
from raychart.validate.rule import Problem, Rule
from raychart.validate.rules.pods import containers, of_pods

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.paths import ValuesPath
    from raychart.validate.subject import Pod

# Besides devices and huge pages.
_OWN_RESOURCES = {"cpu", "memory", "ephemeral-storage"}


def _resources(pod: Pod) -> Iterator[Problem]:
    for path, container in containers(pod):
        limits = mapping(container, "resources", "limits")
        requests = mapping(container, "resources", "requests")
        for name, asked in requests.items():
            request, limit = _amount(asked), _amount(limits.get(name))
            where = (*path, "resources", "requests", name)
            if request is not None and limit is not None and request > limit:
                message = f"{asked} is more than the limit ({limits[name]})"
                yield Problem(where, message, "raise the limit, or lower the request")
            elif _is_device(name) and request != limit and request is not None:
                message = f"{asked} is not the limit, as it has to be of what cannot be shared"
                yield Problem(where, message, f"set limits.{name} to the same")
        for kind, amounts in (("limits", limits), ("requests", requests)):
            for name, written in amounts.items():
                yield from _amount_of(name, written, (*path, "resources", kind, name))


def _amount_of(name: str, written: Any, path: ValuesPath) -> Iterator[Problem]:
    amount = _amount(written)
    if (isinstance(written, str) and written.startswith("-")) or (amount is not None and amount < 0):
        yield Problem(path, f"{written} is less than 0", "use 0 or more")
    if _is_device(name) and amount is not None and amount != int(amount):
        yield Problem(path, f"{written} is not a whole number, as {name} needs", "use a whole number")
    if name not in _OWN_RESOURCES and not name.startswith("hugepages-") and not ("/" in name and is_qualified(name)):
        message = f"{show(name)} is not a resource of containers"
        yield Problem(
            path, message, "use cpu, memory, ephemeral-storage, or a name with a domain such as nvidia.com/gpu"
        )


def _is_device(name: str) -> bool:
    """Tell whether a resource is an extended one, which is counted in whole numbers and never shared."""
    return "/" in name and not name.rpartition("/")[0].endswith("kubernetes.io")


def _amount(written: Any) -> float | None:
    if isinstance(written, bool) or not isinstance(written, (int, float, str)):
        return None
    return amount_of(written) if isinstance(written, str) else float(written)


RULES = (
    Rule(
        "pod-resources",
        "error",
        "A container asks for more of a resource than it may use, or for a resource in a way that there is none.",
        "The API server refuses a request above the limit, and one below 0. Devices such as GPUs are counted in whole "
        "numbers, and request and limit of them are the same: a request alone is refused.",
        "Kubernetes: pkg/apis/core/validation, ValidateContainerResourceRequirements",
        of_pods(_resources),
    ),
)
