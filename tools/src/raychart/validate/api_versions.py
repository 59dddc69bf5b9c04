"""Versions of Kubernetes' own kinds that are no longer served, or will not be."""

from __future__ import annotations

from typing import NamedTuple

Version = tuple[int, int]


class Retired(NamedTuple):
    """From which version on an apiVersion is deprecated and removed, None for not yet, and what to write instead."""

    deprecated: Version
    removed: Version | None
    instead: str | None


_RBAC = ("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding")
_REVIEWS = ("LocalSubjectAccessReview", "SelfSubjectAccessReview", "SelfSubjectRulesReview", "SubjectAccessReview")
_STORAGE = ("CSIDriver", "CSINode", "StorageClass", "VolumeAttachment")
_WEBHOOKS = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
_WORKLOADS = ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")
_FLOW = ("FlowSchema", "PriorityLevelConfiguration")
# Minor versions of Kubernetes 1: apiVersion, kinds, deprecated, removed, instead.
_TABLE: tuple[tuple[str, tuple[str, ...], int, int | None, str | None], ...] = (
    ("extensions/v1beta1", _WORKLOADS, 8, 16, "apps/v1"),
    ("apps/v1beta1", _WORKLOADS, 9, 16, "apps/v1"),
    ("apps/v1beta2", _WORKLOADS, 9, 16, "apps/v1"),
    ("extensions/v1beta1", ("NetworkPolicy",), 9, 16, "networking.k8s.io/v1"),
    ("extensions/v1beta1", ("PodSecurityPolicy",), 10, 16, None),
    ("extensions/v1beta1", ("Ingress",), 14, 22, "networking.k8s.io/v1"),
    ("networking.k8s.io/v1beta1", ("Ingress", "IngressClass"), 19, 22, "networking.k8s.io/v1"),
    ("admissionregistration.k8s.io/v1beta1", _WEBHOOKS, 16, 22, "admissionregistration.k8s.io/v1"),
    ("apiextensions.k8s.io/v1beta1", ("CustomResourceDefinition",), 16, 22, "apiextensions.k8s.io/v1"),
    ("apiregistration.k8s.io/v1beta1", ("APIService",), 19, 22, "apiregistration.k8s.io/v1"),
    ("authentication.k8s.io/v1beta1", ("TokenReview",), 19, 22, "authentication.k8s.io/v1"),
    ("authorization.k8s.io/v1beta1", _REVIEWS, 19, 22, "authorization.k8s.io/v1"),
    ("certificates.k8s.io/v1beta1", ("CertificateSigningRequest",), 19, 22, "certificates.k8s.io/v1"),
    ("coordination.k8s.io/v1beta1", ("Lease",), 19, 22, "coordination.k8s.io/v1"),
    ("rbac.authorization.k8s.io/v1alpha1", _RBAC, 17, 22, "rbac.authorization.k8s.io/v1"),
    ("rbac.authorization.k8s.io/v1beta1", _RBAC, 17, 22, "rbac.authorization.k8s.io/v1"),
    ("scheduling.k8s.io/v1beta1", ("PriorityClass",), 14, 22, "scheduling.k8s.io/v1"),
    ("storage.k8s.io/v1beta1", _STORAGE, 19, 22, "storage.k8s.io/v1"),
    ("autoscaling/v2beta1", ("HorizontalPodAutoscaler",), 22, 25, "autoscaling/v2"),
    ("batch/v1beta1", ("CronJob",), 21, 25, "batch/v1"),
    ("discovery.k8s.io/v1beta1", ("EndpointSlice",), 21, 25, "discovery.k8s.io/v1"),
    ("events.k8s.io/v1beta1", ("Event",), 19, 25, "events.k8s.io/v1"),
    ("node.k8s.io/v1beta1", ("RuntimeClass",), 20, 25, "node.k8s.io/v1"),
    ("policy/v1beta1", ("PodDisruptionBudget",), 21, 25, "policy/v1"),
    ("policy/v1beta1", ("PodSecurityPolicy",), 21, 25, None),
    ("autoscaling/v2beta2", ("HorizontalPodAutoscaler",), 23, 26, "autoscaling/v2"),
    ("flowcontrol.apiserver.k8s.io/v1beta1", _FLOW, 23, 26, "flowcontrol.apiserver.k8s.io/v1"),
    ("storage.k8s.io/v1beta1", ("CSIStorageCapacity",), 24, 27, "storage.k8s.io/v1"),
    ("flowcontrol.apiserver.k8s.io/v1beta2", _FLOW, 26, 29, "flowcontrol.apiserver.k8s.io/v1"),
    ("flowcontrol.apiserver.k8s.io/v1beta3", _FLOW, 29, 32, "flowcontrol.apiserver.k8s.io/v1"),
    ("v1", ("ComponentStatus",), 19, None, None),
    ("v1", ("Endpoints",), 33, None, "discovery.k8s.io/v1 EndpointSlice"),
)
RETIRED: dict[tuple[str, str], Retired] = {
    (api_version, kind): Retired((1, deprecated), None if removed is None else (1, removed), instead)
    for api_version, kinds, deprecated, removed, instead in _TABLE
    for kind in kinds
}
