"""Write tools/src/raychart/lint/fields.json: the fields of a RayCluster, out of KubeRay's own definition of it.

    python ci/kuberay_fields.py ray.io_rayclusters.yaml

The definition is helm-chart/kuberay-operator/crds/ray.io_rayclusters.yaml of the KubeRay that the chart is written for.
Kept are names, types and what is required, each shape once; 930 kB of it are descriptions and repetitions.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import yaml

TARGET = Path(__file__).parents[1] / "tools" / "src" / "raychart" / "lint" / "fields.json"
# The chart's own: what a user writes under `spec` of a cluster may not hold them.
GROUPS = ("headGroupSpec", "workerGroupSpecs")


def main() -> None:
    """Read the definition, write the fields."""
    definition = yaml.safe_load(Path(sys.argv[1]).read_text(encoding="utf-8"))
    (version,) = [one for one in definition["spec"]["versions"] if one["name"] == "v1"]
    spec = version["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]
    shapes = Shapes()
    kinds = {
        "pod": shapes.add(spec["headGroupSpec"]["properties"]["template"]["properties"]["spec"]),
        "autoscalerOptions": shapes.add(spec["autoscalerOptions"]),
        "spec": shapes.add({"type": "object", "properties": {k: v for k, v in spec.items() if k not in GROUPS}}),
    }
    about = "made by ci/kuberay_fields.py: do not edit"
    lines = ",\n".join(json.dumps(shape, separators=(",", ":")) for shape in shapes.found)
    TARGET.write_text(f'{{"about":"{about}","kinds":{json.dumps(kinds)},"shapes":[\n{lines}\n]}}\n', encoding="utf-8")


class Shapes:
    """Shapes of values, each once, in the order in which they were first met."""

    def __init__(self) -> None:
        self.found: list[dict[str, Any]] = []
        self._numbers: dict[str, int] = {}

    def add(self, schema: dict[str, Any]) -> int:
        """Return the number of a schema's shape."""
        shape = self._shape(schema)
        key = json.dumps(shape)
        if key not in self._numbers:
            self._numbers[key] = len(self.found)
            self.found.append(shape)
        return self._numbers[key]

    def _shape(self, schema: dict[str, Any]) -> dict[str, Any]:
        if schema.get("x-kubernetes-int-or-string"):
            return {"type": "int-or-string"}
        kind = schema["type"]
        if kind == "array":
            return {"type": "list", "of": self.add(schema["items"])}
        if kind != "object":
            return {"type": kind} | ({"one": schema["enum"]} if "enum" in schema else {})
        if "additionalProperties" in schema:
            return {"type": "map", "of": self.add(schema["additionalProperties"])}
        if "properties" not in schema:
            return {"type": "any"}
        fields = {name: self.add(of) for name, of in schema["properties"].items()}
        return {"type": "object", "fields": fields} | ({"required": schema["required"]} if "required" in schema else {})


if __name__ == "__main__":
    main()
