"""Read YAML as Helm reads it, keeping the line and column of every key and item."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from raychart.findings import Finding
from raychart.helm_scalars import PREFIX, Scalar, key_text, resolve, resolve_tagged
from raychart.paths import shown_key
from raychart.yaml_complaints import TOO_DEEP, explained
from raychart.yaml_nodes import DEEPEST, Document, Mark, Node

if TYPE_CHECKING:
    from collections.abc import Iterator

_Parser = getattr(yaml, "CLoader", yaml.Loader)
# libyaml's words for text after a document's end, which go-yaml never looks at.
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def read_documents(text: str, name: str) -> list[Document]:
    """Return the documents in `text`; `name` is the file that findings name.

    A syntax error ends the list with a document that has only that finding.
    """
    return list(_Reader(text, name).documents())


class _Refused(Exception):  # noqa: N818 (caught in this module, where it becomes a finding)
    """Helm would refuse the document here."""

    def __init__(self, mark: Mark, message: str, remedy: str) -> None:
        super().__init__(message)
        self.mark = mark
        self.remedy = remedy


class _Reader:
    """Turn one stream of parser events into documents."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.text = text
        self.events = self._parse()
        self.anchors: dict[str, Node | None] = {}
        self.findings: list[Finding] = []
        # As go-yaml counts values: an alias and each value it stands for.
        self.values = 0
        self.aliased = 0

    def _parse(self) -> Iterator[Any]:
        try:
            yield from yaml.parse(self.text, Loader=_Parser)
        except yaml.MarkedYAMLError as wrong:
            place, message, remedy = explained(wrong, self.text)
            raise _Refused(place, message, remedy) from wrong
        except yaml.reader.ReaderError as wrong:
            before = self.text.encode()[: wrong.position]
            place = Mark(before.count(b"\n") + 1, wrong.position - before.rfind(b"\n"))
            raise _Refused(place, f"not YAML: {wrong.reason}", "remove the character") from wrong

    def documents(self) -> Iterator[Document]:
        line = 1
        while True:
            self.anchors, self.findings, self.values, self.aliased = {}, [], 1, 0
            try:
                event = next(self.events, None)
                if event is None:
                    return
                if not isinstance(event, yaml.DocumentStartEvent):
                    continue
                line = _mark(event).line
                root = self._document(event)
            except _Refused as refused:
                self._report("values-yaml", refused.mark, str(refused), refused.remedy)
                yield Document(None, line, tuple(self.findings))
                return
            yield Document(root, line, tuple(self.findings))

    def _document(self, start: Any) -> Node:
        if start.version or start.tags:
            raise _Refused(_mark(start), "Helm 4 cannot read a file with a line that begins with %", "remove the line")
        content = next(self.events)
        root = self._node(content, 0)
        end = next(self.events)
        if end.explicit and isinstance(content, yaml.ScalarEvent) and not content.style and not content.value:
            raise _Refused(_mark(end), "Helm 4 refuses the end of a document that is empty", "remove the line ...")
        return root

    def _node(self, event: Any, depth: int, *, flow: bool = False) -> Node:
        mark = _mark(event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event.anchor, mark)
        if depth > DEEPEST:
            raise _Refused(mark, *TOO_DEEP)
        self.values += 1
        if event.anchor:
            self.anchors[event.anchor] = None
        if isinstance(event, yaml.ScalarEvent):
            node = Node(mark, self._scalar(event, mark, flow))
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self._sequence(mark, depth, bool(event.flow_style))
        else:
            node = self._mapping(mark, depth, bool(event.flow_style))
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def _alias(self, anchor: str | None, mark: Mark) -> Node:
        if anchor is None or anchor not in self.anchors:
            raise _Refused(mark, f"there is no anchor &{anchor} above", "define it first, or write the value out")
        node = self.anchors[anchor]
        if node is None:
            raise _Refused(mark, f"the value of &{anchor} contains itself", f"remove *{anchor} from it")
        self.values += 1 + node.size
        self.aliased += node.size
        if self.aliased > 100 and self.values > 1000 and self.aliased / self.values > _allowed_share(self.values):
            what = f"aliases make {self.values} values of {self.values - self.aliased}, which Helm refuses"
            raise _Refused(mark, what, "write out what the aliases stand for, or use fewer")
        return node

    def _scalar(self, event: Any, mark: Mark, flow: bool) -> Scalar:
        text: str = event.value
        if flow and not event.style and "?" in text:
            raise _Refused(mark, "Helm takes the ? in it for the sign of a key", "put it in quotes")
        if event.style == '"' and "/" in text and "/" in self._escaped(event):
            raise _Refused(mark, "Helm does not know the escape \\/", "write / without the backslash")
        if event.tag is None:
            return resolve(text) if event.implicit[0] else text
        ends_at = event.end_mark.index
        if flow and not event.style and not text and self.text[ends_at : ends_at + 1] == ",":
            raise _Refused(mark, "Helm takes the comma for a part of the tag", "remove the tag, or write a value")
        try:
            return resolve_tagged(event.tag, text)
        except ValueError as wrong:
            raise _Refused(mark, str(wrong), "remove the tag, or write a value that fits it") from wrong

    def _escaped(self, event: Any) -> list[str]:
        return _ESCAPE.findall(self.text[event.start_mark.index : event.end_mark.index])

    def _sequence(self, mark: Mark, depth: int, flow: bool) -> Node:
        children: dict[str | int, tuple[Mark, Node]] = {}
        before = self.values - 1
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            item = self._node(event, depth + 1, flow=flow)
            place = _mark(event)
            children[len(children)] = (place, item)
        data = [item.data for _, item in children.values()]
        return Node(mark, data, children, self.values - before)

    def _mapping(self, mark: Mark, depth: int, flow: bool) -> Node:
        children: dict[str | int, tuple[Mark, Node]] = {}
        written: dict[str, Mark] = {}
        before = self.values - 1
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            merging = isinstance(event, yaml.ScalarEvent) and event.value == "<<" and _merges(event)
            place = _mark(event)
            key_node = self._node(event, depth + 1, flow=flow)
            value = self._node(next(self.events), depth + 1, flow=flow)
            if merging:
                # In the order written, as go-yaml does it: a merge that stands below a key replaces it.
                children |= self._merged(value, place)
                self.values -= 1
                continue
            key = self._key(key_node, place)
            if key in written:
                self._report_twice(key, written[key], place)
            written[key] = place
            children[key] = (place, value)
        data = {key: value.data for key, (_, value) in children.items()}
        return Node(mark, data, children, self.values - before)

    def _merged(self, value: Node, place: Mark) -> dict[str | int, tuple[Mark, Node]]:
        sources = [item for _, item in value.children.values()] if isinstance(value.data, list) else [value]
        if not all(isinstance(source.data, dict) for source in sources):
            raise _Refused(place, "<< merges something that is not a mapping", "give << an alias of a mapping")
        merged: dict[str | int, tuple[Mark, Node]] = {}
        for source in reversed(sources):
            merged |= source.children
        return merged

    def _remedy_of_key(self, place: Mark) -> str:
        if "{{" in self.text.splitlines()[place.line - 1]:
            return "write the value out: Helm fills in templates, and a values file is none"
        return "use text; quote it if it begins with { or ["

    def _key(self, node: Node, place: Mark) -> str:
        if isinstance(node.data, (dict, list)):
            raise _Refused(place, "a key is a mapping or a list", self._remedy_of_key(place))
        try:
            key = key_text(node.data)
        except ValueError as wrong:
            raise _Refused(place, str(wrong), "put the key in quotes, or write one") from wrong
        if isinstance(node.data, bool):
            message = f'an unquoted word is read as the key "{key}" (y, n, yes, no, on and off are booleans in Helm)'
            self._report("values-yaml", place, message, "put the key in quotes")
        return key

    def _report_twice(self, key: str, first: Mark, again: Mark) -> None:
        message = (
            f"the key {shown_key(key)} stands here again (first on line {first.line}); Helm silently takes the last"
        )
        self._report("values-duplicate-key", again, message, "keep one of the two")

    def _report(self, rule: str, mark: Mark, message: str, remedy: str) -> None:
        self.findings.append(Finding(rule, "error", message, remedy, self.name, mark.line, mark.column))


def _mark(event: Any) -> Mark:
    return Mark(event.start_mark.line + 1, event.start_mark.column + 1)


def _merges(event: Any) -> bool:
    return bool(event.tag is None and event.implicit[0]) or event.tag in {"!", f"{PREFIX}merge"}


def _allowed_share(values: int) -> float:
    """Return the share of values that aliases may make up: go-yaml's limits, 99 % falling to 10 % in large files."""
    low, high = 400_000, 4_000_000
    return 0.99 - 0.89 * min(max(values - low, 0) / (high - low), 1)
