"""What a difference is: changes at paths in objects, objects in a comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from raychart.manifests import Manifest


class Item(NamedTuple):
    """A step into a list by what identifies the item there, such as Item("name", "ray-head").

    `key` is a field, several with commas between them, "value" for a scalar, or "content" where an item is known by
    all that it says. `value` is what people read, with nothing in it that must not be shown.
    """

    key: str
    value: str

    def __str__(self) -> str:
        """Return the step as paths show it."""
        return f"[{self.value}]"


# Into a mapping by its key, into a list by what identifies the item or, where nothing does, by its index.
Step = str | int | Item
ChangePath = tuple[Step, ...]


class Absent:
    """What stands for a value that is not there. Null counts as absent too, as it does for the API server."""

    def __repr__(self) -> str:
        """Return what people read."""
        return "absent"

    def __reduce__(self) -> str:
        """Return the name by which a copy, or another process, has this very object, which is told by identity."""
        return "ABSENT"


ABSENT = Absent()


class Hidden(NamedTuple):
    """What stands for a value that must not be shown: enough of a digest to tell two of them apart.

    The digest is keyed with what is random in each run, so that nobody can find the value by trying.
    """

    digest: str

    def __str__(self) -> str:
        """Return what people read."""
        return f"hidden ({self.digest})"


class Masked(str):
    """A text in which everything that must not be shown was replaced by what str(Hidden) says."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One difference inside an object.

    `path` names what it leads to as it is called in the new object, or in the old one when it is gone. `old` and
    `new` are plain values, ABSENT, Hidden or Masked, or mappings and lists with such values in them. Of an item that
    was moved in a list whose order matters they are the positions, of one that was renamed its names. `at` is the
    position of an item added to or removed from such a list. `unstable` says that the templates give another value
    each time they are rendered.
    """

    path: ChangePath
    kind: Literal["added", "removed", "changed", "moved", "renamed"]
    old: Any
    new: Any
    unstable: bool = False
    at: int | None = None


@dataclass(frozen=True, slots=True)
class ObjectDiff:
    """One object that differs; `old` and `new` have different identities when it was renamed.

    Of added and removed objects `changes` is empty: the manifest says it all. `unstable` says that the templates
    give it another name each time they are rendered.
    """

    kind: Literal["added", "removed", "changed", "renamed"]
    old: Manifest | None
    new: Manifest | None
    changes: tuple[Change, ...] = ()
    unstable: bool = False

    @property
    def manifest(self) -> Manifest:
        """Return the object as it will be, or as it was when it goes."""
        found = self.new or self.old
        assert found is not None  # noqa: S101 (one of them is there by construction)
        return found

    @property
    def counts(self) -> bool:
        """Tell whether it is a difference, and not only what the templates give anew each time."""
        if self.kind == "changed":
            return any(not change.unstable for change in self.changes)
        return not self.unstable or any(not change.unstable for change in self.changes)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sets of manifests of one namespace: what differs, sorted by identity, and all there was on both sides."""

    objects: tuple[ObjectDiff, ...]
    old: tuple[Manifest, ...]
    new: tuple[Manifest, ...]

    @property
    def differs(self) -> bool:
        """Tell whether anything differs that would not differ between two renderings of the same."""
        return any(found.counts for found in self.objects)
