"""Write manifests as YAML that Helm, kubectl and people read alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from raychart.helm_scalars import PREFIX, kind_of, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable

_Base = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Dumper(_Base):  # type: ignore[misc,valid-type]
    """A dumper that puts in quotes whatever text Helm or another reader would take for something else."""

    def resolve(self, kind: type[yaml.Node], value: str, implicit: object) -> str:
        if kind is yaml.ScalarNode and isinstance(implicit, tuple) and implicit[0]:
            helms = kind_of(resolve(value))
            if helms != "str":
                return PREFIX + helms
        return str(super().resolve(kind, value, implicit))

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 (PyYAML calls it so)
        return True


def _text(dumper: Any, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value.strip("\n") else None
    node: yaml.ScalarNode = dumper.represent_scalar(f"{PREFIX}str", value, style=style)
    return node


_Dumper.add_representer(str, _text)


def to_yaml(documents: Iterable[dict[str, Any]]) -> str:
    """Return YAML documents, each begun by `---`, keys in the order they have."""
    return yaml.dump_all(
        documents,
        Dumper=_Dumper,
        explicit_start=True,
        sort_keys=False,
        default_flow_style=False,
        allow_unicode=True,
        width=2**31 - 1,
    )
