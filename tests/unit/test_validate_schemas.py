"""Manifests against the schemas of Kubernetes, of KubeRay and of CRDs."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from raychart import manifests
from raychart.errors import RaychartError
from raychart.manifests import Manifest, manifest_of
from raychart.validate import kubernetes
from raychart.validate.check import Checker, Options, checker_for
from raychart.validate.kubernetes import Kubernetes
from raychart.validate.listed_words import LISTED
from raychart.validate.rules import BY_ID

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from raychart.paths import ValuesPath

POD = """{name: web, image: 'nginx:1', ports: [{containerPort: 80}], resources: {limits: {cpu: 1, memory: 1Gi}}}"""
DEPLOYMENT = f"""
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, labels: {{app: web}}}}
spec:
  replicas: 2
  selector: {{matchLabels: {{app: web}}}}
  template: {{metadata: {{labels: {{app: web}}}}, spec: {{containers: [{POD}], terminationGracePeriodSeconds: 5}}}}
"""
SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: web}], type: ClusterIP}
"""
CLUSTER = f"""
apiVersion: ray.io/v1
kind: RayCluster
metadata: {{name: main}}
spec:
  rayVersion: 2.60.0
  enableInTreeAutoscaling: true
  autoscalerOptions: {{version: v2, idleTimeoutSeconds: 60}}
  headGroupSpec: {{rayStartParams: {{}}, template: {{spec: {{containers: [{POD}]}}}}}}
  workerGroupSpecs:
    - {{groupName: a, minReplicas: 1, maxReplicas: 2, template: {{spec: {{containers: [{POD}]}}}}}}
"""
NEWEST = checker_for(Options())


def one(text: str) -> Manifest:
    (found,) = manifests.load(text)
    return found


def told(text: str, checker: Checker = NEWEST) -> list[tuple[str, str, str]]:
    """The path, the words and the rule of each finding in one manifest."""
    return [
        (str(found.finding().path).partition(": ")[2], found.problem.message, found.rule.id)
        for found in checker.check(manifests.load(text))
    ]


BROKEN = [
    (DEPLOYMENT, "replicas: 2", 'replicas: "2"', "spec.replicas", 'has to be a whole number (found the text "2")'),
    (DEPLOYMENT, "replicas: 2", "replicas: -1", "spec.replicas", "-1 is less than 0"),
    (DEPLOYMENT, "replicas: 2", "replica: 2", "spec.replica", "is not a known key"),
    (DEPLOYMENT, "name: web, image", "image", "spec.template.spec.containers[0]", "name is missing"),
    (
        DEPLOYMENT,
        "containerPort: 80",
        "containerPort: 80000",
        "containers[0].ports[0].containerPort",
        "more than 65535",
    ),
    (DEPLOYMENT, "1Gi", "1 Gi", "containers[0].resources.limits.memory", '"1 Gi" does not have the right form'),
    (DEPLOYMENT, "metadata: {name", "metadata: {nam: x, name", "metadata.nam", "is not a known key"),
    (DEPLOYMENT, "labels: {app: web}}\nspec", "labels: {app: 3}}\nspec", "metadata.labels.app", "text (found 3)"),
    (DEPLOYMENT, "kind: Deployment", "kind: Deploymnt", "kind", "has no kind Deploymnt in apps/v1"),
    (DEPLOYMENT, "apps/v1", "extensions/v1beta1", "apiVersion", "gone since Kubernetes 1.16"),
    (DEPLOYMENT, "apps/v1", "apps/v2", "apiVersion", "has no Deployment in apps/v2"),
    (SERVICE, "port: 80", "port: 0", "spec.ports[0].port", "0 is less than 1"),
    (SERVICE, "port: 80", "prt: 80", "spec.ports[0]", "port is missing"),
    (SERVICE, "selector: {app: web}", "selector: [app]", "spec.selector", "has to be a mapping (found a list)"),
    (SERVICE, "type: ClusterIP", "type: ClusterIp", "spec.type", '"ClusterIp" is not one of "ClusterIP"'),
    (
        DEPLOYMENT,
        "terminationG",
        "tolerations: [{operator: In}], terminationG",
        "tolerations[0].operator",
        '"In" is not',
    ),
    (CLUSTER, "containers:", "tolerations: [{operator: In}], containers:", "tolerations[0].operator", '"In" is not'),
    (CLUSTER, "groupName", "groupname", "spec.workerGroupSpecs[0]", "groupName is missing"),
    (CLUSTER, "version: v2", "version: v3", "spec.autoscalerOptions.version", '"v3" is not one of "v1", "v2"'),
    (CLUSTER, "minReplicas: 1", "minReplicas: 1.5", "workerGroupSpecs[0].minReplicas", "a whole number (found 1.5)"),
    (CLUSTER, "minReplicas: 1", "minReplicas: 3000000000", "workerGroupSpecs[0].minReplicas", "more than 2147483647"),
    (CLUSTER, "rayVersion", "rayVersio", "spec.rayVersio", "is not a known key"),
    (CLUSTER, "metadata: {", "metadata: {nam: x, ", "metadata.nam", "is not a known key"),
    (CLUSTER, "image: 'nginx:1'", "image: x, imagePullPolicy: no", "[0].imagePullPolicy", "text (found false)"),
    (CLUSTER, "limits: {cpu: 1", "limits: {cpu: two", "[0].resources.limits.cpu", '"two" does not have the right form'),
]


@pytest.mark.parametrize(("text", "old", "new", "path", "words"), BROKEN)
def test_what_is_broken_is_told_at_its_place(text: str, old: str, new: str, path: str, words: str) -> None:
    assert told(text) == []
    found = told(text.replace(old, new, 1))
    assert any(where.endswith(path) and words in message for where, message, _ in found), found


def test_a_misspelt_key_comes_with_the_right_one() -> None:
    (found,) = NEWEST.check([one(DEPLOYMENT.replace("terminationGracePeriodSeconds", "terminationGracePeriodSecond"))])
    assert found.problem.remedy == "did you mean terminationGracePeriodSeconds?"


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {a: 4711}}", "4711"),
        ("{apiVersion: v1, kind: Secret, metadata: {name: s}, data: {a: '!top secret!'}}", "top secret"),
        ("{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {a: {b: hunter2}}}", "hunter2"),
        (DEPLOYMENT.replace("image:", "args: --password=hunter2, image:"), "hunter2"),
        (DEPLOYMENT.replace("image:", "env: [{name: DB_PASSWORD, value: 4711}], image:"), "4711"),
        (CLUSTER.replace("image:", "env: [{name: DB_PASSWORD, value: 4711}], image:"), "4711"),
    ],
)
def test_what_may_be_a_secret_is_not_shown(text: str, hidden: str) -> None:
    found = NEWEST.check([one(text)])
    assert found
    assert hidden not in "".join(str(each.finding()) for each in found)


def test_each_version_has_its_own_schema() -> None:
    gate = (
        "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: a, image: b}], hostUsers: false}}"
    )
    old = checker_for(Options("1.31"))
    assert str(old.schemas.kubernetes) == "1.31"
    assert told(gate, old) == []
    level = gate.replace("hostUsers: false", "resources: {limits: {cpu: 1}}")
    assert [path for path, _, _ in told(level, old)] == ["spec.resources"]
    assert told(level) == []


@pytest.mark.parametrize(
    ("version", "expected"),
    [("1.28", set()), ("1.29", {"api-deprecated"}), ("1.31", {"api-deprecated"}), ("1.32", {"api-removed"})],
)
def test_apis_go_by_the_version(version: str, expected: set[str]) -> None:
    text = "{apiVersion: flowcontrol.apiserver.k8s.io/v1beta3, kind: FlowSchema, metadata: {name: f}, "
    text += "spec: {priorityLevelConfiguration: {name: exempt}}}"
    assert {rule for _, _, rule in told(text, checker_for(Options(version)))} == expected


@pytest.mark.parametrize(
    "api_version", ["networking.internal.knative.dev/v1", "networking.istio.io/v1", "apps.example.com/v1"]
)
@pytest.mark.parametrize("kind", ["Ingress", "Deployment"])
def test_a_group_of_others_is_never_taken_for_kubernetes_own(api_version: str, kind: str) -> None:
    manifest = one(f"{{apiVersion: {api_version}, kind: {kind}, metadata: {{name: x}}, spec: {{anything: 1}}}}")
    assert not NEWEST.is_known(manifest)
    assert NEWEST.check([manifest]) == []


def test_selectors_of_others_may_hold_patterns() -> None:
    text = "{apiVersion: kyverno.io/v1, kind: Policy, metadata: {name: x}, spec: {matchLabels: {'app?': '*'}}}"
    assert told(text) == []


def test_events_of_both_groups_have_their_own_schema() -> None:
    known = NEWEST.schemas.kubernetes
    core, events = known.schema("", "v1", "Event"), known.schema("events.k8s.io", "v1", "Event")
    assert core is not None
    assert events is not None
    assert "involvedObject" in core["properties"]
    assert "regarding" in events["properties"]


def test_every_kind_of_every_version_has_a_schema_that_works() -> None:
    known = kubernetes.kubernetes()
    for kind, versions in known.kinds.items():
        for api_version in versions:
            group, _, version = api_version.rpartition("/")
            assert known.schema(group, version, kind) is not None, (kind, api_version)


@pytest.mark.parametrize("wanted", ["1.9", "2.0", "newest", ""])
def test_a_version_that_is_not_there_is_refused_with_those_that_are(wanted: str) -> None:
    with pytest.raises(RaychartError, match=r"use one of .*1\.31"):
        kubernetes.kubernetes(wanted)


def test_every_word_that_is_listed_is_of_a_field_that_there_is() -> None:
    known = kubernetes.kubernetes()
    for name, field in LISTED:
        group, _, kind = name.partition("/")
        about = known.schema(group, "v1", kind) if kind else known._definitions[name]
        assert about is not None, name
        assert field in about["properties"], (name, field)


def test_without_the_schemas_it_is_said_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kubernetes, "find_spec", lambda _: None)
    kubernetes.kubernetes.cache_clear()
    with pytest.raises(RaychartError, match=r"pip install 'raychart\[validate\]'"):
        kubernetes.kubernetes("1.30")


def paths_in(value: Any, path: ValuesPath = ()) -> Iterator[ValuesPath]:
    """Every path in a manifest whose key a schema names: not those of maps with free keys."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield (*path, step)
        if step not in {"labels", "matchLabels", "limits", "selector", "rayStartParams"}:
            yield from paths_in(inner, (*path, step))


OBJECTS = [one(text) for text in (DEPLOYMENT, SERVICE, CLUSTER)]
PLACES = [(index, path) for index, each in enumerate(OBJECTS) for path in paths_in(each.body, ())]


def changed(index: int, path: ValuesPath, change: str) -> Manifest:
    body = copy.deepcopy(OBJECTS[index].body)
    holder = body
    for step in path[:-1]:
        holder = holder[step]  # type: ignore[index]
    value = holder[path[-1]]  # type: ignore[index]
    if change == "misspell" and isinstance(holder, dict):
        holder[f"{path[-1]}Z"] = holder.pop(str(path[-1]))
    else:
        holder[path[-1]] = [value] if not isinstance(value, list) else {"a": 1}  # type: ignore[index]
    return Manifest(*OBJECTS[index].identity[:1], OBJECTS[index].version, *OBJECTS[index].identity[1:], body)


@given(place=st.sampled_from(PLACES), change=st.sampled_from(["misspell", "wrong type"]))
@settings(max_examples=300)
def test_no_mutation_of_a_valid_object_passes(place: tuple[int, ValuesPath], change: str) -> None:
    index, path = place
    if path in {("apiVersion",), ("kind",), ("metadata",), ("metadata", "name")}:
        return
    found = NEWEST.check([changed(index, path, change)])
    assert found, (path, change)
    told_at = [each.problem.path for each in found]
    assert any(at[: len(path) - 1] == path[:-1] or path[: len(at)] == at for at in told_at), told_at


# Keys behind which rules look.
WORDS = [
    "spec", "template", "metadata", "labels", "containers", "env", "name", "value", "volumeMounts", "ports",
    "headGroupSpec", "workerGroupSpecs", "rayClusterSpec", "rayClusterConfig", "jobTemplate", "deletionStrategy",
    "deletionRules", "condition", "autoscalerOptions", "authOptions", "gcsFaultToleranceOptions", "networkPolicy",
    "workerGroups", "historyServerOptions", "collectorOptions", "selector", "matchExpressions",
]  # fmt: skip


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4),
        max_leaves=30,
    )
)
@settings(max_examples=200)
def test_nothing_that_is_in_an_object_ends_the_run(data: Any) -> None:
    for kind in ("Deployment", "RayCluster", "RayJob", "RayService", "RayCronJob", "Secret", "CronJob", "Unknown"):
        group = "ray.io" if kind.startswith("Ray") else {"Deployment": "apps", "CronJob": "batch"}.get(kind, "")
        body = {"apiVersion": f"{group}/v1".lstrip("/"), "kind": kind, "metadata": {"name": "x"}, "spec": data}
        for found in NEWEST.check([manifest_of(body, "x")]):
            assert "could not be applied" not in found.problem.message
            assert found.rule.id in BY_ID


@pytest.fixture
def with_crd(tmp_path: Path) -> Checker:
    crd = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "spec": {
            "group": "example.com",
            "names": {"kind": "Shelf"},
            "versions": [
                {"name": "v1", "served": True, "schema": {"openAPIV3Schema": SHELF}},
                {"name": "v2", "served": True, "schema": {"openAPIV3Schema": {"type": "object"}}},
                {"name": "v0", "served": False, "schema": {"openAPIV3Schema": SHELF}},
            ],
        },
    }
    (tmp_path / "crds").mkdir()
    (tmp_path / "crds" / "shelf.yaml").write_text(yaml.safe_dump(crd))
    return checker_for(Options(crds=(tmp_path / "crds",)))


SHELF = yaml.safe_load("""
type: object
required: [spec]
properties:
  spec:
    type: object
    required: [size, kind, size]
    properties:
      size: {x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]}
      kind: {type: string, enum: [wood, steel], default: wood}
      pod: {type: object, x-kubernetes-embedded-resource: true, properties: {spec: {type: object}}}
      free: {type: object, properties: {a: {type: string}}, x-kubernetes-preserve-unknown-fields: true}
      tags: {type: array, items: {type: string}, x-kubernetes-list-type: set}
      note: {type: string, nullable: true}
      grain: {type: string, nullable: true, enum: [fine]}
      paint: {type: string, enum: [red]}
      depth: {type: integer, minimum: 1, exclusiveMinimum: true, maximum: 5, exclusiveMaximum: false}
      label: {type: string, pattern: '^(?i)[[:alpha:]]+$'}
      built: {type: string, format: date-time}
      image: {type: string, format: byte}
      reach: {type: string, anyOf: [{format: ipv4}, {format: ipv6}]}
      at:
        type: array
        items:
          type: object
          required: [value]
          properties: {type: {type: string, default: Address}, value: {type: string}}
          oneOf:
            - properties: {type: {enum: [Address]}, value: {format: ipv4}}
            - properties: {type: {not: {enum: [Address]}}}
      sides: {type: object, additionalProperties: {type: integer}}
      place: {type: object, properties: {x: {}, z: {}}, oneOf: [{required: [x]}, {required: [z]}]}
      books:
        type: array
        x-kubernetes-list-type: map
        x-kubernetes-list-map-keys: [id]
        items: {type: object, required: [id], properties: {id: {type: integer}}}
      doors:
        type: array
        x-kubernetes-list-type: map
        x-kubernetes-list-map-keys: [id, side]
        items: {type: object, required: [id], properties: {id: {type: integer}, side: {type: string, default: left}}}
""")


@pytest.mark.parametrize(
    ("spec", "path", "words"),
    [
        ("{size: 1, note: null, free: {a: x, b: 1}, pod: {apiVersion: v1, kind: Pod, metadata: {}}}", "", ""),
        ("{size: big}", "", ""),
        ("{size: 1.5}", "spec.size", "has to be a whole number or text (found 1.5)"),
        ("{}", "spec", "size is missing"),
        ("{size: 1, kind: glass}", "spec.kind", '"glass" is not one of "wood", "steel"'),
        ("{size: 1, sise: 2}", "spec.sise", "is not a known key"),
        ("{size: 1, pod: {spec: {}}}", "spec.pod", "apiVersion is missing"),
        ("{size: 1, free: {a: 1}}", "spec.free.a", "has to be text (found 1)"),
        ("{size: 1, tags: [a, a]}", "spec.tags", 'holds "a" twice'),
        ("{size: 1, books: [{id: 1}, {id: 1}]}", "spec.books[1]", "id 1 is there already"),
        ("{size: null}", "spec.size", "found nothing"),
        ("{size: 1, kind: null, tags: null, books: null, paint: null, place: null, sides: {a: null}}", "", ""),
        ("{size: 1, grain: null}", "spec.grain", 'has to be "fine"'),
        ("{size: 1, tags: [null]}", "spec.tags[0]", "found nothing"),
        ("{size: 1, books: [{id: null}]}", "spec.books[0].id", "found nothing"),
        ("{size: 1, at: [{value: 10.0.0.1}, {type: Host, value: a.b}]}", "", ""),
        ("{size: 1, at: [{value: a, type: Host}, {value: a}]}", "spec.at[1].value", "the right form"),
        ("{size: 1, at: [{type: Host}]}", "spec.at[0]", "value is missing"),
        ("{size: 1, depth: 1}", "spec.depth", "is not more than 1"),
        ("{size: 1, depth: 5}", "", ""),
        ("{size: 1, label: '1'}", "spec.label", "does not have the right form"),
        ("{size: 1, label: Ab}", "", ""),
        ("{size: 1, built: '2026-02-30T08:00:00Z'}", "spec.built", "does not have the right form"),
        ("{size: 1, reach: 10.0.0.1}", "", ""),
        ("{size: 1, reach: 'fd00::1'}", "", ""),
        ("{size: 1, reach: nowhere}", "spec.reach", "does not have the right form"),
        ("{size: 1, built: today}", "spec.built", "does not have the right form"),
        ("{size: 1, built: '2026-01-31T08:00:00+01:00', image: YQ==}", "", ""),
        ("{size: 1, image: '!'}", "spec.image", "does not have the right form"),
        ("{size: 1, place: {x: 1, z: 2}}", "spec.place", ""),
        ("{size: 1, doors: [{id: 1}, {id: 1, side: right}]}", "", ""),
        ("{size: 1, doors: [{id: 1}, {id: 1, side: left}]}", "spec.doors[1]", "id 1, side left is there already"),
    ],
)
def test_a_crd_is_applied_as_the_api_server_does(with_crd: Checker, spec: str, path: str, words: str) -> None:
    found = told(f"{{apiVersion: example.com/v1, kind: Shelf, metadata: {{name: a}}, spec: {spec}}}", with_crd)
    assert [where for where, _, _ in found if path][:1] == [path][: bool(path)], found
    assert all(rule == "crd-schema" for _, _, rule in found)
    assert bool(found) == bool(path)
    assert words in (found[0][1] if found else "")


def test_other_versions_of_a_crd_have_their_own_schema(with_crd: Checker) -> None:
    loose = "{apiVersion: example.com/v2, kind: Shelf, metadata: {name: a}, anything: {goes: 1}}"
    assert told(loose, with_crd) == []
    assert with_crd.is_known(one(loose))
    assert not with_crd.is_known(one(loose.replace("v2", "v0")))


OLD = """
apiVersion: apiextensions.k8s.io/v1beta1
kind: CustomResourceDefinition
spec:
  group: example.com
  version: v1
  names: {kind: Shelf}
  validation: {openAPIV3Schema: {properties: {spec: {properties: {size: {type: integer}}}}}}
"""


def test_an_old_crd_has_one_version_and_keeps_what_it_does_not_know(tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_text(OLD)
    checker = checker_for(Options(crds=(tmp_path,)))
    shelf = "{apiVersion: example.com/v1, kind: Shelf, metadata: {name: a}, spec: {size: %s, other: 1}}"
    assert told(shelf % 1, checker) == []
    assert [path for path, *_ in told(shelf % "a", checker)] == ["spec.size"]


def test_crds_may_be_json_and_in_lists(tmp_path: Path) -> None:
    crd = yaml.safe_load(OLD)
    (tmp_path / "all.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [crd]}))
    checker = checker_for(Options(crds=(tmp_path,)))
    assert checker.is_known(one("{apiVersion: example.com/v1, kind: Shelf, metadata: {name: a}}"))


def test_a_template_of_a_crd_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "crd.yaml").write_text("{{ if .Values.crds }}\nkind: CustomResourceDefinition\n{{ end }}\n")
    with pytest.raises(RaychartError, match="this is a template: name what `helm template"):
        checker_for(Options(crds=(tmp_path,)))


def test_a_folder_without_crds_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SERVICE)
    with pytest.raises(RaychartError, match="has no CustomResourceDefinition"):
        checker_for(Options(crds=(tmp_path,)))


def test_only_the_version_that_is_asked_for_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []
    original = kubernetes._read

    def reading(path: Path) -> Any:
        read.append(path)
        return original(path)

    monkeypatch.setattr(kubernetes, "_read", reading)
    known = kubernetes.kubernetes("1.31")
    Kubernetes(known.version, known._folder).schema("apps", "v1", "Deployment")
    assert {path.name for path in read} == {"deployment-apps-v1.json", "_definitions.json"}
