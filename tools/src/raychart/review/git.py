"""Ask git about a repository: the only module that does. Nothing is written, fetched, paged or run on the way."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from raychart import process
from raychart.errors import RaychartError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

# What a repository's own configuration must not bring in: programs to run, and the network (partial clones fetch).
_HARDENED = (
    "--no-pager",
    "--no-optional-locks",
    "-c", "core.fsmonitor=false",
    "-c", "core.hooksPath=/dev/null",
    "-c", "protocol.allow=never",
    "-c", "core.quotePath=false",
)  # fmt: skip
_ENV = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_NO_REPLACE_OBJECTS": "1"}
LINK, SUBMODULE = "120000", "160000"


class Entry(NamedTuple):
    """A file of a revision: git's mode and the id of its content; "" where that is not git's but the working tree's."""

    mode: str
    id: str


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository as it is seen from a folder.

    `top` is None where there is no working tree; `folder` is the way from there to where we are, "" for the top, with
    slashes. `length` is that of an object's id, which tells the hash.
    """

    start: Path
    top: Path | None
    folder: str
    is_shallow: bool
    hashing: str


def open_repository(start: Path) -> Repository:
    """Find the repository that a folder is in. Raises RaychartError when it is in none, or git refuses it."""
    code, out, err = _run(
        start, ["rev-parse", "--is-inside-work-tree", "--is-shallow-repository", "--show-object-format"]
    )
    if code != 0:
        words = err.strip().removeprefix("fatal: ") or f"git ended with code {code}"
        what, _, remedy = words.partition("\n")
        remedy = "\n".join(line.strip() for line in remedy.splitlines() if line.strip())
        raise RaychartError(str(start), what, remedy or "run it in a git repository")
    has_tree, is_shallow, hashing = out.decode("ascii", "replace").split()
    if has_tree != "true":
        return Repository(start, None, "", is_shallow == "true", hashing)
    top = Path(os.fsdecode(_out(start, ["rev-parse", "--show-toplevel"]).removesuffix(b"\n")))
    below = os.path.relpath(os.path.realpath(start), os.path.realpath(top))
    folder = "" if below == "." else below.replace(os.sep, "/")
    return Repository(start, top, folder, is_shallow == "true", hashing)


def resolve(repository: Repository, name: str, notes: list[str] | None = None) -> str:
    """Return the id of the commit, or else of the tree, that a name stands for; `notes` take what is to be known of it.

    Raises RaychartError for a name that stands for nothing.
    """
    for kind in ("commit", "tree"):
        asked = ["rev-parse", "--verify", "--end-of-options", f"{name}^{{{kind}}}"]
        code, out, err = _run(repository.start, asked)
        words = out.decode("ascii", "replace").split()
        if code == 0 and words:
            if notes is not None and "is ambiguous" in err:
                notes.append(f"{name} is the name of a tag and of a branch: the tag is meant, not refs/heads/{name}")
            return words[-1]
    raise RaychartError(repr(name)[1:-1] or "''", *_unknown(repository, name))


def _unknown(repository: Repository, name: str) -> tuple[str, str]:
    if repository.is_shallow and re.search(r"\w[~^][\w~^]*$", name):
        what = "is not a revision here (the clone is shallow)"
        return what, "git fetch --deepen=50 brings more of the history; in CI, check out with fetch-depth: 0"
    plain = re.fullmatch(r"[\w.+/@-]+", name) and not name.startswith("-")
    if not plain:
        return "is not a revision", "name a branch, a tag or a commit; git branch --all lists the branches"
    branch = name.removeprefix("origin/")
    fetch = f"git fetch --depth=50 origin {branch}"
    remedy = f"check the name; if it has not been fetched: {fetch} && raychart review FETCH_HEAD"
    return f"is not a revision here{' (the clone is shallow)' if repository.is_shallow else ''}", remedy


def merge_base(repository: Repository, one: str, other: str) -> str | None:
    """Return the commit where two histories parted; None where none is known, as for trees and shallow clones."""
    code, out, _ = _run(repository.start, ["merge-base", one, other])
    words = out.decode("ascii", "replace").split()
    return words[0] if code == 0 and words else None


def kind_of(repository: Repository, oid: str) -> str:
    """Return what kind of object an id stands for: commit, tree."""
    return _out(repository.start, ["cat-file", "-t", oid]).decode("ascii", "replace").strip()


def lfs_folder(repository: Repository) -> Path:
    """Return where Git LFS keeps contents, by the first two pairs of digits of their SHA-256."""
    folder = os.fsdecode(_out(repository.start, ["rev-parse", "--git-common-dir"]).removesuffix(b"\n"))
    return repository.start / folder / "lfs" / "objects"


def tree_of(repository: Repository, revision: str) -> dict[str, Entry]:
    """Return every file of a commit or tree by its path from the top, submodules among them."""
    entries = {}
    for record in _records(_out(repository.start, ["ls-tree", "-r", "-z", "--full-tree", revision])):
        about, _, path = record.partition(b"\t")
        mode, _, oid = about.decode("ascii").split(" ")
        # A tree that was made by hand may try to lead out of the folder that it is laid out in.
        if not path.startswith(b"/") and b".." not in path.split(b"/"):
            entries[os.fsdecode(path)] = Entry(mode, oid)
    return entries


def working_tree(repository: Repository) -> dict[str, Entry]:
    """Return the files as they are on disk, with those that are neither tracked nor ignored.

    What differs from the index has no id. Raises RaychartError where there is no working tree.
    """
    if repository.top is None:
        raise RaychartError(str(repository.start), "has no working tree", "name the revision to review: HEAD")
    entries = {}
    for record in _records(_out(repository.top, ["ls-files", "-z", "--stage"])):
        about, _, path = record.partition(b"\t")
        mode, oid, _ = about.decode("ascii").split(" ")
        entries[os.fsdecode(path)] = Entry(mode, oid)
    asked = ["status", "--porcelain=v2", "-z", "--untracked-files=all", "--no-renames", "--ignore-submodules=all"]
    for record in _records(_out(repository.top, asked)):
        _apply(record, entries)
    return entries


def _apply(record: bytes, entries: dict[str, Entry]) -> None:
    """Change what the index says of a file to what is on disk (git-status, porcelain format version 2)."""
    kind, _, rest = record.partition(b" ")
    if kind == b"?":
        # A folder ends with a slash: it is a repository of its own.
        if not rest.endswith(b"/"):
            entries[os.fsdecode(rest)] = Entry("", "")
        return
    fields = rest.split(b" ", 9 if kind == b"u" else 7)
    path, on_disk = os.fsdecode(fields[-1]), fields[0][1:2]
    if kind == b"u":
        entries[path] = Entry("", "")
    elif on_disk == b"D":
        entries.pop(path, None)
    elif on_disk != b".":
        entries[path] = Entry(fields[4].decode("ascii"), "")


def contents(repository: Repository, ids: Iterable[str]) -> dict[str, bytes]:
    """Return what the blobs with these ids hold, all read by one process. Raises RaychartError where one is missing."""
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return {}
    asked = "".join(f"{oid}\n" for oid in wanted).encode("ascii")
    code, out, err = _run(repository.start, ["cat-file", "--batch"], asked)
    if code != 0 and "could not fetch" not in err:
        raise _failed("cat-file", code, err)
    found, at = {}, 0
    for oid in wanted:
        end = out.find(b"\n", at)
        words = out[at:end].split(b" ")
        if code != 0 or len(words) != 3:
            what = f"the clone lacks a file's content ({oid[:12]})"
            remedy = "it was made with --filter: fetch the rest with git fetch --refetch --no-filter"
            raise RaychartError(str(repository.top or repository.start), what, remedy)
        size = int(words[2])
        found[oid] = out[end + 1 : end + 1 + size]
        at = end + size + 2
    return found


def files_with(
    repository: Repository, revision: str | None, texts: Sequence[str], suffixes: Sequence[str]
) -> list[str]:
    """Return the paths of the files that have one of some texts, by how their names end; None is the working tree."""
    where = ["--untracked"] if revision is None else [revision]
    asked = ["grep", "-z", "-l", "-I", "--full-name", "--no-recurse-submodules", "-F"]
    asked += [*(word for text in texts for word in ("-e", text)), *where, "--"]
    paths = [f":(top,glob)**/*{end}" for end in suffixes]
    code, out, err = _run(repository.top or repository.start, [*asked, *paths])
    if code > 1:
        raise _failed("grep", code, err)
    skipped = 0 if revision is None else len(revision) + 1
    return [os.fsdecode(record)[skipped:] for record in _records(out)]


def remotes(repository: Repository) -> list[str]:
    """Return the addresses of the remotes, as the configuration has them."""
    code, out, _ = _run(repository.start, ["config", "-z", "--get-regexp", r"^remote\..*\.url$"])
    return [os.fsdecode(record).partition("\n")[2] for record in _records(out)] if code == 0 else []


def _records(out: bytes) -> Iterator[bytes]:
    return (record for record in out.split(b"\0") if record)


def _out(folder: Path, arguments: Sequence[str], given: bytes = b"") -> bytes:
    code, out, err = _run(folder, arguments, given)
    if code != 0:
        raise _failed(arguments[0], code, err)
    return out


def _failed(command: str, code: int, err: str) -> RaychartError:
    words = " ".join(err.split()) or f"ended with code {code}"
    return RaychartError(f"git {command}", words, "see what git fsck says of the repository")


def _run(folder: Path, arguments: Sequence[str], given: bytes = b"") -> tuple[int, bytes, str]:
    env: Mapping[str, str] = _ENV
    return process.run_bytes(["git", "-C", str(folder), *_HARDENED, *arguments], input=given, env=env)
