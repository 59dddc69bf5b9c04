"""Words that only Kubernetes' validation code knows, by definition and field; its schemas take any text there."""

from __future__ import annotations

_CORE, _META, _NET = "io.k8s.api.core.v1.", "io.k8s.apimachinery.pkg.apis.meta.v1.", "io.k8s.api.networking.v1."
_ADMISSION, _SCALING = "io.k8s.api.admissionregistration.v1.", "io.k8s.api.autoscaling.v2."
_EXTENSIONS = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1."
_PROFILES = ("Localhost", "RuntimeDefault", "Unconfined")
_KEEPING = ("Delete", "Retain")
_FILES = ("BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket")
_PARTS = ("BestEffort", "NotBestEffort", "NotTerminating", "Terminating")
_SCOPES = (*_PARTS, "CrossNamespacePodAffinity", "PriorityClass", "VolumeAttributesClass")
_TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
_ACCESS = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
_CHOICE = ("In", "NotIn", "Exists", "DoesNotExist")
LISTED: dict[tuple[str, str], tuple[str, ...]] = {
    (f"{_ADMISSION}RuleWithOperations", "operations"): ("*", "CONNECT", "CREATE", "DELETE", "UPDATE"),
    (f"{_ADMISSION}RuleWithOperations", "scope"): ("*", "Cluster", "Namespaced"),
    (f"{_ADMISSION}MutatingWebhook", "failurePolicy"): ("Fail", "Ignore"),
    (f"{_ADMISSION}MutatingWebhook", "matchPolicy"): ("Equivalent", "Exact"),
    (f"{_ADMISSION}ValidatingWebhook", "failurePolicy"): ("Fail", "Ignore"),
    (f"{_ADMISSION}ValidatingWebhook", "matchPolicy"): ("Equivalent", "Exact"),
    (f"{_EXTENSIONS}CustomResourceConversion", "strategy"): ("None", "Webhook"),
    (f"{_EXTENSIONS}CustomResourceDefinitionSpec", "scope"): ("Cluster", "Namespaced"),
    (f"{_EXTENSIONS}CustomResourceColumnDefinition", "type"): ("boolean", "date", "integer", "number", "string"),
    (f"{_SCALING}HPAScalingPolicy", "type"): ("Percent", "Pods"),
    (f"{_SCALING}HPAScalingRules", "selectPolicy"): ("Disabled", "Max", "Min"),
    (f"{_SCALING}MetricSpec", "type"): ("ContainerResource", "External", "Object", "Pods", "Resource"),
    (f"{_SCALING}MetricTarget", "type"): ("AverageValue", "Utilization", "Value"),
    ("discovery.k8s.io/EndpointSlice", "addressType"): ("FQDN", "IPv4", "IPv6"),
    ("storage.k8s.io/StorageClass", "reclaimPolicy"): _KEEPING,
    ("storage.k8s.io/StorageClass", "volumeBindingMode"): ("Immediate", "WaitForFirstConsumer"),
    ("io.k8s.api.apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy", "whenDeleted"): _KEEPING,
    ("io.k8s.api.apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy", "whenScaled"): _KEEPING,
    ("io.k8s.api.batch.v1.PodFailurePolicyOnExitCodesRequirement", "operator"): ("In", "NotIn"),
    ("io.k8s.api.batch.v1.PodFailurePolicyOnPodConditionsPattern", "status"): ("False", "True", "Unknown"),
    (f"{_CORE}AppArmorProfile", "type"): _PROFILES,
    (f"{_CORE}HostPathVolumeSource", "type"): _FILES,
    (f"{_CORE}PodOS", "name"): ("linux", "windows"),
    (f"{_CORE}PodSecurityContext", "fsGroupChangePolicy"): ("Always", "OnRootMismatch"),
    (f"{_CORE}SecurityContext", "procMount"): ("Default", "Unmasked"),
    (f"{_CORE}ScopedResourceSelectorRequirement", "operator"): _CHOICE,
    (f"{_CORE}ResourceQuotaSpec", "scopes"): _SCOPES,
    (f"{_CORE}ScopedResourceSelectorRequirement", "scopeName"): _SCOPES,
    (f"{_EXTENSIONS}JSONSchemaProps", "type"): _TYPES,
    (f"{_EXTENSIONS}JSONSchemaProps", "x-kubernetes-list-type"): ("atomic", "map", "set"),
    (f"{_EXTENSIONS}JSONSchemaProps", "x-kubernetes-map-type"): ("atomic", "granular"),
    (f"{_CORE}ServiceSpec", "ipFamilies"): ("IPv4", "IPv6"),
    (f"{_CORE}ServiceSpec", "ipFamilyPolicy"): ("PreferDualStack", "RequireDualStack", "SingleStack"),
    (f"{_CORE}ServiceSpec", "trafficDistribution"): ("PreferClose", "PreferSameNode", "PreferSameZone"),
    (f"{_CORE}TopologySpreadConstraint", "nodeAffinityPolicy"): ("Honor", "Ignore"),
    (f"{_CORE}TopologySpreadConstraint", "nodeTaintsPolicy"): ("Honor", "Ignore"),
    (f"{_CORE}VolumeMount", "mountPropagation"): ("Bidirectional", "HostToContainer", "None"),
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
    (f"{_CORE}SeccompProfile", "type"): _PROFILES,
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
