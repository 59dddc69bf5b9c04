"""The set-up's promises: finished or absent, what is there is used, failures in words. Real shells, real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

CI = Path(__file__).parents[2] / "ci"


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache of the test's own."""
    return tmp_path / "cache"


@pytest.fixture
def shell(cache: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a script that has the set-up's functions; `path` goes first on PATH."""

    def run(script: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
        search = os.environ["PATH"] if path is None else f"{path}:/usr/bin:/bin"
        return subprocess.run(
            ["bash", "-c", f"source {CI}/lib.sh\n{script}"],
            env={**os.environ, "RAYCHART_CACHE": str(cache), "PATH": search},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def program(folder: Path, name: str, output: str) -> None:
    """Make a program that prints `output`."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\necho '{output}'\n")
    (folder / name).chmod(0o755)


def test_a_step_that_fails_shows_the_end_of_its_log_and_the_remedy(
    shell: Callable[..., subprocess.CompletedProcess[str]], cache: Path
) -> None:
    done = shell('work() { echo "disk full"; return 3; }\nlong image "building the image" work')
    assert done.returncode == 2
    assert "disk full" in done.stderr
    assert f"see {cache}/log/image.log" in done.stderr
    assert "run the same command again" in done.stderr
    assert done.stdout == ""


def test_an_interrupted_step_stops_what_it_started(cache: Path, tmp_path: Path) -> None:
    marker = tmp_path / "child"
    script = f"source {CI}/lib.sh\nlong slow 'working' bash -c 'echo $$ >{marker}; sleep 300; true'"
    job = subprocess.Popen(["bash", "-c", script], env={**os.environ, "RAYCHART_CACHE": str(cache)})
    deadline = time.monotonic() + 10
    while not marker.exists() or not marker.read_text().strip():
        assert time.monotonic() < deadline, "the step did not start"
        time.sleep(0.05)
    job.send_signal(signal.SIGINT)
    assert job.wait(timeout=10) == 130
    child = int(marker.read_text())
    while Path(f"/proc/{child}").exists():
        assert time.monotonic() < deadline + 10, "the step's process is still there"
        time.sleep(0.05)


def test_a_program_that_was_not_built_to_the_end_is_not_taken_for_one(
    shell: Callable[..., subprocess.CompletedProcess[str]], cache: Path, tmp_path: Path
) -> None:
    tools = tmp_path / "tools"
    program(tools, "go", "go99.9")  # claims to be new enough, and builds nothing
    failed = shell("go_program tool 1.0 example.invalid/tool", tools)
    assert failed.returncode != 0
    assert not list((cache / "bin").glob("tool*"))


def test_a_helm_that_is_there_is_used_under_its_version(
    shell: Callable[..., subprocess.CompletedProcess[str]], cache: Path, tmp_path: Path
) -> None:
    tools = tmp_path / "tools"
    program(tools, "helm", "v3.17.0")
    program(tools, "helm4", "v4.9.9")
    program(tools, "kind", "kind v0.99.0")
    done = shell(f"source {CI}/tools.sh\nhelm3; helm4; command -v helm kind", tools)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["v3.17.0", "v4.9.9", str(tools / "helm"), str(tools / "kind")]
    assert not (cache / "bin" / "helm").exists()


def test_a_second_set_up_does_not_take_its_own_links_for_the_machines_programs(
    shell: Callable[..., subprocess.CompletedProcess[str]], cache: Path, tmp_path: Path
) -> None:
    tools = tmp_path / "tools"
    for name, output in (("helm", "v3.17.0"), ("helm4", "v4.9.9"), ("kind", "kind v0.99.0")):
        program(tools, name, output)
    twice = f"export PATH={cache}/bin:$PATH\nsource {CI}/lib.sh\nsource {CI}/tools.sh\nhelm3; helm4"
    for _ in range(2):
        done = shell(twice, tools)
        assert done.stdout.split() == ["v3.17.0", "v4.9.9"], done.stderr


def test_the_same_inputs_name_the_same_image_and_a_changed_one_another(
    shell: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    source = tmp_path / "Dockerfile"
    source.write_text("FROM a\n")
    first, again = (shell(f"hash {source} 1.0").stdout for _ in range(2))
    source.write_text("FROM b\n")
    assert first == again
    assert shell(f"hash {source} 1.0").stdout != first
    assert shell(f"hash {source} 1.1").stdout != shell(f"hash {source} 1.0").stdout


def test_without_docker_and_without_root_the_remedy_is_named(
    shell: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    tools = tmp_path / "tools"
    program(tools, "id", "1000")
    program(tools, "docker", "")
    (tools / "docker").write_text("#!/bin/sh\nexit 1\n")
    done = shell(f"source {CI}/docker.sh", tools)
    assert done.returncode == 2
    assert "no daemon answers" in done.stderr
    assert "start Docker" in done.stderr


def test_pinned_versions_agree_with_the_chart() -> None:
    pins = dict(
        line.split("#")[0].strip().split("=", 1)
        for line in (CI / "versions.env").read_text().splitlines()
        if "=" in line.split("#")[0]
    )
    chart = CI.parent / "charts" / "ray"
    assert f'appVersion: "{pins["KUBERAY_VERSION"]}"' in (chart / "Chart.yaml").read_text()
    assert f'rayVersion: "{pins["RAY_VERSION"]}"' in (chart / "values.yaml").read_text()
    assert pins["OPERATOR_IMAGE"].endswith(f":v{pins['KUBERAY_VERSION']}")
    assert pins["RAY_IMAGE"].endswith(f":{pins['RAY_VERSION']}")
