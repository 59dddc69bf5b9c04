"""Rules for GPUs: what the container has, what Ray schedules, and where such pods may run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.lint.each import dig, per_pod, per_type
from raychart.lint.effective import as_list, as_map
from raychart.lint.places import all_pods, once_a_place
from raychart.lint.pods import gpus, is_gpu, said_to_ray
from raychart.lint.rule import Problem, Rule
from raychart.lint.spot import is_for_spot
from raychart.quantities import count
from raychart.schema_keys import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.each import Here
    from raychart.lint.subject import Pod, Subject
    from raychart.paths import ValuesPath


_DEVICES = (
    "amd.com/gpu",
    "aws.amazon.com/neuron",
    "aws.amazon.com/neuroncore",
    "google.com/tpu",
    "gpu.intel.com/i915",
    "gpu.intel.com/xe",
    "habana.ai/gaudi",
    "nvidia.com/gpu",
)
# Shares of them have names that begin so.
_FAMILIES = ("nvidia.com/gpu.", "nvidia.com/mig-", "nvidia.com/pgpu", "amd.com/gpu_", "gpu.intel.com/")


def _claims(pod: Pod) -> bool:
    """Tell whether the pod may get a GPU by a claim, of which the values do not tell what it is."""
    return bool(dig(pod.settings, "resources", "claims") or dig(pod.settings, "container", "resources", "claims"))


def _place(pod: Pod) -> ValuesPath:
    name = next(name for name in pod.resources["limits"] if is_gpu(name))
    return pod.place_of_resource("limits", name)


def _unscheduled(here: Here) -> Iterator[Problem]:
    pod = here.pod
    told, present = said_to_ray(pod, "GPU", "num-gpus"), gpus(pod)
    if told and present > told[0]:
        yield Problem(
            pod.place(*told[1]),
            f"the container has {count(present)} GPUs and Ray schedules {count(told[0])}: the rest is paid for and not "
            "used",
            "remove it, so that Ray takes what the container has, or lower the container's GPUs",
        )


def _missing(here: Here) -> Iterator[Problem]:
    pod = here.pod
    told, present = said_to_ray(pod, "GPU", "num-gpus"), gpus(pod)
    if told and told[0] > present and not _claims(pod):
        yield Problem(
            pod.place(*told[1]),
            f"Ray schedules {count(told[0])} GPUs on a container that has {count(present)}: tasks start and find none",
            f"set gpu: {count(told[0])}, or lower it to {count(present)}; for fractions tasks say num_gpus=0.5",
        )


def _unplaced(here: Here) -> Iterator[Problem]:
    pod = here.pod
    tolerations = as_list(pod.spec.get("tolerations"))
    if not gpus(pod) or not all(map(is_for_spot, tolerations)):
        return
    if tolerations:
        found = "tolerations for spot nodes alone"
    elif as_map(pod.spec.get("affinity")).get("nodeAffinity") or pod.spec.get("nodeSelector"):
        found = "no tolerations"
    else:
        found = "no placement, node selector or toleration"
    yield Problem(
        _place(pod),
        f"a pod with GPUs has {found}: GPU nodes are mostly tainted, and then it waits forever",
        "name a placement with the nodes' labels and tolerations, such as "
        "placements: {gpu: {tolerations: [{key: nvidia.com/gpu, operator: Exists}]}}",
    )


def _misnamed(subject: Subject) -> Iterator[Problem]:
    for _, pod in all_pods(subject, made=True):
        for kind in ("requests", "limits"):
            for name in pod.resources[kind]:
                is_known = "/" not in name or name.startswith(_FAMILIES) or name in _DEVICES
                guess = None if is_known else nearest(name, _DEVICES)
                if guess:
                    where = pod.place_of_resource("limits" if kind == "limits" else "requests", name)
                    yield Problem(
                        pod.place("gpuResource") if where == pod.place("gpu") else where,
                        f"no device is called {name}: pods would wait for ever for a node that has one",
                        f"did you mean {guess}?",
                    )


def _on_head(here: Here) -> Iterator[Problem]:
    cluster, pod = here.cluster, here.pod
    if pod.is_head and cluster.types and gpus(pod):
        yield Problem(
            _place(pod),
            f"the head has {count(gpus(pod))} GPUs, always, and should run no tasks",
            "give the GPUs to a worker type, which may start at zero",
        )


RULES = (
    Rule(
        "gpu-misnamed",
        "warning",
        "A device has almost the name of one that there is.",
        "Kubernetes takes any name with a domain for a device that some plugin may bring. Of one that none brings no "
        "node has any: the pod stays Pending, while the autoscaler waits for it.",
        "The device plugins of NVIDIA, AMD, Intel, Google, AWS and Habana",
        once_a_place(_misnamed),
    ),
    Rule(
        "gpu-unscheduled",
        "warning",
        "Ray schedules fewer GPUs than the container has.",
        "KubeRay tells Ray of the container's GPUs by itself. What rayResources.GPU or the option num-gpus says goes "
        "before that: with less than there are, the rest is set aside on the node and no task gets it.",
        "KubeRay v1.7.0, addWellKnownAcceleratorResources",
        per_pod(_unscheduled),
    ),
    Rule(
        "gpu-missing",
        "warning",
        "Ray schedules GPUs that the container does not have.",
        "Ray hands out GPUs by number through CUDA_VISIBLE_DEVICES. Where the container has fewer than Ray believes, "
        "tasks start and fail at the device.",
        "KubeRay v1.7.0, updateRayStartParamsResources: rayResources.GPU becomes --num-gpus",
        per_pod(_missing),
    ),
    Rule(
        "gpu-unplaced",
        "info",
        "A GPU type has no placement for GPU nodes.",
        "Most clouds and GPU operators taint GPU nodes so that other pods stay away. A pod without a toleration for "
        "the taint stays Pending, while the autoscaler waits for it. Some clusters add the toleration by themselves "
        "(ExtendedResourceToleration) or have no taint: then this is nothing.",
        "Kubernetes, taints and tolerations; charts/ray/README.md, A GPU pool",
        per_type(_unplaced),
    ),
    Rule(
        "gpu-on-head",
        "warning",
        "The head has GPUs beside worker types.",
        "The head is always there, so its GPUs are always paid for; and tasks on the head endanger the cluster.",
        "Ray's advice to keep tasks off the head; charts/ray/values.yaml, clusterDefaults.head",
        per_pod(_on_head),
    ),
)
