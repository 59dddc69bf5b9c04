"""Write tools/src/raychart/validate/kuberay.json: the schemas of KubeRay's kinds, out of KubeRay's own definitions.

    PYTHONPATH=tools/src python ci/kuberay_schema.py FOLDER

FOLDER is helm-chart/kuberay-operator/crds of the KubeRay that the chart is written for. Kept are names, types, what is
required, and limits, each shape once; 4 MB of it are descriptions and repetitions.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from raychart.validate.structural import root_schema

TARGET = Path(__file__).parents[1] / "tools" / "src" / "raychart" / "validate" / "kuberay.json"
# A reference is about as long.
SHORT = 30


def main() -> None:
    """Read the definitions, write the schemas."""
    roots = dict(pair for file in sorted(Path(sys.argv[1]).glob("*.yaml")) for pair in kinds_in(file))
    shapes = Shapes(roots.values())
    kinds = {name: shapes.referring(schema) for name, schema in sorted(roots.items())}
    about = "made by ci/kuberay_schema.py: do not edit"
    lines = ",\n".join(f'"{number}":{dense(shape)}' for number, shape in enumerate(shapes.found))
    TARGET.write_text(f'{{"about":"{about}","kinds":{dense(kinds)},"$defs":{{\n{lines}\n}}}}\n', encoding="utf-8")


def kinds_in(file: Path) -> list[tuple[str, dict[str, Any]]]:
    """Return the schema of each version that a definition serves, by apiVersion and kind."""
    spec = yaml.safe_load(file.read_text(encoding="utf-8"))["spec"]
    schemas = {
        version["name"]: root_schema(version["schema"]["openAPIV3Schema"])
        for version in spec["versions"]
        if version["served"]
    }
    # The rules in CEL are ported, in validate/rules.
    return [(f"{spec['group']}/{name} {spec['names']['kind']}", schema) for name, schema in schemas.items()]


class Shapes:
    """Schemas that are there more than once, each once, in the order in which they were first met."""

    def __init__(self, roots: Any) -> None:
        self.found: list[Any] = []
        self._numbers: dict[str, int] = {}
        self._count: Counter[str] = Counter()
        for root in roots:
            self._look(root)

    def referring(self, schema: Any) -> Any:
        """Return a schema with references in place of what is there more than once."""
        if not isinstance(schema, dict):
            return schema
        key = dense(schema)
        if self._count[key] < 2 or len(key) < SHORT:
            return self._inside(schema)
        if key not in self._numbers:
            shape = self._inside(schema)
            self._numbers[key] = len(self.found)
            self.found.append(shape)
        return {"$ref": f"#/$defs/{self._numbers[key]}"}

    def _inside(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {key: self._part(key, value) for key, value in schema.items()}

    def _part(self, key: str, value: Any) -> Any:
        if key == "properties":
            return {name: self.referring(of) for name, of in value.items()}
        return self.referring(value) if key in {"items", "additionalProperties"} else value

    def _look(self, schema: Any) -> None:
        if not isinstance(schema, dict):
            return
        key = dense(schema)
        self._count[key] += 1
        if self._count[key] > 1:
            return
        for of in (*schema.get("properties", {}).values(), schema.get("items"), schema.get("additionalProperties")):
            self._look(of)


def dense(value: Any) -> str:
    """Write JSON without spaces."""
    return json.dumps(value, separators=(",", ":"))


if __name__ == "__main__":
    main()
