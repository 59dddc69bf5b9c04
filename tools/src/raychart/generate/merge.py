"""Merge a values file that was edited with what raychart would write now, entry by entry of the file as it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from raychart.generate.entries import Block, Entry, UnfitError, take_apart
from raychart.generate.provenance import merge_headers
from raychart.generate.threeway import MISSING, Conflict, Decision, decide, merge_values, same
from raychart.generate.write import write_entry
from raychart.helm_yaml import read_documents

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Merged:
    """The merged file, and where it keeps the team's value though the new one differs too."""

    text: str
    conflicts: tuple[Conflict, ...]


def merge(old: str, edited: str, new: str) -> Merged:
    """Merge three texts of one file: as raychart wrote it, as it is now, as raychart would write it now.

    What only one side changed is as that side has it, comments too; where both did, the team's stays. Raises
    UnfitError where the layout of the edited file does not allow it.
    """
    below, own, above = map(take_apart, (old, edited, new))
    values, conflicts = merge_values(below.data, own.data, above.data)
    prologue = merge_headers(below.prologue, own.prologue, above.prologue)
    text = prologue + _block(below.block, own.block, above.block).text
    _must_hold(text, values)
    return Merged(text, tuple(conflicts))


def _must_hold(text: str, values: object) -> None:
    """Make sure that the text says what the merge of the values came to: an anchor, say, may stand in its way."""
    documents = read_documents(text, "values")
    wrong = [finding for document in documents for finding in document.findings]
    if wrong or not same((documents[0].data if documents else None) or {}, values):
        line = wrong[0].line if wrong else None
        raise UnfitError(line or 1, "the new values cannot be put between its anchors, aliases or markers")


def _block(old: Block | None, edited: Block, new: Block) -> Block:
    """Merge three mappings: the entries in the team's order, each new one after those it follows in `new`."""
    entries: list[Entry] = []
    for entry in edited.entries:
        entries += _entry(old.get(entry.key) if old else None, entry, new.get(entry.key))
    for index, entry in enumerate(new.entries):
        if edited.get(entry.key) is None and (old is None or old.get(entry.key) is None):
            before = {one.key for one in new.entries[:index]}
            place = max((at + 1 for at, one in enumerate(entries) if one.key in before), default=0)
            entries.insert(place, _moved(entry, edited.column))
    return Block(edited.column, tuple(entries), edited.tail)


def _entry(old: Entry | None, edited: Entry, new: Entry | None) -> Iterator[Entry]:
    """Merge an entry that the edited file has; it may come to nothing."""
    if new is None:
        yield from _no_longer_new(old, edited)
        return
    moved = _moved(new, edited.column)
    if old is not None and edited.text == old.text:
        yield moved
        return
    if decide(old.data if old else MISSING, edited.data, new.data) is Decision.CONFLICT:
        yield edited
        return
    lead = moved.lead if old and _bare(edited.lead) == _bare(old.lead) else edited.lead
    if edited.block and new.block and (old is None or old.block):
        block = _block(old.block if old else None, edited.block, new.block)
        if any(entry.head for entry in block.entries):
            yield replace(edited, lead=lead, block=block)
            return
    body = _whole(old, edited, moved)
    if body != edited.body:
        lead += _comments(edited.body, old.body if old else "", edited.column)
    yield replace(edited, lead=lead, head=body, block=None)


def _no_longer_new(old: Entry | None, edited: Entry) -> Iterator[Entry]:
    if old is None or not same(edited.data, old.data):
        yield edited
        return
    if added := _comments(edited.text, old.text, edited.column):
        yield Entry("", None, edited.column, added, "")


def _comments(edited: str, old: str, column: int) -> str:
    """Return the comments that the team wrote into a text which goes, to stand where it stood."""
    known = _bare(old)
    added = [line for line in _bare(edited) if line.startswith("#") and line not in known]
    return "".join(f"{' ' * column}{line}\n" for line in added)


def _whole(old: Entry | None, edited: Entry, new: Entry) -> str:
    """Return the lines of an entry that is merged as a whole, with the team's remark behind it."""
    value, _ = merge_values(old.data if old else MISSING, edited.data, new.data)
    if same(value, new.data) and (not same(edited.data, value) or (old and edited.body == old.body)):
        body = new.body
    elif same(value, edited.data):
        return edited.body
    else:
        body = write_entry(edited.key, value, edited.column)
    if edited.remark.strip() in {"", old.remark.strip() if old else ""}:
        return body
    first, line_end, rest = body.partition("\n")
    return first + edited.remark + line_end + rest


def _moved(entry: Entry, column: int) -> Entry:
    """Return an entry indented to another column."""
    shift = column - entry.column
    lead, body = (_shifted(text, shift) for text in (entry.lead, entry.body))
    return Entry(entry.key, entry.data, column, lead, body)


def _shifted(text: str, shift: int) -> str:
    if shift <= 0:
        return "".join(line[-shift:] if line.strip() else line for line in text.splitlines(keepends=True))
    return "".join(" " * shift + line if line.strip() else line for line in text.splitlines(keepends=True))


def _bare(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines()]
