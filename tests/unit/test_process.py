"""Other programs, run for real."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import pytest

from raychart import process
from raychart.process import CommandError

if TYPE_CHECKING:
    from pathlib import Path


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_what_a_program_writes_comes_back() -> None:
    code = "import sys; print(sys.stdin.read().upper()); print('e', file=sys.stderr)"
    done = process.run(python(code), input="héllo")
    assert (done.code, done.stdout, done.stderr) == (0, "HÉLLO\n", "e\n")


def test_a_program_does_not_read_the_input_meant_for_raychart() -> None:
    code = "import sys; from raychart import process; print(process.run([sys.executable, '-c', sys.argv[1]]).stdout)"
    words = [*python(code), "import sys; print(repr(sys.stdin.read()))"]
    assert process.run(words, input="values for raychart").stdout == "''\n\n"


def test_env_is_added_to_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEPT", "1")
    done = process.run(python("import os; print(os.environ['KEPT'], os.environ['ADDED'])"), env={"ADDED": "2"})
    assert done.stdout == "1 2\n"


def test_output_that_is_not_utf8_does_not_hurt() -> None:
    done = process.run(python(r"import sys; sys.stdout.buffer.write(b'caf\xe9')"))
    assert done.stdout == "caf\ufffd"


def test_a_program_that_fails_is_an_error_with_command_code_and_both_outputs() -> None:
    with pytest.raises(CommandError) as caught:
        process.run([*python("import sys; print('out'); sys.exit('err')"), "an argument"])
    text = str(caught.value)
    assert "'an argument': ended with code 1" in text
    assert "stdout:\n    out" in text
    assert "stderr:\n    err" in text
    assert text.splitlines()[-1].startswith("    ")
    assert caught.value.completed.code == 1


def test_a_failure_can_be_looked_at_instead() -> None:
    assert process.run(python("raise SystemExit(3)"), check=False).code == 3


@pytest.mark.parametrize(
    ("program", "remedy"), [("no-such-program", "install no-such-program"), ("/nowhere/helm", "--help|--helm")]
)
def test_a_program_that_is_missing_is_an_error_with_the_remedy(program: str, remedy: str) -> None:
    with pytest.raises(CommandError, match=f"there is no program {program}") as caught:
        process.run([program], check=False)
    assert any(words in caught.value.remedy for words in remedy.split("|"))


def test_a_file_that_is_no_program_is_an_error_with_the_remedy(tmp_path: Path) -> None:
    file = tmp_path / "helm"
    file.write_text("x")
    with pytest.raises(CommandError, match=r"make .*helm executable"):
        process.run([str(file)])


def test_a_program_that_takes_too_long_is_stopped() -> None:
    start = time.monotonic()
    with pytest.raises(CommandError, match=r"not done after 0\.3 s(.|\n)*begun"):
        process.run(python("import time; print('begun', flush=True); time.sleep(60)"), timeout=0.3)
    assert time.monotonic() - start < 30
