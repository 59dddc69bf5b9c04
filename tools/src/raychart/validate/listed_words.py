"""Words that only Kubernetes' validation code knows, by definition and field; its schemas take any text there."""

from __future__ import annotations

_CORE, _META, _NET = "io.k8s.api.core.v1.", "io.k8s.apimachinery.pkg.apis.meta.v1.", "io.k8s.api.networking.v1."
_ACCESS = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
_CHOICE = ("In", "NotIn", "Exists", "DoesNotExist")
LISTED: dict[tuple[str, str], tuple[str, ...]] = {
    ("io.k8s.api.apps.v1.DaemonSetUpdateStrategy", "type"): ("RollingUpdate", "OnDelete"),
    ("io.k8s.api.apps.v1.DeploymentStrategy", "type"): ("Recreate", "RollingUpdate"),
    ("io.k8s.api.apps.v1.StatefulSetSpec", "podManagementPolicy"): ("OrderedReady", "Parallel"),
    ("io.k8s.api.apps.v1.StatefulSetUpdateStrategy", "type"): ("RollingUpdate", "OnDelete"),
    ("io.k8s.api.batch.v1.CronJobSpec", "concurrencyPolicy"): ("Allow", "Forbid", "Replace"),
    ("io.k8s.api.batch.v1.JobSpec", "completionMode"): ("NonIndexed", "Indexed"),
    ("io.k8s.api.batch.v1.JobSpec", "podReplacementPolicy"): ("TerminatingOrFailed", "Failed"),
    ("io.k8s.api.batch.v1.PodFailurePolicyRule", "action"): ("Count", "FailIndex", "FailJob", "Ignore"),
    ("io.k8s.api.policy.v1.PodDisruptionBudgetSpec", "unhealthyPodEvictionPolicy"): ("AlwaysAllow", "IfHealthyBudget"),
    (f"{_CORE}NodeSelectorRequirement", "operator"): (*_CHOICE, "Gt", "Lt"),
    (f"{_CORE}PersistentVolumeClaimSpec", "accessModes"): _ACCESS,
    (f"{_CORE}PersistentVolumeClaimSpec", "volumeMode"): ("Block", "Filesystem"),
    (f"{_CORE}PersistentVolumeSpec", "accessModes"): _ACCESS,
    (f"{_CORE}PersistentVolumeSpec", "persistentVolumeReclaimPolicy"): ("Delete", "Recycle", "Retain"),
    (f"{_CORE}SeccompProfile", "type"): ("Localhost", "RuntimeDefault", "Unconfined"),
    (f"{_CORE}ServiceSpec", "externalTrafficPolicy"): ("Cluster", "Local"),
    (f"{_CORE}ServiceSpec", "internalTrafficPolicy"): ("Cluster", "Local"),
    (f"{_CORE}ServiceSpec", "sessionAffinity"): ("ClientIP", "None"),
    (f"{_CORE}ServiceSpec", "type"): ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort"),
    (f"{_CORE}Taint", "effect"): ("NoExecute", "NoSchedule", "PreferNoSchedule"),
    (f"{_CORE}Toleration", "effect"): ("NoExecute", "NoSchedule", "PreferNoSchedule"),
    # Since Kubernetes 1.35 numbers can be compared.
    (f"{_CORE}Toleration", "operator"): ("Equal", "Exists", "Gt", "Lt"),
    (f"{_META}LabelSelectorRequirement", "operator"): _CHOICE,
    (f"{_NET}HTTPIngressPath", "pathType"): ("Exact", "ImplementationSpecific", "Prefix"),
    (f"{_NET}NetworkPolicySpec", "policyTypes"): ("Egress", "Ingress"),
}
