"""Formats and patterns of CRDs say of a text what they say to the API server."""

from __future__ import annotations

import pytest

from raychart.validate.cel import program
from raychart.validate.formats import format_of
from raychart.validate.go_keywords import FORMAT, KEYWORDS, PATTERN, matches_surely
from raychart.validate.kind_schema import KindSchema
from raychart.validate.structural import as_json_schema

# Asked of the API server's own code: texts that it takes, and texts that it refuses.
CASES: dict[str, tuple[list[str], list[str]]] = {
    "bsonobjectid": (["a" * 24, "A" * 24], ["x" * 24, ""]),
    "uri": (["http://a.b/c", "/x", "x:", "http://[::1]/", "a:b:c", "*", "//a/b"], ["a.b", "", "http://a:b/", "?x"]),
    "email": (["a@b", " a@b ", "A <a@b.c>"], ["ab", "@b", "a@"]),
    "hostname": (["a", "m-host", "a.b.c-d.de", "xn--a.de", "a$b", "my-host-a.com"],
                 ["my-host", "my-long-host", "1.2.3.4", "a_b", "a..b", "", "a.", "-a", "a.1", f"{'a' * 64}.de"]),
    "ipv4": (["10.0.0.1", "010.0.0.1", "::ffff:1.2.3.4"], ["::1", "1.2.3", "256.1.1.1", "", "1.2.3.4 "]),
    "ipv6": (["::1", "::ffff:1.2.3.4"], ["fe80::1%eth0", "1.2.3.4", "1::2::3", "12345::", "::ffff:01.2.3.4"]),
    "cidr": (["10.0.0.0/8", "010.0.0.0/08", "::/0"], ["10.0.0.0/33", "::/129", "10.0.0.0", "/8", "10.0.0.0/+8"]),
    "mac": (["02:00:5e:10:00:01", "02-00-5e-10-00-01", "0200.5e10.0001"], ["02:00:5e:10:00", "02:00-5e:10:00:01"]),
    "uuid": (["123e4567-e89b-42d3-a456-426614174000", "123E4567E89B42D3A456426614174000"], ["x", ""]),
    "uuid3": (["123e4567-e89b-32d3-a456-426614174000"], ["123e4567-e89b-42d3-a456-426614174000"]),
    "uuid4": (["123e4567-e89b-42d3-a456-426614174000"], ["123e4567-e89b-42d3-c456-426614174000"]),
    "uuid5": (["123e4567-e89b-52d3-a456-426614174000"], ["123e4567-e89b-42d3-a456-426614174000"]),
    "isbn": (["0321751043", "978-0321751041", "080442957X"], ["0321751044", "978-0321751042", "x"]),
    "isbn10": (["0321751043"], ["978-0321751041"]),
    "isbn13": (["978-0321751041"], ["0321751043"]),
    "creditcard": (["4111-1111-1111-1111", "a4111111111111111b"], ["4111111111111112", "x"]),
    "ssn": (["123-45-6789", "123 45 6789"], ["123456789", "12-3"]),
    "hexcolor": (["#fff", "fff", "#FFFFFF"], ["#ffff", "x"]),
    "rgbcolor": (["rgb(1,2,3)", "rgb( 1 , 2 , 3 )"], ["rgb(256,1,1)", "rgb(01,1,1)", "RGB(1,1,1)"]),
    "byte": (["YQ==", "YWJj"], ["", "YQ", "YQ==\n", "Y\nQ==", "-_=="]),
    "date": (["2026-01-31", "0000-02-29", "2024-02-29"], ["2026-02-30", "2026-1-1", "20260131", ""]),
    "date-time": (["2026-01-31T08:00:00Z", "2026-01-31t08:00:00.123+01:00", "2026-01-31T08:00:00+99:99"],
                  ["2026-01-31T08:00:00", "2026-01-31T24:00:00Z", "2026-02-30T08:00:00Z", "2026-01-31 08:00:00Z", ""]),
    "duration": (["1h", "1h30m", "0", "-1s", "1.5h", "5 days", "1 week", "1m 30s", "5\u00b5s"],
                 ["5", "1hrs", "3 fortnights", "x", "", "-"]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_format_takes_what_the_api_server_takes(name: str) -> None:
    known = format_of(name)
    assert known is not None
    fine, refused = CASES[name]
    assert [text for text in fine if not known.fits(text)] == []
    assert [text for text in refused if known.fits(text)] == []
    schema = KindSchema({"$schema": "https://json-schema.org/draft/2020-12/schema"}
                        | as_json_schema({"type": "string", "format": name}), custom=True)  # fmt: skip
    assert list(schema.problems(fine[0])) == []
    (problem,) = schema.problems(refused[0])
    assert problem.message.endswith("does not have the right form")
    assert problem.remedy == known.remedy


@pytest.mark.parametrize("name", ["password", "int32", "int64", "unheard-of", "", None, {}])
def test_other_formats_say_nothing_of_a_text(name: object) -> None:
    assert format_of(name) is None


@pytest.mark.parametrize(
    ("pattern", "fine", "refused"),
    [
        ("^(?i)[a-z]+$", "Ab", "a1"),
        ("^[[:alpha:]]+$", "Ab", "1"),
        (r"\Aa\z", "a", "a\n"),
        (r"^\p{Lu}$", "\u00c9", "\u00e9"),
        (r"^\Qa.b\E$", "a.b", "axb"),
        ("^a.b$", "a\rb", "a\nb"),
    ],
)
@pytest.mark.parametrize("alternative", [False, True])
def test_patterns_are_those_of_go(pattern: str, fine: str, refused: str, alternative: bool) -> None:
    asked = {"pattern": pattern}
    source = {"type": "string"} | ({"anyOf": [asked, {"pattern": "^never$"}]} if alternative else asked)
    schema = KindSchema(
        {"$schema": "https://json-schema.org/draft/2020-12/schema"} | as_json_schema(source), custom=True
    )
    if not (alternative and "\r" in fine):
        assert list(schema.problems(fine)) == []
    assert len(list(schema.problems(refused))) == 1


def test_without_the_library_only_goes_own_patterns_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "is_installed", lambda: False)
    assert KEYWORDS[PATTERN].makes("^(?i)without$")("1")
    assert not matches_surely("^without$", "without")
    assert not KEYWORDS[FORMAT].makes("date")("1")
