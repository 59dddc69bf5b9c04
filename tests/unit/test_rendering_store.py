"""What was rendered is kept, found again, and never believed when it is broken."""

from __future__ import annotations

import os
import stat
import threading
import time
from typing import TYPE_CHECKING

import pytest
from made_charts import CONFIG_MAP, make_chart, make_job

from raychart.rendering.engine import Output
from raychart.rendering.run import render_all
from raychart.rendering.sdk_engine import load_engine
from raychart.rendering.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from raychart.rendering.engine import Request
    from raychart.rendering.model import Rendered

TEMPLATE = CONFIG_MAP % "a" + "data: {k: {{ .Values.a | quote }}}\n"
OUTPUT = Output(("a: 1\n", "b: é\n"))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of the user's store, which is not there yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("RAYCHART_CACHE")
    return tmp_path / "cache" / "raychart" / "render"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the namespaces for which the library is asked, as they come."""
    engine = load_engine()
    assert engine is not None
    names: list[str] = []
    plain = engine.render

    def render(request: Request) -> Output:
        names.append(request.namespace)
        return plain(request)

    monkeypatch.setattr(engine, "render", render)
    return names


def rendered(chart: Path, values: str = "a: 1", *, stored: bool = True, release: str = "ray") -> Rendered:
    job = make_job(chart, "team-a", values)
    (one,) = render_all([type(job)(job.file, job.namespace, release, chart, job.layers)], engine="sdk", stored=stored)
    return one


def test_the_second_run_renders_nothing(home: Path, asked: list[str], tmp_path: Path) -> None:
    chart = make_chart(tmp_path / "chart", {"a.yaml": TEMPLATE})
    assert rendered(chart) == rendered(chart)
    assert asked == ["team-a"]


def test_a_refusal_is_kept_too(home: Path, asked: list[str], tmp_path: Path) -> None:
    chart = make_chart(tmp_path / "chart", {"a.yaml": '{{ fail "a: no" }}'})
    assert rendered(chart).findings == rendered(chart).findings != ()
    assert asked == ["team-a"]


def test_whatever_may_change_the_manifests_is_rendered_anew(home: Path, asked: list[str], tmp_path: Path) -> None:
    chart = make_chart(tmp_path / "chart", {"a.yaml": TEMPLATE})
    rendered(chart)
    rendered(chart, "a: 2")
    rendered(chart, release="other")
    (chart / "templates" / "a.yaml").write_text(TEMPLATE + "# more\n")
    rendered(chart)
    (chart / "files").mkdir()
    (chart / "files" / "x").write_text("x")
    rendered(chart)
    (chart / "files" / "x").rename(chart / "files" / "y")
    rendered(chart)
    (chart / "values.yaml").write_text("b: 1\n")
    rendered(chart)
    assert len(asked) == 7


def test_templates_with_random_parts_are_not_kept(home: Path, asked: list[str], tmp_path: Path) -> None:
    chart = make_chart(tmp_path / "chart", {"a.yaml": TEMPLATE + "# {{ randAlpha 8 }}\n"})
    rendered(chart)
    rendered(chart)
    assert len(asked) == 2
    assert not home.exists()


@pytest.mark.parametrize("how", ["the argument", "the environment"])
def test_the_store_can_be_turned_off(
    home: Path, asked: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    chart = make_chart(tmp_path / "chart", {"a.yaml": TEMPLATE})
    if how == "the environment":
        monkeypatch.setenv("RAYCHART_CACHE", "off")
    for _ in range(2):
        rendered(chart, stored=how != "the argument")
    assert len(asked) == 2
    assert not home.exists()


def test_nobody_else_can_read_what_is_kept(home: Path, tmp_path: Path) -> None:
    rendered(make_chart(tmp_path / "chart", {"a.yaml": TEMPLATE}))
    (entry,) = home.glob("[!.]*")
    assert stat.S_IMODE(entry.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


@pytest.mark.parametrize("content", [b"", b"x", b"x\x9c", None])
def test_a_broken_entry_is_none(home: Path, asked: list[str], tmp_path: Path, content: bytes | None) -> None:
    chart = make_chart(tmp_path / "chart", {"a.yaml": TEMPLATE})
    first = rendered(chart)
    (entry,) = home.glob("[!.]*")
    entry.write_bytes(entry.read_bytes()[:-9] if content is None else content)
    assert rendered(chart) == first
    assert len(asked) == 2
    assert rendered(chart) == first
    assert len(asked) == 2


def test_a_folder_that_cannot_be_written_is_no_trouble(home: Path, asked: list[str], tmp_path: Path) -> None:
    home.parent.mkdir(parents=True)
    home.write_text("in the way")
    chart = make_chart(tmp_path / "chart", {"a.yaml": TEMPLATE})
    assert rendered(chart).manifests
    assert rendered(chart).manifests
    assert len(asked) == 2


def test_what_is_old_or_too_much_goes_once_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "store"
    store = Store(folder)
    for number in range(6):
        store.write(f"{number}", OUTPUT, "x")
        os.utime(folder / f"{number}", (time.time() - 100 + number,) * 2)
    size = (folder / "0").stat().st_size
    os.utime(folder / "5", (0, 0))
    monkeypatch.setattr("raychart.rendering.store._MOST", 3 * size)
    assert store.read("1", "x") == OUTPUT
    Store(folder).write("6", OUTPUT, "x")
    assert len(list(folder.glob("[!.]*"))) == 7
    os.utime(folder / ".tidied", (0, 0))
    Store(folder).write("7", OUTPUT, "x")
    assert {path.name for path in folder.glob("[!.]*")} == {"7", "6", "1"}


def test_many_at_once_never_see_half_an_entry(tmp_path: Path) -> None:
    outputs = [Output((f"{number}\n" * 5000,)) for number in range(4)]
    seen: set[Output | None] = set()

    def work(output: Output) -> None:
        store = Store(tmp_path / "store")
        for _ in range(30):
            store.write("key", output, "x")
            seen.add(store.read("key", "x"))

    threads = [threading.Thread(target=work, args=(output,)) for output in outputs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen <= set(outputs)
    assert [path.name for path in (tmp_path / "store").glob("[!.]*")] == ["key"]


def large(namespace: str) -> Output:
    """Return what differs between namespaces in nothing but the name, and is large."""
    return Output((f"{namespace} of {namespace}\n" * 9000, f"small: {namespace}\n"))


def test_a_large_document_is_kept_once_for_all_namespaces(tmp_path: Path) -> None:
    names = ["a", "team-a", "of", "n" * 63]
    for name in names:
        Store(tmp_path / "store").write(f"key-{name}", large(name), name)
    # The one in which the name is a word of its own differs from the others.
    assert len(list((tmp_path / "store").glob("[!.k]*"))) == 2
    for name in names:
        assert Store(tmp_path / "store").read(f"key-{name}", name) == large(name)
    (tmp_path / "store" / "key-x").write_bytes((tmp_path / "store" / "key-a").read_bytes())
    assert Store(tmp_path / "store").read("key-x", "b") == Output((large("b").documents[0], "small: a\n"))


def test_an_entry_without_its_large_document_is_none_and_is_made_again(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    store.write("key", large("a"), "a")
    (shared,) = (tmp_path / "store").glob("[!.k]*")
    for broken in (b"", b"x", None):
        shared.unlink() if broken is None else shared.write_bytes(broken)
        assert Store(tmp_path / "store").read("key", "a") is None
        Store(tmp_path / "store").write("key", large("a"), "a")
        assert Store(tmp_path / "store").read("key", "a") == large("a")


def test_more_large_documents_than_are_at_hand_are_found(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    outputs = [Output((f"{number}: x\n" * 9000,)) for number in range(70)]
    for number, output in enumerate(outputs):
        store.write(f"key-{number}", output, "team")
    assert [store.read(f"key-{number}", "team") for number in range(70)] == outputs
