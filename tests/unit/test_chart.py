"""The chart is found, in a checkout and in an installed package."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from raychart import __version__
from raychart.chart import find_chart, read_chart
from raychart.errors import RaychartError

ROOT = Path(__file__).parents[2]


def test_a_checkout_uses_its_own_chart() -> None:
    assert find_chart() == ROOT / "charts" / "ray"


def test_a_chart_that_is_named_goes_first() -> None:
    strict = ROOT / "tests" / "fixtures" / "strict"
    assert find_chart(strict) == strict
    about = read_chart(strict)
    assert (about.name, about.version, about.app_version) == ("strict", "0.2.0", "1.7.0")


def test_a_folder_without_chart_is_an_error_that_names_the_option(tmp_path: Path) -> None:
    with pytest.raises(RaychartError, match="--chart"):
        find_chart(tmp_path)


def test_a_packed_chart_is_to_be_unpacked(tmp_path: Path) -> None:
    packed = tmp_path / "ray-0.1.0.tgz"
    packed.write_bytes(b"x")
    with pytest.raises(RaychartError, match="unpack it"):
        find_chart(packed)


@pytest.mark.parametrize("text", ["a: [", "name: x\n", "[]", ""])
def test_a_broken_chart_yaml_is_an_error_that_names_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "Chart.yaml").write_text(text)
    with pytest.raises(RaychartError, match=r"Chart\.yaml"):
        read_chart(tmp_path)


def test_an_installed_package_brings_the_chart_and_the_version(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.startswith(f"raychart-{__version__}-")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    code = "from raychart.chart import find_chart; print(find_chart())"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path / "site", capture_output=True, text=True, check=True
    ).stdout.strip()
    packaged = tmp_path / "site" / "raychart" / "chart"
    assert Path(found) == packaged
    here = ROOT / "charts" / "ray"
    # The tests import the scripts of the chart's pods, which Python may compile beside them.
    assert {file.relative_to(packaged): file.read_bytes() for file in packaged.rglob("*") if file.is_file()} == {
        file.relative_to(here): file.read_bytes()
        for file in here.rglob("*")
        if file.is_file() and file.parent.name != "__pycache__"
    }
