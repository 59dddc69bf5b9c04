"""What Kubernetes' validation code refuses beyond its schemas: each row was refused, or taken, by a server of 1.34."""

# ruff: noqa: E501 (a row is a line)

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from raychart import manifests
from raychart.validate.check import Options, checker_for
from raychart.validate.definitions.tables import CHECKS
from raychart.validate.kubernetes import GROUPS, kubernetes

if TYPE_CHECKING:
    from collections.abc import Iterator

NEWEST = checker_for(Options())
POD = "{containers: [{name: a, image: b, ports: [{containerPort: 80}]}]}"
TEMPLATE = f"{{metadata: {{labels: {{app: web}}}}, spec: {POD}}}"
SELECTOR = "selector: {matchLabels: {app: web}}"
CLUSTER = f"headGroupSpec: {{rayStartParams: {{}}, template: {{spec: {POD}}}}}"
RULES = '[{apiGroups: [""], resources: [pods], verbs: [get]}]'
BASES = {
    "Pod": f"apiVersion: v1\nspec: {POD}",
    "Deployment": f"apiVersion: apps/v1\nspec: {{{SELECTOR}, template: {TEMPLATE}}}",
    "DaemonSet": f"apiVersion: apps/v1\nspec: {{{SELECTOR}, template: {TEMPLATE}}}",
    "StatefulSet": f"apiVersion: apps/v1\nspec: {{{SELECTOR}, serviceName: a, template: {TEMPLATE}}}",
    "Job": f"apiVersion: batch/v1\nspec: {{template: {{spec: {POD[:-1]}, restartPolicy: Never}}}}}}",
    "CronJob": "apiVersion: batch/v1\nspec: {schedule: '5 * * * *', jobTemplate: "
    f"{{spec: {{template: {{spec: {POD[:-1]}, restartPolicy: Never}}}}}}}}}}",
    "Service": "apiVersion: v1\nspec: {ports: [{port: 80}]}",
    "Ingress": "apiVersion: networking.k8s.io/v1\nspec: {rules: [{host: a.b, http: {paths: "
    "[{path: /, pathType: Prefix, backend: {service: {name: a, port: {number: 80}}}}]}}]}",
    "NetworkPolicy": "apiVersion: networking.k8s.io/v1\nspec: {podSelector: {}, ingress: [{from: [{podSelector: {}}], "
    "ports: [{port: 80}]}]}",
    "Role": f"apiVersion: rbac.authorization.k8s.io/v1\nrules: {RULES}",
    "ClusterRole": f"apiVersion: rbac.authorization.k8s.io/v1\nrules: {RULES}",
    "RoleBinding": "apiVersion: rbac.authorization.k8s.io/v1\nroleRef: {kind: Role, name: a}\n"
    "subjects: [{kind: ServiceAccount, name: a}]",
    "ClusterRoleBinding": "apiVersion: rbac.authorization.k8s.io/v1\nroleRef: {kind: ClusterRole, name: a}\n"
    "subjects: [{kind: ServiceAccount, name: a, namespace: b}]",
    "Namespace": "apiVersion: v1",
    "ConfigMap": "apiVersion: v1\ndata: {a: b}",
    "Secret": "apiVersion: v1\nstringData: {a: b}",
    "PersistentVolumeClaim": "apiVersion: v1\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1}}}",
    "StorageClass": "apiVersion: storage.k8s.io/v1\nprovisioner: a.b/c",
    "PriorityClass": "apiVersion: scheduling.k8s.io/v1",
    "PodDisruptionBudget": "apiVersion: policy/v1\nspec: {maxUnavailable: 1}",
    "HorizontalPodAutoscaler": "apiVersion: autoscaling/v2\nspec: {scaleTargetRef: {kind: A, name: b}, maxReplicas: 3, "
    "metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 5}}}]}",
    "ResourceQuota": "apiVersion: v1\nspec: {hard: {cpu: 1}}",
    "LimitRange": "apiVersion: v1\nspec: {limits: [{type: Container, max: {cpu: 1}}]}",
    "Lease": "apiVersion: coordination.k8s.io/v1\nspec: {}",
    "ValidatingWebhookConfiguration": "apiVersion: admissionregistration.k8s.io/v1\nwebhooks: [{name: a.b.c, "
    "sideEffects: None, admissionReviewVersions: [v1], clientConfig: {url: 'https://a'}}]",
    "CustomResourceDefinition": "apiVersion: apiextensions.k8s.io/v1\nspec: {group: b.c, scope: Namespaced, "
    "names: {plural: a, kind: A}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: "
    "{type: object, properties: {matchLabels: {type: object, properties: {'a b': {type: string}}}}}}}]}",
    "RayCluster": f"apiVersion: ray.io/v1\nspec: {{{CLUSTER}}}",
}  # fmt: skip
NAMES = {"CustomResourceDefinition": "a.b.c"}

# kind, where something is put and what, and where a finding is, with words of it.
REFUSED = [
    ("Pod", "spec: null", "", "spec is missing"),
    ("Pod", "spec.containers: []", "spec.containers", "must not be empty"),
    ("Pod", "spec.containers.0.image: ' a'", "spec.containers[0].image", "is not a word"),
    ("Pod", "spec.containers.0.volumeMounts: [null]", "spec.containers[0].volumeMounts[0]", "name, mountPath is missing"),
    ("Pod", "spec.containers.0.livenessProbe: {}", "livenessProbe", "one of exec, httpGet, tcpSocket, grpc"),
    ("Pod", "spec.containers.0.livenessProbe: {exec: {command: [a]}, grpc: {port: 1}}", "livenessProbe.grpc", "does not go"),
    ("Pod", "spec.containers.0.livenessProbe: {httpGet: {port: 70000}}", "livenessProbe.httpGet.port", "more than 65535"),
    ("Pod", "spec.containers.0.livenessProbe: {httpGet: {port: '80'}}", "livenessProbe.httpGet.port", "the name of a port"),
    ("Pod", "spec.containers.0.livenessProbe: {exec: {command: [a]}, successThreshold: 2}", "successThreshold", "not 1"),
    ("Pod", "spec.containers.0.readinessProbe: {exec: {}}", "readinessProbe.exec", "command is missing"),
    ("Pod", "spec.containers.0.lifecycle: {preStop: {}}", "lifecycle.preStop", "one of exec"),
    ("Pod", "spec.containers.0.env: [{name: A, valueFrom: {}}]", "env[0].valueFrom", "one of fieldRef"),
    ("Pod", "spec.containers.0.env: [{name: A, value: b, valueFrom: {secretKeyRef: {name: a, key: b}}}]", "valueFrom", "value"),
    ("Pod", "spec.containers.0.env: [{name: A, valueFrom: {fieldRef: {fieldPath: spec.x}}}]", "fieldPath", "nothing that"),
    ("Pod", "spec.containers.0.env: [{name: A, valueFrom: {secretKeyRef: {key: b}}}]", "secretKeyRef", "name is missing"),
    ("Pod", "spec.containers.0.envFrom: [{prefix: A_}]", "envFrom[0]", "one of configMapRef, secretRef"),
    ("Pod", "spec.containers.0.securityContext: {privileged: true, allowPrivilegeEscalation: false}", "Escalation", "privileged"),
    ("Pod", "spec.containers.0.securityContext: {seccompProfile: {type: Localhost}}", "seccompProfile", "localhostProfile"),
    ("Pod", "spec.containers.0.resources: {requests: {nvidia.com/gpu: 1}}", "nvidia.com/gpu", "is not the limit"),
    ("Pod", "spec.containers.0.resources: {limits: {nvidia.com/gpu: 0.5}}", "nvidia.com/gpu", "not a whole number"),
    ("Pod", "spec.containers.0.resources: {limits: {gpu: 1}}", "limits.gpu", "not a resource of containers"),
    ("Pod", "spec.initContainers: [{name: i, image: b, livenessProbe: {exec: {command: [a]}}}]", "livenessProbe", "initialises"),
    ("Pod", "spec.volumes: [{name: v, emptyDir: {}, configMap: {name: a}}]", "volumes[0].emptyDir", "does not go with"),
    ("Pod", "spec.volumes: [{name: v, configMap: {}}]", "volumes[0].configMap", "name is missing"),
    ("Pod", "spec.volumes: [{name: v, hostPath: {path: /a, type: Dir}}]", "hostPath.type", "is not one of"),
    ("Pod", "spec.volumes: [{name: v, secret: {secretName: a, items: [{key: a, path: ../b}]}}]", "items[0].path", "below"),
    ("Pod", "spec.tolerations: [{}]", "tolerations[0]", "key is missing"),
    ("Pod", "spec.tolerations: [{key: a, operator: Exists, value: b}]", "tolerations[0].value", "Exists"),
    ("Pod", "spec.affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: In}]}]}}}", "matchExpressions[0]", "values is missing"),
    ("Pod", "spec.dnsPolicy: None", "spec", "dnsConfig.nameservers is missing"),
    ("Pod", "spec.hostname: a.b", "spec.hostname", "is not a DNS label"),
    ("Deployment", "spec.template.spec: null", "spec.template", "spec is missing"),
    ("Ingress", "spec.rules.0.http.paths.0.backend: null", "paths[0].backend", "is empty"),
    ("RoleBinding", "roleRef: null", "roleRef", "is empty"),
    ("Deployment", "spec.selector: {}", "spec.selector", "selects nothing"),
    ("Deployment", "spec.strategy: {type: Recreate, rollingUpdate: {}}", "strategy.rollingUpdate", "type RollingUpdate"),
    ("Deployment", "spec.strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 0%}}", "rollingUpdate", "both 0"),
    ("Deployment", "spec.strategy: {rollingUpdate: {maxUnavailable: 150%}}", "maxUnavailable", "more than 100%"),
    ("Deployment", "spec.strategy: {rollingUpdate: {maxSurge: '1'}}", "maxSurge", "no percentage"),
    ("Deployment", "spec.progressDeadlineSeconds: 0", "spec.minReadySeconds", "not less than progressDeadlineSeconds"),
    ("DaemonSet", "spec.updateStrategy: {rollingUpdate: {maxSurge: 1}}", "maxSurge", "maxUnavailable: 0"),
    ("StatefulSet", "spec.volumeClaimTemplates: [{spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1}}}}]",
     "volumeClaimTemplates[0]", "metadata.name is missing"),
    ("StatefulSet", "spec.volumeClaimTemplates: [{metadata: {name: a}, spec: {resources: {requests: {storage: 1}}}}]", "[0].spec", "accessModes is missing"),
    ("Job", "spec.completionMode: Indexed", "spec", "completions is missing"),
    ("Job", "spec.backoffLimitPerIndex: 1", "backoffLimitPerIndex", "completionMode Indexed"),
    ("Job", "spec.selector: {matchLabels: {a: b}}", "spec.selector", "made by Kubernetes"),
    ("Job", "spec.podFailurePolicy: {rules: [{action: Ignore}]}", "rules[0]", "one of onExitCodes"),
    ("CronJob", "spec.schedule: '60 * * * *'", "spec.schedule", "is no minute"),
    ("CronJob", "spec.schedule: '* * * *'", "spec.schedule", "4 fields"),
    ("CronJob", "spec.timeZone: Europe/Foo", "spec.timeZone", "time zone"),
    ("Service", "spec.ports: []", "spec", "ports is missing"),
    ("Service", "spec.ports: [{port: 80, name: a}, {port: 80, name: b}]", "ports[1]", "is there already"),
    ("Service", "spec.ports: [{port: 80}, {port: 81, name: b}]", "ports[0]", "name is missing"),
    ("Service", "spec.ports.0.nodePort: 30000", "ports[0].nodePort", "NodePort or LoadBalancer"),
    ("Service", "spec.type: ExternalName", "spec", "externalName is missing"),
    ("Service", "spec.clusterIP: none", "spec.clusterIP", "not an IP address"),
    ("Service", "spec.externalTrafficPolicy: Local", "externalTrafficPolicy", "LoadBalancer or NodePort"),
    ("Service", "spec.selector: {a: b c}", "spec.selector.a", "value of a label"),
    ("Ingress", "spec: {}", "spec", "neither rules nor a defaultBackend"),
    ("Ingress", "spec.rules.0.host: 'a.b:80'", "rules[0].host", "name of a host"),
    ("Ingress", "spec.rules.0.http.paths.0.path: a", "paths[0].path", "begin with /"),
    ("Ingress", "spec.rules.0.http.paths.0.path: /a//b", "paths[0].path", "in it"),
    ("Ingress", "spec.rules.0.http.paths.0.backend: {}", "paths[0].backend", "one of service, resource"),
    ("Ingress", "spec.rules.0.http.paths.0.backend.service.port: {}", "backend.service", "port.number or port.name"),
    ("NetworkPolicy", "spec.ingress.0.from: [{}]", "from[0]", "names nobody"),
    ("NetworkPolicy", "spec.ingress.0.from: [{ipBlock: {cidr: 10.0.0.0}}]", "ipBlock.cidr", "range of addresses"),
    ("NetworkPolicy", "spec.ingress.0.from: [{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/16]}}]", "except[0]", "not a part"),
    ("NetworkPolicy", "spec.ingress.0.ports.0.endPort: 70", "endPort", "less than port"),
    ("Role", "rules.0.apiGroups: []", "rules[0]", "apiGroups is missing"),
    ("Role", "rules.0.verbs: []", "rules[0].verbs", "must not be empty"),
    ("Role", "rules: [{nonResourceURLs: [/a], verbs: [get]}]", "nonResourceURLs", "a Role has no part"),
    ("RoleBinding", "roleRef.kind: Foo", "roleRef.kind", "no kind of role"),
    ("RoleBinding", "subjects.0.apiGroup: rbac.authorization.k8s.io", "subjects[0].apiGroup", "core group"),
    ("ClusterRoleBinding", "subjects.0.namespace: null", "subjects[0]", "namespace is missing"),
    ("Namespace", "metadata.labels: {pod-security.kubernetes.io/enforce: foo}", "pod-security", "is not one of"),
    ("ConfigMap", "data: {a/b: c}", "data.a/b", "the key of a ConfigMap"),
    ("Secret", "type: kubernetes.io/tls\nstringData: {tls.crt: a}", "", "tls.key is missing"),
    ("Secret", "type: kubernetes.io/dockerconfigjson\nstringData: {.dockerconfigjson: '{'}", "dockerconfigjson", "not JSON"),
    ("PersistentVolumeClaim", "spec.resources: {}", "spec", "resources.requests.storage is missing"),
    ("PersistentVolumeClaim", "spec.resources.requests.storage: 0", "storage", "not more than 0"),
    ("StorageClass", "reclaimPolicy: Recycle", "reclaimPolicy", "is not one of"),
    ("PriorityClass", "value: 2000000000", "value", "is more than 1000000000"),
    ("PodDisruptionBudget", "spec.minAvailable: 1", "spec.maxUnavailable", "does not go with minAvailable"),
    ("HorizontalPodAutoscaler", "spec.minReplicas: 5", "spec.maxReplicas", "less than minReplicas"),
    ("HorizontalPodAutoscaler", "spec.minReplicas: 0", "spec.minReplicas", "Object or External"),
    ("HorizontalPodAutoscaler", "spec.metrics.0.type: Pods", "metrics[0]", "pods is missing"),
    ("ResourceQuota", "spec.scopes: [Foo]", "spec.scopes[0]", "is not one of"),
    ("LimitRange", "spec.limits.0.default: {cpu: 2}", "default.cpu", "more than max"),
    ("Lease", "spec.leaseDurationSeconds: 0", "leaseDurationSeconds", "less than 1"),
    ("ValidatingWebhookConfiguration", "webhooks.0.name: a", "webhooks[0].name", "three parts"),
    ("ValidatingWebhookConfiguration", "webhooks.0.clientConfig: {}", "clientConfig", "one of url, service"),
    ("CustomResourceDefinition", "spec.versions.0.schema.openAPIV3Schema.properties.a: {type: int}", "a.type", "is not one of"),
    ("RayCluster", "spec.headGroupSpec.template.spec.containers.0.livenessProbe: {}", "livenessProbe", "one of exec"),
    ("RayCluster", "kind: RayCluste", "kind", "KubeRay has no kind RayCluste"),
    ("RayCluster", "apiVersion: ray.io/v2", "apiVersion", "KubeRay has no RayCluster in ray.io/v2"),
]  # fmt: skip
TAKEN = [
    ("Pod", "spec.terminationGracePeriodSeconds: -1"),
    ("Pod", "spec.volumes: [{name: a}]"),
    ("Pod", "spec.volumes: [{name: a, emptyDir: {}, configMap: null}]"),
    ("Pod", "spec.tolerations: [{operator: Exists}]"),
    ("Pod", "spec.tolerations: [{key: a, operator: Exists, tolerationSeconds: 5}]"),
    ("Pod", "spec.containers.0.livenessProbe: {tcpSocket: {port: http}}"),
    ("Pod", "spec.containers.0.env: [{name: A, value: '', valueFrom: {fieldRef: {fieldPath: \"metadata.labels['a']\"}}}]"),
    ("Pod", "spec.containers.0.resources: {limits: {nvidia.com/gpu: 1}, requests: {nvidia.com/gpu: '1'}}"),
    ("Pod", "spec.containers.0.resources: {limits: {nvidia.com/gpu: 1, hugepages-2Mi: 2Mi, cpu: 1}}"),
    ("Pod", "spec.initContainers: [{name: i, image: b, restartPolicy: Always, livenessProbe: {exec: {command: [a]}}}]"),
    ("Pod", "spec.securityContext: {sysctls: [{name: net.core.somaxconn}]}"),
    ("Deployment", "spec.strategy: {type: Recreate, rollingUpdate: null}"),
    ("Deployment", "spec.strategy: {rollingUpdate: {maxSurge: 150%, maxUnavailable: 0}}"),
    ("DaemonSet", "spec.updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}"),
    ("DaemonSet", "spec.updateStrategy: {rollingUpdate: {maxSurge: null, maxUnavailable: 1}}"),
    ("CronJob", "spec.schedule: '@every 5m'"),
    ("CronJob", "spec.schedule: '0 0 31 2 *'"),
    ("Service", "spec: {clusterIP: None}"),
    ("Service", "spec: {type: ExternalName, externalName: a.b}"),
    ("Service", "spec.ports.0.targetPort: 0"),
    ("Service", "spec: {type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.1/8], ports: [{port: 80, nodePort: 30080}]}"),
    ("Ingress", "spec.rules.0.host: '*.example.com'"),
    ("Ingress", "spec.rules.0.host: ''"),
    ("Ingress", "spec.rules.0.http.paths.0: {pathType: ImplementationSpecific, backend: {resource: {kind: A, name: b}}}"),
    ("NetworkPolicy", "spec.ingress.0: {from: [], ports: [{}]}"),
    ("NetworkPolicy", "spec.podSelector: null"),
    ("ClusterRole", "rules: [{nonResourceURLs: [/metrics], verbs: [get]}]"),
    ("RoleBinding", "subjects: [{kind: User, name: 'system:foo'}]"),
    ("Secret", "type: foo"),
    ("PriorityClass", "description: a"),
    ("LimitRange", "spec: {}"),
    ("HorizontalPodAutoscaler", "spec.metrics: []"),
    ("CustomResourceDefinition", "spec.versions.0.schema.openAPIV3Schema.properties: {}"),
    ("RayCluster", "spec.workerGroupSpecs: null"),
    ("RayCluster", "spec.headGroupSpec.template.metadata: null"),
    ("RayCluster", "spec.headGroupSpec.template.spec.containers.0.env: [{name: A, value: null}]"),
    ("RayCluster", "spec.headGroupSpec.template.spec.containers.0.resources: {limits: {cpu: null}}"),
]  # fmt: skip


def found_in(kind: str, change: str) -> list[tuple[str, str]]:
    """The path and the message of what is found in an object of a kind after a change."""
    body: dict[str, Any] = {"kind": kind, "metadata": {"name": NAMES.get(kind, "a")}} | yaml.safe_load(BASES[kind])
    for where, value in yaml.safe_load(change).items():
        *steps, last = [int(step) if step.isdigit() else step for step in re.split(r"\.(?!dockerconfig)", where)]
        holder: Any = body
        for step in steps:
            holder = holder[step]
        holder[last] = value
    found = NEWEST.check(manifests.load(yaml.safe_dump(body)))
    return [
        (str(one.finding().path).partition(": ")[2], one.problem.message) for one in found if one.severity == "error"
    ]


@pytest.mark.parametrize("kind", BASES)
def test_each_kind_is_taken_as_it_is(kind: str) -> None:
    assert found_in(kind, "{}") == []


@pytest.mark.parametrize(("kind", "change", "path", "words"), REFUSED)
def test_what_a_server_refuses_is_told_at_its_place(kind: str, change: str, path: str, words: str) -> None:
    found = found_in(kind, change)
    assert any(path in where and words in message for where, message in found), found
    assert len(found) == 1, found


@pytest.mark.parametrize(("kind", "change"), TAKEN)
def test_what_a_server_takes_is_not_told(kind: str, change: str) -> None:
    assert found_in(kind, change) == []


ODD: list[Any] = [None, True, -1, 10**20, "", "x y", [], {}, [None], [[]], {"a": None}, [{"name": {}}]]


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in an object: what holds it, and the key or the index."""
    for step in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, step
        yield from places(value[step])


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize("kind", BASES)
def test_nothing_that_is_in_an_object_ends_a_check(kind: str, odd: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAYCHART_DEBUG", "1")
    body = {"kind": kind, "metadata": {"name": "a"}} | yaml.safe_load(BASES[kind])
    for holder, step in list(
        places({key: value for key, value in body.items() if key in ("spec", "rules", "webhooks")})
    ):
        before, holder[step] = holder[step], odd
        NEWEST.check([manifests.manifest_of(body, "x")])
        holder[step] = before


def test_every_check_is_of_something_that_there_is() -> None:
    known = kubernetes()
    kinds = {f"{version.rpartition('/')[0]}/{kind}" for kind, versions in known.kinds.items() for version in versions}
    for name in CHECKS:
        assert name in known._definitions or name in kinds, name
        assert name.startswith("io.k8s.") or name.partition("/")[0] in GROUPS, name
