"""Objects against the schemas of their kinds: keys, types, what is required, words and limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.lint.secret_words import by_form, in_command, is_named_secret
from raychart.schema_words import show
from raychart.validate.reach import at, text
from raychart.validate.rule import Problem, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from raychart.paths import ValuesPath
    from raychart.validate.kind_schema import KindSchema
    from raychart.validate.subject import Subject

CRD = "crd-schema"
CRD_RULE = "crd-rule"
_HIDDEN = "a value that is not shown here"
# Shorter texts are parts of words.
_TELLING = 4


def _own_kind(fits: Callable[[KindSchema], bool]) -> Callable[[Subject], Iterator[Problem]]:
    def check(subject: Subject) -> Iterator[Problem]:
        schema = subject.schemas.of(subject.manifest)
        if schema is not None and fits(schema):
            yield from _hidden(schema.problems(subject.body), subject)
            if schema.custom:
                found = subject.schemas.metadata.problems(subject.body.get("metadata"))
                yield from _hidden(_below(("metadata",), found), subject)

    return check


def _pods(subject: Subject) -> Iterator[Problem]:
    """Yield what this version of Kubernetes does not take of the pods that an operator will make."""
    schema = subject.schemas.of(subject.manifest)
    if schema is None or not schema.custom:
        return
    for pod in subject.pods:
        found = list(_below(pod.spec_path, subject.schemas.pod.problems(pod.spec)))
        if found:
            known = {problem.path for problem in schema.problems(subject.body)}
            yield from _hidden((problem for problem in found if problem.path not in known), subject)


def _rules(subject: Subject) -> Iterator[Problem]:
    """Yield the rules in CEL that an object breaks."""
    schema = subject.schemas.of(subject.manifest)
    if schema is not None and schema.rules is not None:
        told = {problem.path for problem in schema.problems(subject.body)}
        for problem in _hidden(schema.rules.problems(subject.body, told), subject):
            # A CRD may have its rules say anything that is in the object.
            message = problem.message
            for value in _secrets(subject.body):
                message = message.replace(value, _HIDDEN)
            yield problem._replace(message=message)


def _below(path: ValuesPath, problems: Iterable[Problem]) -> Iterator[Problem]:
    for problem in problems:
        yield problem._replace(path=(*path, *problem.path))


def _hidden(problems: Iterable[Problem], subject: Subject) -> Iterator[Problem]:
    """Yield problems without the values that may be credentials."""
    for problem in problems:
        found = list(_scalars(at(subject.body, problem.path)))
        if not _is_secret(subject, problem.path):
            found = [value for value in found if isinstance(value, str) and (by_form(value) or in_command(value))]
        message, remedy = problem.message, problem.remedy
        for value in found:
            message = message.replace(show(value), _HIDDEN)
            remedy = remedy.replace(show(value), _HIDDEN)
            if isinstance(value, str) and len(value) >= _TELLING:
                remedy = remedy.replace(value, _HIDDEN)
        yield problem._replace(message=message, remedy=remedy)


def _scalars(value: object) -> Iterator[object]:
    if isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _scalars(inner)
    elif value is not None:
        yield value


def _secrets(value: object, *, named: bool = False) -> Iterator[str]:
    """Yield the texts that may be credentials, by the names of their fields or by what they look like."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _secrets(inner, named=named or (isinstance(key, str) and is_named_secret(key)))
    elif isinstance(value, list):
        for inner in value:
            yield from _secrets(inner, named=named)
    elif isinstance(value, str) and len(value) >= _TELLING and (named or by_form(value) or in_command(value)):
        yield value


def _is_secret(subject: Subject, path: ValuesPath) -> bool:
    if subject.manifest.kind == "Secret" and path[:1] in {("data",), ("stringData",)}:
        return True
    if any(isinstance(step, str) and is_named_secret(step) for step in path):
        return True
    return path[-1:] == ("value",) and is_named_secret(text(subject.body, *path[:-1], "name"))


RULES = (
    Rule(
        "kubernetes-schema",
        "error",
        "An object is not what Kubernetes' schema of its kind says.",
        "The API server refuses an object with a value of the wrong type or without what is required, and drops keys "
        "that it does not know, so that a misspelt setting is as if it were not there.\n\n"
        "The schema is that of the version that --kubernetes-version names, by default the newest one that the "
        "installed kubernetes-validate has. What only Kubernetes' validation code asks for is checked too as far as "
        "the object alone shows it: words, limits and forms, and fields that exclude or need each other.",
        "Kubernetes: api/openapi-spec/swagger.json of each version, through kubernetes-validate",
        _own_kind(lambda schema: not schema.custom),
    ),
    Rule(
        "kuberay-schema",
        "error",
        "An object is not what KubeRay's definition of its kind says.",
        "The API server holds a RayCluster, RayJob, RayService or RayCronJob against the definition that is installed "
        "in the cluster: it refuses wrong types, missing fields and list items with the same key, and drops unknown "
        "keys.\n\nWith --crds FOLDER the definitions in that folder go before those of KubeRay 1.7.0 that raychart "
        "has.",
        "KubeRay 1.7.0: helm-chart/kuberay-operator/crds",
        _own_kind(lambda schema: schema.kuberay),
    ),
    Rule(
        CRD,
        "error",
        "An object is not what its CRD says.",
        "The API server refuses a custom resource that does not fit the CRD's structural schema, and drops keys that "
        "the schema does not name unless it preserves unknown fields.\n\n"
        "Checked are the kinds whose CRDs are in a folder that --crds names. Formats are those that the "
        "API server knows; it takes no notice of others. Patterns that only Go's regular expressions can have are "
        "applied where cel-expr-python is installed (pip install 'raychart[cel]').",
        "Kubernetes: apiextensions.k8s.io/v1, structural schemas",
        _own_kind(lambda schema: schema.custom and not schema.kuberay),
    ),
    Rule(
        CRD_RULE,
        "error",
        "An object breaks a rule that its CRD has.",
        "A CRD may have rules in CEL (x-kubernetes-validations) about fields that have to go together. The API server "
        "applies them after the schema, with defaults filled in, and refuses an object that breaks one; its words are "
        "those of the CRD.\n\n"
        "Applied are the rules of kinds whose CRDs are in a folder that --crds names, where cel-expr-python is "
        "installed (pip install 'raychart[cel]'). Rules about changes (oldSelf), and those that cannot be compiled or "
        "evaluated here, are not applied, which is said once, as info. A rule about something that the schema refuses "
        "already is left out.",
        "Kubernetes: apiextensions.k8s.io/v1, x-kubernetes-validations",
        _rules,
    ),
    Rule(
        "ray-pod-schema",
        "error",
        "KubeRay's operator could not make a Ray cluster's pods of a template.",
        "A RayCluster with such a template is taken by the API server, whose schema of it has no words and limits for "
        "pods, or has fields of a newer Kubernetes. The pods are refused when the operator makes them, or come without "
        "the field.",
        "Kubernetes: io.k8s.api.core.v1.PodSpec of the version; KubeRay 1.7.0: BuildPod",
        _pods,
    ),
)
