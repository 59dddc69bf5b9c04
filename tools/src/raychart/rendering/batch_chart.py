"""Make of a chart one that renders many releases at a time.

Helm parses a chart's templates and compiles its schema anew for each rendering, which takes about as long as to execute
them. The chart made here has the releases to render in its values. Its one template executes those of the chart for
each release, with a context of its own, made as Helm makes it.
"""

from __future__ import annotations

import itertools
import json
import posixpath
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from raychart.rendering.stable import is_stable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from raychart.rendering.chart_files import ChartFiles

_DRIVER = "templates/raychart-batch.yaml"
# The values are a plain mapping here, of Helm's own type there, which has methods; and templates are kept elsewhere.
_OTHERWISE = re.compile(
    r"\.(?:AsMap|Encode|PathValue|Table|YAML)\b|\bBasePath\b|\btype(?:Of|Is|IsLike)\b"
    r"|%[-+# 0-9.]*T|%#v"
)
_DEFINED = re.compile(r"\{\{-?\s*(?:define|block)\s+(\"[^\"]*\"|`[^`]*`)")
_REFERENCE = re.compile(r"#/(?:\$defs|definitions)/[^/]+")
_TEMPLATE = """\
{{- $known := dict }}
{{- range $release := .Values.releases }}
{{- $context := dict
      "Chart" (deepCopy $.Chart) "Files" $.Files "Capabilities" $.Capabilities "Values" $release.values "Subcharts" dict
      "Release" (merge (dict "Name" $release.name "Namespace" $release.namespace) $.Release) }}
{{- range $.Values.templates }}
{{- $_ := set $context "Template" .template }}
{{- $text := include .named $context | replace $release.namespace $.Values.name }}
{{- if hasKey $known $text }}
{{ $.Values.mark }}{{ get $known $text }}
{{- else }}
{{ $.Values.mark }}+{{ $text }}
{{- $_ := set $known $text (len $known) }}
{{- end }}
{{- end }}
{{- end -}}
"""


@dataclass(frozen=True, slots=True)
class BatchChart:
    """The files of such a chart by path, and what its values and its rendering are made of.

    `templates` are the paths of what the chart renders, as Helm calls them, in the order in which Helm executes them.
    """

    name: str
    files: dict[str, bytes]
    templates: tuple[str, ...]

    @property
    def driver(self) -> str:
        """Return the path of the one template that Helm executes by itself."""
        return f"{self.name}/{_DRIVER}"

    def values(self, releases: Sequence[dict[str, Any]], mark: str) -> dict[str, Any]:
        """Return the values to render releases by, each with name, namespace and values, the defaults among them.

        `mark` must not be in what they render to.
        """
        base = f"{self.name}/templates"
        templates = [
            {"named": _as_partial(path), "template": {"Name": path, "BasePath": base}} for path in self.templates
        ]
        return {"releases": releases, "templates": templates, "mark": mark, "name": _stand_in(mark)}

    def cut(self, text: str, releases: Sequence[dict[str, Any]], mark: str) -> list[dict[str, str]]:
        """Return what the templates gave for each release, by the paths that Helm has for them."""
        pieces = text.split(f"\n{mark}")[1:]
        # What several have in common, but for the namespace, is there once.
        texts = [piece[1:] for piece in pieces if piece.startswith("+")]
        numbers = itertools.count()
        found = (texts[next(numbers) if piece.startswith("+") else int(piece)] for piece in pieces)
        return [
            {path: _named(next(found), release["namespace"], mark) for path in self.templates} for release in releases
        ]


def _named(text: str, namespace: str, mark: str) -> str:
    named = text.replace(_stand_in(mark), namespace)
    # Helm leaves this out, which it did not find with the stand-in in it.
    return named.replace("<no value>", "") if namespace in "<no value>" else named


def _stand_in(mark: str) -> str:
    # Not to be taken for a mark, which begins a line.
    return f"namespace {mark}"


def batch_chart(chart: ChartFiles, name: str, rendered: Iterable[str]) -> BatchChart | None:
    """Return the chart that renders many releases, None where it may render another text than the chart itself.

    `name` is the chart's, `rendered` are the paths of the templates that Helm renders. Not taken are charts with
    subcharts, with templates that include others by their path or ask for the type of a value, or that change from one
    rendering to the next.
    """
    if any(path.startswith(("charts/", "requirements.")) for path in chart.files):
        return None
    templates = sorted(rendered, key=lambda path: (path.count("/"), path), reverse=True)
    own = {path.removeprefix(f"{name}/") for path in templates}
    files = {}
    for path, content in chart.files.items():
        if path in own:
            files[_as_partial(path)] = content
        elif not path.startswith("templates/") or posixpath.basename(path).startswith("_"):
            files[path] = content
    texts = [content.decode("utf-8", "replace") for path, content in files.items() if path.startswith("templates/")]
    if len(files) != len(set(files)) or not own <= chart.files.keys() or any(map(_OTHERWISE.search, texts)):
        return None
    defined = Counter(found[1] for text in texts for found in _DEFINED.finditer(text))
    if not is_stable(texts) or max(defined.values(), default=0) > 1:
        return None
    schema = _schema_of_all(chart.files.get("values.schema.json"))
    if schema is None:
        return None
    files |= {_DRIVER: _TEMPLATE.encode(), "values.yaml": b"{}\n", "values.schema.json": schema}
    return BatchChart(name, files, tuple(templates))


def _as_partial(path: str) -> str:
    folder, base = posixpath.split(path)
    return posixpath.join(folder, f"_raychart-{base}")


def _schema_of_all(schema: bytes | None) -> bytes | None:
    """Return the schema by which Helm checks each release's values; None where references would lead elsewhere."""
    if schema is None:
        return b"{}"
    try:
        read = json.loads(schema)
    except ValueError:
        return None
    if not isinstance(read, dict) or not all(map(_leads_to_definitions, _keywords(read))):
        return None
    shared = {key: read.pop(key) for key in ("$schema", "$defs", "definitions") if key in read}
    releases = {"items": {"properties": {"values": read}}}
    return json.dumps({**shared, "properties": {"releases": releases}}).encode()


def _keywords(schema: Any) -> Iterable[tuple[str, Any]]:
    """Yield what a schema says under words that begin with $, at any depth."""
    if isinstance(schema, list):
        for item in schema:
            yield from _keywords(item)
    elif isinstance(schema, dict):
        for key, item in schema.items():
            if key.startswith("$"):
                yield key, item
            yield from _keywords(item)


def _leads_to_definitions(keyword: tuple[str, Any]) -> bool:
    word, value = keyword
    if word == "$ref":
        return isinstance(value, str) and bool(_REFERENCE.fullmatch(value))
    return word in {"$schema", "$defs", "$comment"}
