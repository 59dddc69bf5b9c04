"""Rules in CEL that CRDs have say what they say to the API server, and what is not applied is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from raychart.validate.cel import program
from raychart.validate.cel.apply import ABOUT_CHANGES, NOT_INSTALLED, Rules
from raychart.validate.cel.names import escaped
from raychart.validate.cel.unapplied import told

if TYPE_CHECKING:
    from raychart.validate.rule import Problem

SPEC = yaml.safe_load("""
type: object
properties:
  low: {type: integer, default: 1}
  high: {type: integer, default: 5}
  share: {type: number, default: 0}
  memory: {type: string}
  port: {x-kubernetes-int-or-string: true}
  namespace: {type: string, default: n}
  a.b: {type: string, default: n}
  note: {type: string, nullable: true, default: some}
  names: {type: array, items: {type: string}, default: []}
  counts: {type: array, items: {type: integer}, default: []}
  sides: {type: object, additionalProperties: {type: integer}, default: {}}
  inner: {type: object, properties: {x: {type: integer}, y: {type: integer}}}
  open: {type: object, x-kubernetes-preserve-unknown-fields: true}
  kept: {x-kubernetes-preserve-unknown-fields: true}
  tags: {type: array, items: {type: string}, x-kubernetes-list-type: set, default: [a, b]}
  built: {type: string, format: date-time, default: "2026-01-31T08:00:00Z"}
  image: {type: string, format: byte}
  pod: {type: object, x-kubernetes-embedded-resource: true, x-kubernetes-preserve-unknown-fields: true}
""")


def rules_of(spec: dict[str, Any], **more: Any) -> Rules:
    return Rules({"type": "object", "properties": {"spec": spec}} | more)


def applied(rule: str | dict[str, Any], spec: str) -> tuple[list[Problem], dict[str, str]]:
    one = {"rule": rule} if isinstance(rule, str) else rule
    rules = rules_of(SPEC | {"x-kubernetes-validations": [one]})
    body = {"apiVersion": "example.com/v1", "kind": "Shelf", "metadata": {"name": "a", "labels": {}}}
    return list(rules.problems(body | {"spec": yaml.safe_load(spec)})), rules.unapplied


# A rule, a spec that it refuses, and one that it takes; what there is was asked of the API server's own code.
@pytest.mark.parametrize(
    ("rule", "bad", "good"),
    [
        ("self.low <= self.high", "{low: 6}", "{}"),
        ("self.share * 2.0 <= 1.0", "{share: 1}", "{share: 0.5}"),
        ("!has(self.memory) || quantity(self.memory).isLessThan(quantity('1Gi'))", "{memory: 1.5Gi}", "{memory: 900M}"),
        ("quantity(self.memory).add(1).compareTo(quantity('1025')) == 0", "{memory: 1k}", "{memory: 1Ki}"),
        ("quantity(self.memory) == quantity('1000m')", "{memory: 1001m}", "{memory: '1'}"),
        ("quantity(self.memory).isInteger() && sign(quantity('-1')) < 0", "{memory: 1500m}", "{memory: '2'}"),
        ("isQuantity(self.memory)", "{memory: 1gi}", "{memory: 1e3}"),
        ("type(self.port) == int ? self.port < 9 : self.port.endsWith('%')", "{port: 9}", "{port: 9%}"),
        ("type(self.port) == int ? self.port < 9 : self.port.endsWith('%')", "{port: nine}", "{port: 8}"),
        ("self.port.endsWith('%')", "{port: 1}", "{port: 1%}"),
        ("self.__namespace__ == 'n'", "{namespace: m}", "{}"),
        ("self.a__dot__b == 'n'", "{a.b: m}", "{}"),
        ("has(self.note) && self.note != null", "{note: null}", "{}"),
        ("has(self.memory)", "{memory: null}", "{memory: '1'}"),
        ("self.inner.y > 1", "{inner: {x: 1}}", "{inner: {y: 2}}"),
        ("self.?inner.?y.orValue(0) > 1", "{inner: {x: 1}}", "{inner: {y: 2}}"),
        ("self.names.all(n, n.matches('^[a-z]+$'))", "{names: [a, B]}", "{names: [a]}"),
        ("size(self.tags) == size(self.names)", "{names: [a]}", "{names: [a, c]}"),
        ("self.names.all(i, n, i < 1)", "{names: [a, b]}", "{names: [a]}"),
        ("self.names[1] == 'b'", "{names: [a]}", "{names: [a, b]}"),
        ("self.names.join('-').size() < 4", "{names: [a, b, c]}", "{names: [a, b]}"),
        ("self.counts.sum() < 10 && self.counts.isSorted()", "{counts: [2, 1]}", "{counts: [1, 2]}"),
        ("self.counts.max() - self.counts.min() == 1", "{counts: []}", "{counts: [1, 2]}"),
        ("self.sides.all(k, self.sides[k] > 0) && !('top' in self.sides)", "{sides: {top: 1}}", "{sides: {a: 1}}"),
        ("sets.contains(self.counts, [1])", "{counts: [2]}", "{counts: [1]}"),
        ("duration(self.memory) > duration('1s')", "{memory: '5'}", "{memory: 5s}"),
        ("int(self.memory) > 0", "{memory: a}", "{memory: '1'}"),
        ("self.tags.exists(t, t == 'b') == self.tags.exists(t, t == 'c')", "{}", "{tags: [a]}"),
        ("10 / self.low > 0", "{low: 0}", "{}"),
        ("self.memory.find('[0-9]+$') == '12'", "{memory: a1}", "{memory: a12}"),
        ("self.memory.findAll('[0-9]+', 1) == ['12']", "{memory: a1}", "{memory: a12b3}"),
        ("isIP(self.memory) && ip(self.memory).family() == 4", "{memory: '::1'}", "{memory: 10.0.0.1}"),
        ("ip(self.memory).isGlobalUnicast()", "{memory: 127.0.0.1}", "{memory: 10.0.0.1}"),
        ("isIP(self.memory)", "{memory: 010.0.0.1}", "{memory: '::'}"),
        ("cidr('10.0.0.0/8').containsIP(self.memory)", "{memory: 11.0.0.1}", "{memory: 10.0.0.1}"),
        ("cidr('10.0.0.0/8').containsCIDR(cidr(self.memory))", "{memory: 10.0.0.0/7}", "{memory: 10.1.0.0/16}"),
        ("isURL(self.memory) && url(self.memory).getScheme() == 'https'", "{memory: a.b}", "{memory: 'https://a.b/c?d'}"),
        ("semver(self.memory).isLessThan(semver('1.10.0'))", "{memory: 1.10.1}", "{memory: 1.10.0-rc.1}"),
        ("semver(self.memory) == semver('1.2.3')", "{memory: 1.2.4}", "{memory: 1.2.3+b}"),
        ("has(self.note)", "{note: null}", "{}"),
        ("semver(self.memory, true).major() == 1", "{memory: v2}", "{memory: v1.2}"),
        ("self.image == b'abc'", "{image: YQ==}", "{image: YWJj}"),
        ("!has(self.open.a)", "{open: null}", "{open: {a: 1}}"),
        ("self.pod.metadata.name == 'b' && self.pod.kind == 'Pod'", "{pod: {kind: Pod}}",
         "{pod: {kind: Pod, metadata: {name: b}, spec: {}}}"),
    ],
)  # fmt: skip
def test_a_rule_refuses_what_the_api_server_refuses(rule: str, bad: str, good: str) -> None:
    assert applied(rule, good) == ([], {})
    (problem,), unapplied = applied(rule, bad)
    assert unapplied == {}
    assert problem.path == ("spec",)
    assert rule in problem.remedy


@pytest.mark.parametrize(
    ("more", "path", "message"),
    [
        ({}, ("spec",), "Invalid value: failed rule: self.low < 3"),
        ({"message": " too\n low "}, ("spec",), "Invalid value: too low"),
        ({"message": "a", "reason": "FieldValueForbidden"}, ("spec",), "Forbidden: a"),
        ({"message": "a", "reason": "FieldValueRequired"}, ("spec",), "Required value: a"),
        ({"message": "a", "fieldPath": ".inner['x.y'].z"}, ("spec", "inner", "x.y", "z"), "Invalid value: a"),
        ({"message": "a", "messageExpression": "'low is %d'.format([self.low])"}, ("spec",), "Invalid value: low is 4"),
        ({"message": "a", "messageExpression": "self.nothing"}, ("spec",), "Invalid value: a"),
        ({"message": "a", "messageExpression": "'b\\nc'"}, ("spec",), "Invalid value: a"),
        ({"message": "a", "messageExpression": "self..x"}, ("spec",), "Invalid value: a"),
    ],
)
def test_the_words_are_those_of_the_crd(more: dict[str, str], path: tuple[str, ...], message: str) -> None:
    (problem,), _ = applied({"rule": "self.low < 3", **more}, "{low: 4}")
    assert (problem.path, problem.message) == (path, message)


def test_an_error_in_a_rule_refuses_the_object_as_there() -> None:
    (problem,), _ = applied("self.inner.y > 1", "{inner: {}}")
    assert problem.message == "Invalid value: no such key: y evaluating rule: self.inner.y > 1"


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("self.low == oldSelf.low", ABOUT_CHANGES),
        ("self.low ==", "Syntax error"),
        ("self.names.unheardOf()", "undeclared reference"),
        ("self.built > timestamp('2026-01-01T00:00:00Z')", "built is a time"),
        ("self.tags == ['b', 'a']", "tags is a list whose order does not count"),
        ("['b', 'a'] == self.tags", "tags is a list whose order does not count"),
        ("self.names.indexOf('a') == 3", "No matching overloads"),
        ("string(ip('10.0.0.1')) == 'a'", "no matching overload"),
        ("'a'.find('(?i)b') == 'b'", "may be another pattern to Go"),
    ],
)
def test_what_cannot_be_applied_is_named_and_finds_nothing(rule: str, why: str) -> None:
    problems, unapplied = applied(rule, "{}")
    assert problems == []
    assert list(unapplied) == [rule]
    assert why in unapplied[rule]


def test_a_rule_that_cannot_be_applied_to_one_object_is_applied_to_others() -> None:
    rule = "isURL(self.memory) && duration(self.memory) > duration('1s')"
    rules = rules_of(SPEC | {"x-kubernetes-validations": [{"rule": rule}]})
    found = [len(list(rules.problems({"spec": {"memory": text}}))) for text in ("a.b", "http://a%zz", "a.b")]
    assert found == [1, 0, 1]
    assert "is not read as a URL here" in rules.unapplied[rule]


def test_rules_are_applied_at_every_level() -> None:
    schema = yaml.safe_load("""
type: object
x-kubernetes-validations: [{rule: "self.metadata.name != 'b'", message: root}]
properties:
  status: {type: object, x-kubernetes-validations: [{rule: "false", message: status}]}
  spec:
    type: object
    allOf: [{x-kubernetes-validations: [{rule: "self.items.size() < 3", message: branch}]}]
    properties:
      items:
        type: array
        items:
          type: object
          x-kubernetes-validations: [{rule: "self.name != 'x'", message: item}]
          properties: {name: {type: string, x-kubernetes-validations: [{rule: "self.size() < 4", message: long}]}}
      sides:
        type: object
        additionalProperties:
          {type: integer, nullable: true, x-kubernetes-validations: [{rule: self > 0, message: side}]}
""")
    body = {
        "metadata": {"name": "b"},
        "spec": {"items": [{"name": "x"}, {"name": "abcde"}, {}], "sides": {"a": 0, "b": None, "c": 1}},
        "status": {},
    }
    found = [(problem.path, problem.message) for problem in Rules(schema, drops_status=True).problems(body)]
    expected = [
        ((), "root"),
        (("spec",), "branch"),
        (("spec", "items", 0), "item"),
        (("spec", "items", 1, "name"), "long"),
        (("spec", "items", 2), "no such key: name evaluating rule: item"),
        (("spec", "sides", "a"), "side"),
    ]
    assert found == [(path, f"Invalid value: {words}") for path, words in expected]
    with_status = [problem.path for problem in Rules(schema).problems(body)]
    assert ("status",) in with_status


def test_a_rule_about_what_the_schema_refuses_is_left_out_but_not_for_unknown_keys() -> None:
    rules = rules_of(SPEC | {"x-kubernetes-validations": [{"rule": "self.low <= self.high"}]})
    body = {"spec": {"low": "six", "hihg": 1}}
    assert list(rules.problems(body, [("spec", "low")])) == []
    assert len(list(rules.problems({"spec": {"low": 6, "hihg": 1}}, [("spec", "hihg")]))) == 1


def test_without_the_library_rules_are_named_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "is_installed", lambda: False)
    problems, unapplied = applied("self.low < 3", "{low: 4}")
    assert problems == []
    assert unapplied == {"self.low < 3": NOT_INSTALLED}
    ((message, remedy),) = told({"Shelf": unapplied})
    assert message.startswith("rules in CEL (x-kubernetes-validations) are not applied: 1 of Shelf, because")
    assert "pip install 'raychart[cel]'" in remedy


def test_what_is_not_applied_is_told_once_for_a_kind() -> None:
    lines = list(told({"Shelf": {"a": ABOUT_CHANGES, "b": ABOUT_CHANGES, "c\n ==": "Syntax error"}, "Tray": {}}))
    assert [message for message, _ in lines] == [
        "rules about changes (oldSelf) are not applied: 2 of Shelf",
        "a rule of Shelf is not applied: c == (Syntax error)",
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a", "a"), ("a-b/c.d", "a__dash__b__slash__c__dot__d"), ("a__b", "a__underscores__b"), ("in", "__in__"),
     ("1a", None), ("a b", None), ("", None), ("ä", None)],
)  # fmt: skip
def test_names_are_escaped_as_kubernetes_does(name: str, expected: str | None) -> None:
    assert escaped(name) == expected
