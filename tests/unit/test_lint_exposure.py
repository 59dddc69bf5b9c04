"""Advice on credentials, ways in, privileges, and keys that say nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rule_tables import found_and_fine

from raychart.lint.secret_words import is_named_secret, is_random

if TYPE_CHECKING:
    from collections.abc import Callable

    from raychart.findings import Finding

    PlacesOf = Callable[..., list[str]]

MAIN = "clusters: {main: {%s, workerTypes: {w: {maxWorkers: 2, cpu: 4, memory: 16Gi}}}}"
TYPE = "clusters: {main: {workerTypes: {w: {maxWorkers: 2, cpu: 4, memory: 16Gi, %s}}}}"
PLAIN = TYPE % "gpu: 0"
PODS = "podDefaults: {%s}\n" + PLAIN
OPEN = "auth: {mode: disabled, reason: a workshop}"
OBJECT = "extraObjects: {o: {apiVersion: v1, kind: %s, metadata: {name: o}, %s}}\n" + PLAIN
M = "clusters.main."
W = M + "workerTypes.w."
# Made up; each has the form of the real thing.
KEY = "AKIA" + "ABCDEFGH12345678"
GITHUB = "ghp_" + "a1B2" * 9
ADDRESS = "postgres://ray:hunter22@db:5432/x"
RANDOM = "q8ZpL2vXw7Tn4RbY9cKdE3fGhJ6mN5sA1uWx"

SECRETS = [
    (PODS % "env: {DB_PASSWORD: hunter22}", "podDefaults.env.DB_PASSWORD"),
    (PODS % "env: {API_KEY: 12345678}", "podDefaults.env.API_KEY"),
    (PODS % "env: {TOKEN: {value: hunter22}}", "podDefaults.env.TOKEN.value"),
    (PODS % f"env: {{DATABASE: '{ADDRESS}'}}", "podDefaults.env.DATABASE"),
    (PODS % f"env: {{SETTING: {RANDOM}}}", "podDefaults.env.SETTING"),
    (TYPE % f"env: {{AWS_ID: {KEY}}}", W + "env.AWS_ID"),
    (TYPE % "container: {env: [{name: PGPASSWORD, value: hunter22}]}", W + "container.env[0].value"),
    (TYPE % "sidecars: {s: {image: 'x:1', args: [--password=hunter22]}}", W + "sidecars.s.args[0]"),
    (TYPE % "setupCommands: ['export WANDB_API_KEY=hunter22']", W + "setupCommands[0]"),
    (TYPE % f"setupCommands: ['git clone https://me:{GITHUB}@github.com/a/b']", W + "setupCommands[0]"),
    (TYPE % "annotations: {example.com/token: hunter22}", W + 'annotations."example.com/token"'),
    ("operator: {env: {CLIENT_SECRET: hunter22}}\n" + PLAIN, "operator.env.CLIENT_SECRET"),
    (
        "clusterDefaults: {autoscaling: {env: {AUTH_TOKEN: hunter22}}}\n" + PLAIN,
        "clusterDefaults.autoscaling.env.AUTH_TOKEN",
    ),
    (OBJECT % ("ConfigMap", f"data: {{app.ini: 'key = {KEY}'}}"), 'extraObjects.o.data."app.ini"'),
    (OBJECT % ("ConfigMap", 'data: {id: "-----BEGIN RSA PRIVATE KEY-----\\nMII"}'), "extraObjects.o.data.id"),
    (f"x-note: {GITHUB}\n" + PLAIN, "x-note"),
]

NO_SECRETS = [
    PODS % "env: {DB_PASSWORD: {valueFrom: {secretKeyRef: {name: db, key: password}}}}",
    PODS % "env: {DB_PASSWORD: '', PASSWORD_FILE: /run/secrets/x, TOKEN: /run/token, AUTH_TOKEN: $(OTHER)}",
    PODS % 'env: {MAX_TOKENS: "512", TOKENIZERS_PARALLELISM: "false", SECRET_NAME: db, RAY_AUTH_MODE: token}',
    PODS % "env: {COMMIT: 0123456789abcdef0123456789abcdef01234567, PATHS: /usr/local/Lib1/Python3/Site-Packages2/x}",
    PODS % "env: {IMAGE: 'registry.example.com/team/app@sha256:" + "a1" * 32 + "'}",
    PODS
    % "env: {PROXY: 'http://proxy.example:3128', DB: 'postgres://ray:$(PASSWORD)@db/x', MAIL: 'mailto:a@b.example'}",
    PODS % "envFrom: [{secretRef: {name: credentials}}], labels: {secret: none}",
    TYPE
    % "setupCommands: ['curl -H \"Authorization: Bearer $TOKEN\" https://x.example', 'export TOKEN=$(cat /run/t)']",
    TYPE % "volumes: {token: {mountPath: /run/t, secret: {secretName: token}}}",
    MAIN % "auth: {secretName: token}",
    MAIN % "faultTolerance: {enabled: true, passwordSecret: {name: redis, key: redis-password}}",
    OBJECT % ("ExternalSecret", "spec: {data: [{secretKey: password, remoteRef: {key: team/db}}]}"),
]

FOUND = [
    ("secret-object", OBJECT % ("Secret", "stringData: {password: hunter22}"), "extraObjects.o.stringData"),
    ("secret-object", OBJECT % ("Secret", "data: {password: aHVudGVyMjI=}"), "extraObjects.o.data"),
    ("auth-disabled", MAIN % OPEN, M + "auth.mode"),
    (
        "exposed-without-authentication",
        MAIN % f"{OPEN}, dashboard: {{exposeWithoutAuthentication: true}}, headService: {{type: NodePort}}",
        M + "headService.type",
    ),
    (
        "dashboard-without-tls",
        MAIN % "dashboard: {ingress: {enabled: true, host: a.example}}",
        M + "dashboard.ingress.enabled",
    ),
    (
        "dashboard-without-tls",
        MAIN % "dashboard: {httpRoute: {enabled: true, parentRefs: [{name: g}, {name: g, sectionName: http}]}}",
        M + "dashboard.httpRoute.parentRefs[1]",
    ),
    ("service-open", MAIN % "headService: {type: LoadBalancer}", M + "headService.type"),
    ("service-open", "clusterDefaults: {headService: {type: NodePort}}\n" + PLAIN, "clusterDefaults.headService.type"),
    (
        "service-open",
        MAIN % "headService: {type: LoadBalancer, loadBalancerSourceRanges: [0.0.0.0/0]}",
        M + "headService.loadBalancerSourceRanges",
    ),
    ("network-policy-off", "networkPolicy: {enabled: false}\n" + PLAIN, "networkPolicy.enabled"),
    (
        "peer-open",
        "networkPolicy: {peers: {p: {from: [{ipBlock: {cidr: 0.0.0.0/0}}]}}}\n" + PLAIN,
        "networkPolicy.peers.p.from[0]",
    ),
    (
        "peer-open",
        "networkPolicy: {peers: {p: {from: [{podSelector: {}}, {namespaceSelector: {}}]}}}\n" + PLAIN,
        "networkPolicy.peers.p.from[1]",
    ),
    (
        "external-redis-without-password",
        MAIN % "faultTolerance: {enabled: true, redisAddress: 'r:6379'}",
        M + "faultTolerance.redisAddress",
    ),
    (
        "exposure-permission-unused",
        MAIN % "dashboard: {exposeWithoutAuthentication: true}",
        M + "dashboard.exposeWithoutAuthentication",
    ),
    (
        "security-lowered",
        PODS % "podSecurityContext: {runAsNonRoot: false}",
        "podDefaults.podSecurityContext.runAsNonRoot",
    ),
    ("security-lowered", PODS % "securityContext: null", "podDefaults.securityContext"),
    (
        "security-lowered",
        TYPE % "container: {securityContext: {privileged: true}}",
        W + "container.securityContext.privileged",
    ),
    (
        "security-lowered",
        TYPE % "securityContext: {capabilities: {add: [SYS_PTRACE]}}",
        W + "securityContext.capabilities.add",
    ),
    (
        "security-lowered",
        TYPE % "sidecars: {s: {image: 'x:1', securityContext: {runAsUser: 0}}}",
        W + "sidecars.s.securityContext.runAsUser",
    ),
    ("security-lowered", TYPE % "pod: {hostNetwork: true}", W + "pod.hostNetwork"),
    ("host-path", TYPE % "volumes: {v: {mountPath: /v, hostPath: {path: /data}}}", W + "volumes.v.hostPath"),
    ("host-path", TYPE % "pod: {volumes: [{name: v, hostPath: {path: /data}}]}", W + "pod.volumes[0].hostPath"),
    (
        "root-writable",
        PODS % "securityContext: {readOnlyRootFilesystem: false}",
        "podDefaults.securityContext.readOnlyRootFilesystem",
    ),
    ("equals-default", MAIN % "head: {memory: 4Gi}", M + "head.memory"),
    ("equals-default", "operator: {replicas: 1}\n" + PLAIN, "operator.replicas"),
    ("equals-default", "podDefaults: {cpu: 2}\n" + TYPE.replace("cpu: 4", "cpu: 2") % "gpu: 0", W + "cpu"),
    ("equals-default", TYPE % "image: {repository: rayproject/ray, tag: 2.60.0-gpu}", W + "image.repository"),
    ("null-removes-nothing", TYPE % "sharedMemory: null", W + "sharedMemory"),
    ("null-removes-nothing", MAIN % "schedules: {old: null}", M + "schedules.old"),
    (
        "default-overruled",
        "podDefaults: {cpu: 2}\n" + MAIN % "head: {cpu: 1}",
        "podDefaults.cpu",
    ),
]

FINE = [
    ("secret-object", OBJECT % ("Secret", "type: Opaque")),
    ("secret-object", OBJECT % ("SealedSecret", "spec: {encryptedData: {password: AgB}}")),
    (
        "auth-disabled",
        MAIN % f"{OPEN}, dashboard: {{exposeWithoutAuthentication: true}}, headService: {{type: NodePort}}",
    ),
    ("exposed-without-authentication", MAIN % "headService: {type: NodePort}"),
    (
        "dashboard-without-tls",
        MAIN % "dashboard: {ingress: {enabled: true, annotations: {cert-manager.io/cluster-issuer: letsencrypt}}}",
    ),
    (
        "dashboard-without-tls",
        MAIN % "dashboard: {httpRoute: {enabled: true, parentRefs: [{name: g, sectionName: https}]}}",
    ),
    (
        "service-open",
        MAIN % "headService: {type: LoadBalancer, annotations: {cloud.example/load-balancer-type: Internal}}",
    ),
    ("network-policy-off", "networkPolicy: {enabled: false}\n"),
    (
        "peer-open",
        "networkPolicy: {peers: {p: {from: [{namespaceSelector: {}, podSelector: {matchLabels: {a: b}}}]}}}\n" + PLAIN,
    ),
    (
        "peer-open",
        "networkPolicy: {peers: {p: {namespace: apps}, q: {from: [{ipBlock: {cidr: 10.0.0.0/8}}]}}}\n" + PLAIN,
    ),
    ("dashboard-host-shared", MAIN % "dashboard: {ingress: {enabled: true, host: a.example, path: /ray}}"),
    ("external-redis-without-password", MAIN % "faultTolerance: {enabled: true, passwordSecret: {name: r}}"),
    (
        "exposure-permission-unused",
        MAIN % f"{OPEN}, dashboard: {{exposeWithoutAuthentication: true, ingress: {{enabled: true}}}}",
    ),
    ("security-lowered", PODS % "podSecurityContext: {runAsUser: 1001, fsGroup: 100}"),
    ("security-lowered", TYPE % "securityContext: {capabilities: {add: [NET_BIND_SERVICE]}}"),
    ("equals-default", MAIN % "head: {memory: 4096Mi}"),
    ("equals-default", TYPE % "minWorkers: 0"),
    ("equals-default", "clusterDefaults: {workerTypes: {w: {maxWorkers: 2}}}\n" + PLAIN),
    ("equals-default", "podDefaults: {memory: 4Gi}\n" + MAIN % "head: {memory: 8Gi}"),
    ("null-removes-nothing", MAIN % "head: {memory: null, resources: {limits: {memory: 4Gi}}}"),
    (
        "null-removes-nothing",
        "clusterDefaults: {schedules: {s: {start: '0 1 * * *', end: '0 2 * * *', minWorkers: {w: 1}}}}\n"
        + MAIN % "schedules: {s: null}",
    ),
    ("default-overruled", "podDefaults: {cpu: 2}\n" + PLAIN.replace("cpu: 4, ", "")),
]


@pytest.mark.parametrize(("text", "path"), SECRETS)
def test_a_credential_is_found_and_never_shown(
    text: str, path: str, places_of: PlacesOf, findings_in: Callable[..., list[Finding]]
) -> None:
    assert places_of("secret-in-values", text) == [path]
    told = "\n".join(str(one) for one in findings_in(text) if one.rule == "secret-in-values")
    assert [secret for secret in ("hunter22", "12345678", KEY, GITHUB, RANDOM, "MII") if secret in told] == []


@pytest.mark.parametrize("text", NO_SECRETS)
def test_what_names_or_resembles_a_credential_is_none(text: str, places_of: PlacesOf) -> None:
    assert places_of("secret-in-values", text) == []


test_it_is_found_where_it_was_set, test_it_is_not_found_where_all_is_well = found_and_fine(FOUND, FINE)


def test_a_later_file_that_repeats_an_earlier_one_is_told(places_of: PlacesOf) -> None:
    base = MAIN % "idleTimeoutMinutes: 7"
    assert places_of("layer-repeats", base, "clusters: {main: {idleTimeoutMinutes: 7}}") == [M + "idleTimeoutMinutes"]
    assert places_of("layer-repeats", base, "clusters: {main: {idleTimeoutMinutes: 8}}") == []


def test_what_a_later_file_sets_back_to_the_default_is_no_repetition_of_it(places_of: PlacesOf) -> None:
    base = MAIN % "head: {memory: 8Gi}"
    assert places_of("equals-default", base, "clusters: {main: {head: {memory: 4Gi}}}") == []


@pytest.mark.parametrize(
    "name", ["password", "dbPassword", "PGPASSWORD", "HF_TOKEN", "aws-secret-access-key", "api.key"]
)
def test_names_of_credentials(name: str) -> None:
    assert is_named_secret(name)


@pytest.mark.parametrize("name", ["PASSWORD_FILE", "MAX_TOKENS", "tokenizer", "secretName", "KEY", "monkey", "PWDS"])
def test_names_of_other_things(name: str) -> None:
    assert not is_named_secret(name)


@pytest.mark.parametrize(
    "text", ["a" * 40, "0123456789abcdef" * 3, "A-Long-Name-Of-Something-With-2-Or-3-Words", "x" * 300]
)
def test_what_is_long_is_not_random(text: str) -> None:
    assert not is_random(text)
