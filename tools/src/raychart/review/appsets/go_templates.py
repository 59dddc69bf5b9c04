"""Fill in Go templates by Helm, which has nearly the same ones: many texts, for many elements, in one rendering."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from raychart.rendering.engine import Request, engine_for
from raychart.review.appsets.go_texts import PARTIALS, cut_short, for_helm, missing_in, plainly_filled
from raychart.review.appsets.model import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import ProcessPoolExecutor

    from raychart.rendering.engine import Output
    from raychart.review.appsets.model import Ask

_CHART = "raychart-texts"
_ABOUT = f"apiVersion: v2\nname: {_CHART}\nversion: 0.0.0\n"
_PREFIX = f"{_CHART}/templates/_"
_DRIVER = f"""\
{{{{- $elements := mustFromJson .Values.elements -}}}}
results:
{{{{- range mustFromJson .Values.asked }}}}
- {{{{ include (printf "{_PREFIX}%v.tpl" (index . 0)) (index $elements (int (index . 1))) | mustToJson }}}}
{{{{- end }}}}
"""
_TEXT = re.compile(re.escape(_PREFIX) + r"(\d+)\.tpl")
_PLACE = re.compile(rf"{re.escape(_PREFIX)}\w+\.tpl:\d+(?::\d+)?")
# How Helm begins what it says.
_WAY = re.compile(r'^\W*(?:Error: )?(?:execution error at \([^)]*\): |executing "[^"]*" at |error calling fail: )*')
_OPTIONS = ("missingkey=error", "missingkey=default", "missingkey=invalid", "missingkey=zero")
_REMEDY = "mend the template%s; the words are Helm's, which has nearly the same functions"


class GoTemplates:
    """Fills in texts, each once for the same parameters.

    The Helm library is loaded in a process of its own, for a process that has it cannot share out work (shares.py).
    """

    def __init__(self, engine: str = "auto", program: str = "helm") -> None:
        self._engine = engine
        self._program = program
        self._known: dict[tuple[str, str, bool], str] = {}
        self._pool: ProcessPoolExecutor | None = None

    def close(self) -> None:
        """End the process, if there is one."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None

    def filled(self, asked: Sequence[Ask], options: Sequence[str]) -> list[str]:
        """Return what texts become. Raises RefusedError where Argo CD would refuse one of them."""
        for option in options:
            if option not in _OPTIONS:
                raise RefusedError(f"goTemplateOptions has no {option}", 'write ["missingkey=error"]')
        last = options[-1] if options else "missingkey=default"
        strict, lenient = last == "missingkey=error", last in ("missingkey=default", "missingkey=invalid")
        results: list[str | None] = [_at_once(ask) for ask in asked]
        written: dict[int, str] = {}
        keys = []
        for number, ask in enumerate(asked):
            if results[number] is None:
                if id(ask.params) not in written:
                    written[id(ask.params)] = json.dumps(ask.params, sort_keys=True)
                text = cut_short(ask.text, ask.params) if lenient else ask.text
                keys.append((number, (text, written[id(ask.params)], strict)))
        wanted = list(dict.fromkeys(key for _, key in keys if key not in self._known))
        if wanted:
            self._known |= zip(wanted, self._by_helm(wanted, strict=strict), strict=True)
        for number, key in keys:
            results[number] = self._known[key]
        return [str(one) for one in results]

    def _by_helm(self, wanted: Sequence[tuple[str, str, bool]], *, strict: bool) -> list[str]:
        texts = list(dict.fromkeys(text for text, _, _ in wanted))
        elements = list(dict.fromkeys(element for _, element, _ in wanted))
        text_numbers = {text: number for number, text in enumerate(texts)}
        element_numbers = {element: number for number, element in enumerate(elements)}
        asked = [(text_numbers[text], element_numbers[element]) for text, element, _ in wanted]
        files = {f"_{number}.tpl": for_helm(text, _PREFIX, strict=strict) for number, text in enumerate(texts)}
        with tempfile.TemporaryDirectory(prefix="raychart-texts-") as folder:
            chart = Path(folder) / _CHART
            _write(chart, files)
            output = self._rendered(chart, asked, elements)
            if output.refusal is not None:
                raise self._refused(chart, asked, elements, texts, output.refusal)
        lines = [line for document in output.documents for line in document.splitlines() if line.startswith("- ")]
        return [json.loads(line[2:]) for line in lines]

    def _rendered(self, chart: Path, asked: Sequence[tuple[int, int]], elements: Sequence[str]) -> Output:
        given = {"asked": json.dumps(asked), "elements": f"[{','.join(elements)}]"}
        arguments = (self._engine, self._program, chart, given)
        uses_library = self._engine != "helm" and self._program == "helm" and importlib.util.find_spec("helm_python")
        if not uses_library or "helm_python" in sys.modules or not hasattr(os, "fork"):
            return _render(*arguments)
        if self._pool is None:
            import multiprocessing
            from concurrent.futures import ProcessPoolExecutor

            self._pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork"))
        return self._pool.submit(_render, *arguments).result()

    def _refused(
        self,
        chart: Path,
        asked: Sequence[tuple[int, int]],
        elements: Sequence[str],
        texts: Sequence[str],
        words: str,
    ) -> RefusedError:
        """Find the first element for which it is refused, and say what about it."""
        low, high = 0, len(asked)
        while high - low > 1:
            middle = (low + high) // 2
            found = self._rendered(chart, asked[low:middle], elements).refusal
            low, high = (low, middle) if found else (middle, high)
            words = found or words
        words = self._rendered(chart, asked[low:high], elements).refusal or words
        text = texts[asked[low][0]]
        named = _TEXT.search(words)
        if "parse error" in words and named:
            text = texts[int(named[1])]
        # Which element it is says no more of one namespace than of another, so it is not what the finding is about.
        remedy = _REMEDY % _short_name(elements[asked[low][1]])
        return RefusedError(f"the template {_short(text)} is refused: {_said(words)}", remedy, text=text)


def _at_once(ask: Ask) -> str | None:
    if "{{" not in ask.text:
        return ask.text
    if ask.may_wait and missing_in(ask.text, ask.params) is not None:
        return ask.text
    return plainly_filled(ask.text, ask.params)


def _write(chart: Path, texts: dict[str, str]) -> None:
    folder = chart / "templates"
    folder.mkdir(parents=True)
    (chart / "Chart.yaml").write_text(_ABOUT, encoding="utf-8")
    partials = {f"_{name}": text for name, text in PARTIALS.items()}
    for name, text in {**texts, **partials, "all.yaml": _DRIVER}.items():
        (folder / name).write_text(text, encoding="utf-8", errors="surrogatepass", newline="")


def _render(engine: str, program: str, chart: Path, given: dict[str, Any]) -> Output:
    return engine_for(engine, program, {chart}, 1).render(Request(chart, given, "texts", "default"))


def _said(words: str) -> str:
    """Return what is wrong in Helm's words, without the way there."""
    line = " ".join(words.replace("Use --debug flag to render out invalid YAML", "").split())
    places = list(_PLACE.finditer(line))
    line = line[places[-1].end() :] if places else line
    return _WAY.sub("", line)


def _short_name(element: str) -> str:
    """Say which element it is, by what elements are called."""
    params = json.loads(element)
    about = params.get("path")
    names = [about.get("path"), about.get("filename")] if isinstance(about, dict) else [params.get("name")]
    name = "/".join(one for one in names if isinstance(one, str))
    return f" (it fails for {name})" if name else ""


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:57]}..."
