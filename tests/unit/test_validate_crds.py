"""A CRD that the API server would refuse is told at its line, and one that it takes is not."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from raychart.manifests import manifest_of
from raychart.validate.check import Options, checker_for
from raychart.validate.rules.crds import CRD_DEFINITION

if TYPE_CHECKING:
    from raychart.paths import ValuesPath

CRD = yaml.safe_load("""
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: shelves.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Shelf, plural: shelves, shortNames: [sh], categories: [all]}
  versions:
    - name: v1
      served: true
      storage: true
      subresources: {status: {}, scale: {specReplicasPath: .spec.count, statusReplicasPath: .status.count}}
      additionalPrinterColumns: [{name: Count, type: integer, format: int32, jsonPath: .spec.count}]
      schema:
        openAPIV3Schema:
          type: object
          description: A shelf
          properties:
            apiVersion: {type: string}
            kind: {type: string}
            metadata: {type: object, properties: {name: {type: string, maxLength: 20}}}
            status: {type: object, x-kubernetes-preserve-unknown-fields: true}
            spec:
              type: object
              x-kubernetes-validations:
                - {rule: self.count > 0, message: some, reason: FieldValueInvalid, fieldPath: .count}
              anyOf: [{required: [count]}, {properties: {count: {minimum: 3}, other: {minimum: 1}}}]
              properties:
                count: {type: integer, default: 3}
                port: {x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}], default: 1}
                either: {type: string, anyOf: [{type: integer}, {type: string}]}
                free: {x-kubernetes-preserve-unknown-fields: true}
                pod: {type: object, x-kubernetes-embedded-resource: true, x-kubernetes-preserve-unknown-fields: true}
                sides: {type: object, additionalProperties: {type: string, default: 1}}
                name: {type: string, pattern: '^(?i)[a-z]+$', default: Ab}
                books:
                  type: array
                  x-kubernetes-list-type: map
                  x-kubernetes-list-map-keys: [id, side]
                  items:
                    type: object
                    required: [id]
                    properties: {id: {type: integer}, side: {type: string, default: left}}
                tags: {type: array, x-kubernetes-list-type: set, items: {type: string}, default: [a]}
""")
VERSION: ValuesPath = ("spec", "versions", 0)
SCHEMA: ValuesPath = (*VERSION, "schema", "openAPIV3Schema")
SPEC: ValuesPath = (*SCHEMA, "properties", "spec")
FIELDS: ValuesPath = (*SPEC, "properties")
RULE: ValuesPath = (*SPEC, "x-kubernetes-validations", 0)
GONE = object()


def changed(path: ValuesPath, value: Any) -> dict[str, Any]:
    crd = copy.deepcopy(CRD)
    inner = crd
    for step in path[:-1]:
        inner = inner[step]
    if value is GONE:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    found: dict[str, Any] = crd
    return found


def refused(crd: dict[str, Any]) -> list[tuple[ValuesPath, str]]:
    found = checker_for(Options()).check_object(manifest_of(crd, "crd.yaml"))
    assert found == [] or all(one.severity == "error" for one in found)
    return [(one.problem.path, one.problem.message) for one in found if one.rule.id == CRD_DEFINITION]


def test_a_crd_that_uses_what_there_is_is_taken() -> None:
    assert checker_for(Options()).check_object(manifest_of(CRD, "crd.yaml")) == []


# Each was refused, and the CRD itself taken, by the API server's own code.
@pytest.mark.parametrize(
    ("path", "value", "where", "words"),
    [
        (("metadata", "name"), "shelf.example.com", (), "has to be spec.names.plural"),
        (("spec", "group"), "example", (), "at least one dot"),
        (("spec", "group"), "a..b", (), "is not a domain name"),
        (("spec", "group"), "x.k8s.io", ("metadata",), "need the annotation api-approved"),
        (("spec", "names", "plural"), "Shelves", (), "is not a name"),
        (("spec", "names", "plural"), "", (), "is empty"),
        (("spec", "names", "kind"), "Sh_elf", (), "Sh_elf is not a name"),
        (("spec", "names", "listKind"), "Shelf", (), "may not be the same"),
        (("spec", "names", "shortNames", 0), "SH", (), "is not a name"),
        (("spec", "scope"), "", (), "is empty"),
        (("spec", "preserveUnknownFields"), True, (), "cannot be true"),
        (("spec", "conversion"), {"strategy": "None", "webhook": {"conversionReviewVersions": ["v1"]}},
         ("spec", "conversion", "webhook"), "should not be set"),
        (("spec", "conversion"), {"strategy": "Webhook", "webhook": {"conversionReviewVersions": ["v1"]}},
         ("spec", "conversion", "webhook"), "exactly one of"),
        ((*VERSION, "name"), "V1", (), "is not a name"),
        ((*VERSION, "storage"), False, ("spec", "versions"), "exactly one version"),
        ((*VERSION, "deprecationWarning"), "old", (), "only be set for deprecated"),
        ((*VERSION, "schema"), {}, VERSION, "schema.openAPIV3Schema is missing"),
        ((*VERSION, "subresources", "scale", "specReplicasPath"), ".count", (), "has to be below .spec"),
        ((*VERSION, "additionalPrinterColumns", 0, "type"), "int", (), "is not one of"),
        ((*VERSION, "additionalPrinterColumns", 0, "jsonPath"), "spec", (), "start with a dot"),
        ((*SCHEMA, "nullable"), True, (), ""),
        ((*SCHEMA, "type"), "array", (), "has to be object at the root"),
        ((*SCHEMA, "type"), GONE, SCHEMA, "type is missing"),
        ((*SCHEMA, "anyOf"), [{"properties": {"spec": {"properties": {"x": {"minimum": 1}}}}}],
         (*SCHEMA, "anyOf"), "at the root where there is a status"),
        ((*SCHEMA, "properties", "metadata", "properties", "labels"), {"type": "object"}, (), "only name and gen"),
        ((*SCHEMA, "properties", "kind", "type"), "integer", (), "has to be string"),
        ((*FIELDS, "count", "type"), GONE, (*FIELDS, "count"), "type is missing"),
        ((*FIELDS, "name", "type"), "null", (), "null is not a type"),
        ((*SCHEMA, "properties", "metadata", "additionalProperties"), False, (), "only name and gen"),
        ((*FIELDS, "count", "default"), "x", (), "the default has to be a whole number"),
        ((*FIELDS, "name", "default"), "1", (), "the default"),
        ((*FIELDS, "tags", "default"), ["a", "a"], (), "the default"),
        ((*FIELDS, "name", "pattern"), "(", (), "is not a regular expression"),
        ((*FIELDS, "tags", "items"), GONE, (*FIELDS, "tags"), "items are missing"),
        ((*FIELDS, "tags", "uniqueItems"), True, (), "cannot be true"),
        ((*FIELDS, "tags", "x-kubernetes-list-type"), "bag", (), "bag is not one of"),
        ((*FIELDS, "tags", "items"), {"type": "object"}, (), "has to be atomic in items of a set"),
        ((*FIELDS, "name", "x-kubernetes-list-type"), "set", (), "type has to be array"),
        ((*FIELDS, "name", "$ref"), "#/x", (), "is not supported"),
        ((*FIELDS, "free", "x-kubernetes-preserve-unknown-fields"), False, (), "must be true or not there"),
        ((*FIELDS, "sides", "properties"), {"a": {"type": "string"}},
         (*FIELDS, "sides", "additionalProperties"), "exclude each other"),
        ((*FIELDS, "pod", "x-kubernetes-preserve-unknown-fields"), GONE, (*FIELDS, "pod"), "properties are missing"),
        ((*FIELDS, "books", "x-kubernetes-list-map-keys"), ["id", "no"], (), "no is not a property"),
        ((*FIELDS, "books", "x-kubernetes-list-map-keys"), ["id", "id"], (), "twice"),
        ((*FIELDS, "books", "items", "required"), GONE, (*FIELDS, "books", "items", "properties", "id"), "has to be"),
        ((*FIELDS, "books", "items", "properties", "id", "type"), "object", (), "has to be a text"),
        ((*SPEC, "anyOf", 0, "description"), "x", (), "must not be in a branch"),
        ((*SPEC, "anyOf", 0, "type"), "object", (), "must not be in a branch"),
        ((*SPEC, "anyOf", 1, "properties", "count", "default"), 3, (), "must not be in a branch"),
        ((*RULE, "rule"), " ", RULE, "the rule is missing"),
        ((*RULE, "rule"), "self.count ==", (), "cannot be compiled"),
        ((*RULE, "message"), "a\nb", (), "line breaks"),
        ((*RULE, "reason"), "Wrong", (), "Wrong is not one of"),
        ((*RULE, "messageExpression"), "'a", (), "cannot be compiled"),
    ],
)  # fmt: skip
def test_what_the_api_server_refuses_is_told_at_its_place(
    path: ValuesPath, value: Any, where: ValuesPath, words: str
) -> None:
    found = refused(changed(path, value))
    wanted = where or path
    assert any(at[: len(wanted)] == wanted and words in message for at, message in found), found


def test_a_combination_at_the_root_names_no_field_that_the_schema_has_not() -> None:
    crd = changed((*VERSION, "subresources"), GONE)
    crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["anyOf"] = [{"properties": {"rest": {"minimum": 1}}}]
    ((path, message),) = refused(crd)
    assert path == (*SCHEMA, "anyOf", 0, "properties", "rest")
    assert message == "is defined in a branch alone"


@pytest.mark.parametrize("path", [("spec",), ("spec", "tags", "items"), ("spec", "sides", "additionalProperties")])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"type": "text"}, '"text" is not one of'),
        ({"type": "string", "maxLenght": 3}, "is not a known key"),
        ({"type": "string", "maxLength": "x"}, "has to be a whole number"),
    ],
)
def test_keywords_are_looked_at_at_every_level(path: tuple[str, ...], change: dict[str, Any], words: str) -> None:
    names = ("tags", "sides")
    steps = [step for name in path for step in (("properties", name) if name in {"spec", *names} else (name,))]
    crd = changed((*SCHEMA, *steps), change)
    found = checker_for(Options()).check_object(manifest_of(crd, "crd.yaml"))
    assert any(words in one.problem.message and one.problem.path[: len(SCHEMA)] == SCHEMA for one in found), found


def test_two_versions_are_not_both_stored_and_have_names_of_their_own() -> None:
    crd = copy.deepcopy(CRD)
    crd["spec"]["versions"].append(copy.deepcopy(crd["spec"]["versions"][0]))
    assert [path for path, _ in refused(crd)] == [("spec", "versions", 1, "storage"), ("spec", "versions", 1, "name")]


@pytest.mark.parametrize("odd", [None, 1, "x", [], [1], {"": None}])
@pytest.mark.parametrize(
    "path", [("spec",), ("spec", "names"), ("spec", "versions"), VERSION, SCHEMA, SPEC, FIELDS, RULE]
)
def test_nothing_in_a_crd_ends_the_run(path: ValuesPath, odd: Any) -> None:
    assert not any("could not be applied" in message for _, message in refused(changed(path, odd)))
