"""What a change of each field of a RayCluster does, for KubeRay 1.7 and upgradeStrategy None.

Whether pods that run are made anew is another question (pods.py): here a field only says whose pods it goes into.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from raychart.impact.ledger import Because

if TYPE_CHECKING:
    from raychart.impact.effects import Effect

# Whose pods are made from it.
Made = Literal["head", "workers"]


class Outcome(NamedTuple):
    """An effect on the cluster, or whose pods are made from the field and what to say about that besides."""

    effect: Effect | Made
    reason: str
    source: str

    @property
    def because(self) -> Because:
        """Return the reason with its source."""
        return Because(self.reason, self.source)


class Rule(NamedTuple):
    """Fields that begin with a path of keys, and what a change of them does."""

    path: tuple[str, ...]
    outcomes: tuple[Outcome, ...]


_RECONCILE = "KubeRay v1.7.0 rcc:rayClusterReconcile"
_PODS = "KubeRay v1.7.0 rcc:reconcilePods"
_SERVICE = "KubeRay v1.7.0 rcc:reconcileHeadService"
_INGRESS = "KubeRay v1.7.0 rcc:reconcileIngress"
_AUTOSCALER = "Ray 2.60.0 autoscaling_config.py: read from the RayCluster each round"
_TOLERANCE = "KubeRay v1.7.0 pod.go:configureGCSFaultTolerance"
_VERSION = "KubeRay v1.7.0 pod.go:DefaultWorkerPodTemplate"
_STORAGE = "KubeRay v1.7.0 rcc:reconcileGCSStoragePVC"
_AUTH = "KubeRay v1.7.0 rcc:reconcileAuthSecret, pod.go:SetContainerTokenAuthEnvVars"
_TLS = "KubeRay v1.7.0 raycluster_mtls_controller.go"
_NO_SERVICE = "KubeRay makes the head service once and never changes it: it stays as it is until it is deleted"

NOTHING_ELSE = ""


def _both(reason: str, source: str) -> tuple[Outcome, Outcome]:
    return Outcome("head", reason, source), Outcome("workers", reason, source)


# The first that fits counts; without outcomes, everything is said elsewhere (special.py, groups.py).
RULES: tuple[Rule, ...] = (
    Rule(("spec", "suspend"), ()),
    Rule(
        ("spec", "managedBy"), (Outcome("live", "the operator of this namespace looks after the cluster", _RECONCILE),)
    ),
    Rule(("spec", "upgradeStrategy"), ()),
    Rule(("spec", "workerGroupSpecs"), ()),
    Rule(("spec", "headGroupSpec", "enableIngress"), ()),
    Rule(("spec", "headServiceAnnotations"), (Outcome("ignored", _NO_SERVICE, _SERVICE),)),
    Rule(("spec", "headGroupSpec", "serviceType"), (Outcome("ignored", _NO_SERVICE, _SERVICE),)),
    Rule(("spec", "headGroupSpec", "headService"), (Outcome("ignored", _NO_SERVICE, _SERVICE),)),
    Rule(
        ("spec", "headGroupSpec", "ingressOptions"),
        (Outcome("access", "KubeRay changes its Ingress at once: the dashboard is reached in another way", _INGRESS),),
    ),
    Rule(
        ("spec", "autoscalerOptions", "upscalingMode"),
        (Outcome("live", "the autoscaler reads it each round", _AUTOSCALER),),
    ),
    Rule(
        ("spec", "autoscalerOptions", "idleTimeoutSeconds"),
        (Outcome("live", "the autoscaler reads it each round", _AUTOSCALER),),
    ),
    Rule(
        ("spec", "autoscalerOptions", "version"),
        (
            Outcome("head", "the autoscaler runs in the head pod, and starts with what that pod was made from", _PODS),
            Outcome("workers", "with v2 the containers of workers are not started again, new pods are made", _VERSION),
        ),
    ),
    Rule(
        ("spec", "autoscalerOptions"),
        (Outcome("head", "the autoscaler runs in the head pod, and starts with what that pod was made from", _PODS),),
    ),
    Rule(
        ("spec", "gcsFaultToleranceOptions", "storage", "deletionPolicy"),
        (Outcome("live", "KubeRay changes at once who owns the volume claim", _STORAGE),),
    ),
    *(
        Rule(
            ("spec", "gcsFaultToleranceOptions", "storage", field),
            (Outcome("head", "a head that starts with another volume does not find the former state", _TOLERANCE),),
        )
        for field in ("claimName", "subPath")
    ),
    Rule(
        ("spec", "gcsFaultToleranceOptions", "storage"),
        (Outcome("ignored", "KubeRay never changes the volume claim of the GCS, and only warns", _STORAGE),),
    ),
    Rule(
        ("spec", "gcsFaultToleranceOptions", "redisAddress"),
        (
            Outcome(
                "head",
                "a head that starts with another Redis does not find the state that is in the former one",
                _TOLERANCE,
            ),
        ),
    ),
    Rule(
        ("spec", "gcsFaultToleranceOptions", "externalStorageNamespace"),
        (
            Outcome(
                "head",
                "a head that starts with another namespace in Redis does not find the state in the former one",
                _TOLERANCE,
            ),
        ),
    ),
    *(
        Rule(
            ("spec", "gcsFaultToleranceOptions", field),
            (Outcome("head", "the head logs in to Redis by it when it starts", _TOLERANCE),),
        )
        for field in ("redisPassword", "redisUsername")
    ),
    Rule(
        ("spec", "gcsFaultToleranceOptions"),
        _both("the state of a head that was made without it is not in the store", _TOLERANCE),
    ),
    Rule(
        ("spec", "authOptions"),
        (
            Outcome("access", "who may submit work, and with which token, changes as pods are made anew", _AUTH),
            *_both("pods with another authentication than the head's cannot join it", _AUTH),
        ),
    ),
    Rule(
        ("spec", "tlsOptions"),
        (
            Outcome("access", "connections to and within the cluster need other certificates", _TLS),
            *_both("pods with TLS and pods without it do not reach each other", _TLS),
        ),
    ),
    Rule(
        ("spec", "networkPolicy"),
        (
            Outcome(
                "access",
                "KubeRay changes its NetworkPolicies at once: other connections to and from Ray's pods are let through",
                "KubeRay v1.7.0 networkpolicy_controller.go",
            ),
        ),
    ),
    Rule(
        ("spec", "rayVersion"),
        _both(
            "probes and the operator's checks go by it; the image is another field",
            "KubeRay v1.7.0 pod.go:initLivenessAndReadinessProbe",
        ),
    ),
    Rule(
        ("spec", "enableInTreeAutoscaling"),
        (
            Outcome(
                "head",
                "the autoscaler comes or goes with the head pod, while the operator deletes pods by the "
                "new value at once",
                "KubeRay v1.7.0 rcc:reconcilePods, pod.go:DefaultHeadPodTemplate",
            ),
        ),
    ),
    Rule(("spec", "historyServerOptions"), _both("the collector runs beside Ray in each pod", _PODS)),
    *(
        Rule(
            ("spec", "headGroupSpec", field),
            (
                Outcome(
                    "head",
                    "the autoscaler reads it at once, so that what it reckons with and what runs differ until then",
                    _PODS,
                ),
            ),
        )
        for field in ("rayStartParams", "resources", "labels")
    ),
    Rule(("spec", "headGroupSpec"), (Outcome("head", NOTHING_ELSE, _PODS),)),
    Rule(("spec",), _both(NOTHING_ELSE, _PODS)),
)

# The same for the fields of one worker group.
GROUP_RULES: tuple[Rule, ...] = (
    Rule(("replicas",), ()),
    Rule(("minReplicas",), ()),
    Rule(("maxReplicas",), ()),
    Rule(("suspend",), ()),
    Rule(("idleTimeoutSeconds",), (Outcome("live", "the autoscaler reads it each round", _AUTOSCALER),)),
    Rule(("priority",), (Outcome("live", "the autoscaler reads it each round", _AUTOSCALER),)),
    Rule(("scaleStrategy",), ()),
    *(
        Rule(
            (field,),
            (
                Outcome(
                    "workers",
                    "the autoscaler reads it at once, so that what it reckons with and what runs differ until then",
                    _PODS,
                ),
            ),
        )
        for field in ("rayStartParams", "resources", "labels")
    ),
    Rule((), (Outcome("workers", NOTHING_ELSE, _PODS),)),
)


def outcomes_of(path: tuple[object, ...], rules: tuple[Rule, ...]) -> tuple[Outcome, ...]:
    """Return what a change at a path does, by the first rule that fits; nothing where none does."""
    return next((rule.outcomes for rule in rules if path[: len(rule.path)] == rule.path), ())
