"""Values are written so that Helm reads them as meant, and so does every other reader of YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from raychart.generate import provenance
from raychart.generate.choices import Choices
from raychart.generate.write import write_entry, write_values
from raychart.helm_yaml import read_documents

if TYPE_CHECKING:
    from raychart.paths import ValuesPath

NASTY = [
    *("12:30:45", "1e3", "0o644", "0899", "0644", "0x1F", "2026-01-01", "+1", "1_000", ".5", "9007199254740993", "4Gi"),
    *(
        "y",
        "No",
        "on",
        "true",
        "~",
        "null",
        "NaN",
        ".inf",
        "500m",
        "",
        " ",
        "a: b",
        "a #b",
        "#",
        "- a",
        "-",
        "---",
        "?",
    ),
    *("*a", "&a", "!a", "%a", "@a", "`a", "{a", "[a", "a,b", "'", '"', "\\", "=", "<<", "\n", "a\nb", "\t", "é"),
    *("\u2028", "\x7f", "\x85"),
]
TEXT = st.sampled_from(NASTY) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff"), max_size=8
)
SCALARS = TEXT | st.integers(-(2**53), 2**53) | st.booleans() | st.none() | st.floats(-1e6, 1e6, width=32)
VALUES = st.dictionaries(
    TEXT, st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3))
)


def helm(text: str) -> Any:
    (document,) = read_documents(text, "values")
    assert not document.findings
    return document.data


@given(VALUES.filter(bool))
def test_values_are_read_back_as_they_are_by_helm_and_by_pyyaml(values: dict[str, Any]) -> None:
    text = write_values(Choices(values))
    assert helm(text) == values
    assert yaml.safe_load(text) == values


@given(TEXT, SCALARS, st.integers(0, 8))
def test_an_entry_is_written_in_its_column(key: str, value: Any, column: int) -> None:
    text = write_entry(key, value, column)
    assert text.startswith(" " * column)
    assert helm(text) == {key: value}


@given(VALUES.filter(bool), st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=300))
def test_a_reason_never_becomes_a_value(values: dict[str, Any], why: str) -> None:
    assert helm(write_values(Choices(values, {(key,): why for key in values}))) == values


def test_it_reads_as_a_person_would_write_it() -> None:
    values = {
        "placements": {"spot": {"nodeSelector": {"pool": "spot"}, "tolerations": [{"key": "a/b", "value": "true"}]}},
        "clusters": {"main": {"idleTimeoutMinutes": 7.5, "head": {"memory": "8Gi", "cpu": None, "placement": []}}},
    }
    reasons: dict[ValuesPath, str] = {
        ("clusters", "main"): "Why " * 40,
        ("clusters", "main", "head", "memory"): "Books.",
    }
    assert write_values(Choices(values, reasons)) == (
        "placements:\n"
        '  spot: {nodeSelector: {pool: spot}, tolerations: [{key: a/b, value: "true"}]}\n'
        "clusters:\n"
        f"  # {('Why ' * 28).strip()}\n"
        f"  # {('Why ' * 12).strip()}\n"
        "  main:\n"
        "    idleTimeoutMinutes: 7.5\n"
        "    head:\n"
        "      # Books.\n"
        "      memory: 8Gi\n"
        "      cpu: null\n"
        "      placement: []\n"
    )


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_what_was_generated_comes_back_out_of_the_last_line(text: str, generated: str) -> None:
    text = "a: 1\n" if provenance.split(text).generated else text
    found = provenance.split(provenance.sealed(text, generated))
    assert found.generated == generated
    assert found.text.rstrip() == text.rstrip()


@pytest.mark.parametrize("packed", ["", "!", "eNq", "aGVsbG8="])
def test_a_last_line_that_is_damaged_is_found(packed: str) -> None:
    with pytest.raises(provenance.DamagedError):
        provenance.split(f"a: 1\n# raychart-generated:{packed}\n")


def test_a_digest_is_that_of_what_a_spec_says() -> None:
    assert provenance.digest_of({"a": 1, "b": {"c": 2}}) == provenance.digest_of({"b": {"c": 2}, "a": 1})
    assert provenance.digest_of({"a": 1}) != provenance.digest_of({"a": 2})
