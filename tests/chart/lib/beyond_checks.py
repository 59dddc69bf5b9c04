"""Rules for what the chart's checks take, each with who refuses it: seen on a cluster, KubeRay 1.7.0."""

from __future__ import annotations

# It refuses an object of the release, or the pods of which KubeRay has the template.
API_SERVER = "the API server"
# It makes no pods; the RayCluster has the event InvalidRayClusterSpec.
KUBERAY = "KubeRay"
# It ends as soon as it starts, or lacks the rights for what it is told to do.
OPERATOR = "the operator's command"
# `ray start` ends with an error, or Ray goes by another value than the rest of the cluster.
RAY = "Ray"
# The pod has the state InvalidImageName.
KUBELET = "the kubelet"
# Nobody: one object takes the place of another, one setting that of another.
NOBODY = "nobody"

BEYOND = {
    "account-collision": NOBODY,
    "address-range": API_SERVER,
    "annotation-key": API_SERVER,
    "autoscaler-option-twice": NOBODY,
    "container-without-image": API_SERVER,
    "device-request": API_SERVER,
    "dns-servers": API_SERVER,
    "feature-gate-unknown": OPERATOR,
    "field-unknown": API_SERVER,
    "field-value": API_SERVER,
    "host-name": API_SERVER,
    "image-reference": KUBELET,
    "label-form": API_SERVER,
    "mount-path": API_SERVER,
    "network-policy-group": KUBERAY,
    "object-name": API_SERVER,
    "object-twice": NOBODY,
    "operator-argument": OPERATOR,
    "port-range": RAY,
    "probe-handlers": API_SERVER,
    "ray-resource-name": RAY,
    "ray-start-option": RAY,
    "ray-start-value": RAY,
    "resource-name": API_SERVER,
    "resource-quantity": API_SERVER,
    "schedule-time-zone": API_SERVER,
    "toleration-form": API_SERVER,
    "variable-source": API_SERVER,
    "volume-sources": API_SERVER,
}
