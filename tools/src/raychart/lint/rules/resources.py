"""Rules for CPUs and memory: what Kubernetes sets aside, limits, and what Ray believes it has."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from raychart.lint.each import layers_with, per_pod
from raychart.lint.effective import as_map
from raychart.lint.places import all_pods, once_a_place
from raychart.lint.pods import amount, memory, other_containers, said_to_ray
from raychart.lint.rule import Problem, Rule
from raychart.quantities import count, number, size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from raychart.lint.each import Here
    from raychart.lint.subject import Subject
    from raychart.paths import ValuesPath
    from raychart.values import Values

# As many slots a CPU as teams give small tasks that mostly wait; more than that looks like a mistake.
_USUAL_SLOTS = 2
_LEAST_MEMORY = 64 * 1024**2


def _limit_below_request(subject: Subject) -> Iterator[Problem]:
    compared = partial(_compared, subject.values)
    for _, pod in all_pods(subject, made=True):
        yield from compared(pod.resources, pod.place_of_resource)
        for container in other_containers(pod):
            resources = as_map(container.fields.get("resources"))
            yield from compared(resources, partial(pod.place, *container.keys, "resources"))
    for cluster in subject.clusters:
        resources = as_map(as_map(cluster.settings.get("autoscaling")).get("resources"))
        yield from compared(resources, partial(cluster.place, "autoscaling", "resources"))


def _compared(values: Values, resources: dict[str, Any], place: Callable[..., ValuesPath]) -> Iterator[Problem]:
    requests, limits = as_map(resources.get("requests")), as_map(resources.get("limits"))
    for name, request in requests.items():
        asked, allowed = number(request), number(limits.get(name))
        # Devices have rules of their own.
        if asked is not None and allowed is not None and allowed < asked and "/" not in name:
            limit = place("limits", name)
            yield Problem(
                limit if layers_with(values, limit) else place("requests", name),
                f"the {name} limit of {limits[name]} is less than the request of {request}: Kubernetes refuses the pod",
                f"raise limits.{name} to {request}, or lower requests.{name}",
            )


def _memory_unlimited(here: Here) -> Iterator[Problem]:
    pod = here.pod
    if memory(pod) is None and "memory" not in pod.resources["limits"]:
        request = pod.resources["requests"].get("memory")
        found = f"a request of {request} alone" if request else "neither request nor limit"
        yield Problem(
            pod.place_of_resource("requests", "memory") if request else pod.place("memory"),
            f"no memory limit ({found}): Ray takes the whole node's memory for the pod's, and fills it",
            "set memory, which is request and limit, or resources.limits.memory",
        )


def _cpu_throttled(here: Here) -> Iterator[Problem]:
    pod = here.pod
    limit = amount(pod, "limits", "cpu")
    if limit and limit < 1:
        text = pod.resources["limits"]["cpu"]
        yield Problem(
            pod.place_of_resource("limits", "cpu"),
            f"a CPU limit of {text}: the dozen processes that Ray starts are throttled to {count(limit)} of a CPU",
            f"give a request alone, as cpu: null and resources: {{requests: {{cpu: {text}}}}}, or a limit of 1 or more",
        )


def _cpu_limit_below_ray(here: Here) -> Iterator[Problem]:
    yield from _slots(here, usual=False)


def _cpu_slots(here: Here) -> Iterator[Problem]:
    yield from _slots(here, usual=True)


def _slots(here: Here, *, usual: bool) -> Iterator[Problem]:
    pod = here.pod
    # A head that runs tasks beside workers has another problem.
    if pod.is_head and here.cluster.types:
        return
    told, limit = said_to_ray(pod, "CPU", "num-cpus"), amount(pod, "limits", "cpu")
    if not told or not limit or told[0] <= limit:
        return
    slots, keys = told
    at = pod.place_of_resource("limits", "cpu")
    # Written as a limit it is meant as one; the shorthand is a size.
    if usual is not (slots <= limit * _USUAL_SLOTS and "limits" not in at):
        return
    lower = f"{keys[0]}.{keys[1]} to {count(limit // 1)}"
    remedy = f"lower {lower}, raise the limit to {count(slots)}, or remove it and keep the request"
    yield Problem(
        pod.place(*keys) if usual else at,
        f"Ray schedules {count(slots)} CPUs on a container that is limited to {pod.resources['limits']['cpu']}: "
        f"so many busy tasks get {count(limit / slots)} of a CPU each",
        f"leave it where tasks mostly wait; else lower {lower} or raise cpu to {count(slots)}" if usual else remedy,
    )


def _ray_memory(here: Here) -> Iterator[Problem]:
    pod = here.pod
    told, limit = said_to_ray(pod, "memory", "memory"), memory(pod)
    if told and limit and told[0] > limit:
        yield Problem(
            pod.place(*told[1]),
            f"Ray schedules {size(told[0])} of memory on a container that is limited to {size(limit)}: "
            "tasks that use it are killed",
            f"remove it, so that Ray takes the limit, or raise memory to {size(told[0])}",
        )


def _ray_memory_unit(here: Here) -> Iterator[Problem]:
    pod = here.pod
    told = said_to_ray(pod, "memory", "memory")
    if told and 0 < told[0] < _LEAST_MEMORY:
        meant = int(told[0])
        yield Problem(
            pod.place(*told[1]),
            f"{meant} is in bytes, as all of Ray's memory is: no task that asks for memory fits",
            f"write bytes ({meant * 1024**3} for {meant}Gi), or remove it, so that Ray takes the limit",
        )


RULES = (
    Rule(
        "limit-below-request",
        "error",
        "A container's limit is below its request.",
        "Kubernetes refuses a pod whose limit for CPU, memory or ephemeral storage is below its request. KubeRay makes "
        "the pod, so that nobody sees the refusal but in its log: the head or the workers just do not come.\n\n"
        "The shorthands (`cpu`, `memory`) set both; what stands under `resources` and `container.resources` wins over "
        "them one by one, which is how the two come apart.",
        "Kubernetes, ValidateResourceRequirements; charts/ray/templates/_pod.tpl, ray.resources",
        once_a_place(_limit_below_request),
    ),
    Rule(
        "memory-unlimited",
        "warning",
        "A Ray pod has no memory limit.",
        "Without a limit KubeRay gives `ray start` no --memory, so Ray sizes its object store (30 %) and its memory "
        "resource by the whole node, while the autoscaler reckons with the request. Ray's own guard against running "
        "out of memory watches the container's limit: without one the node's kernel decides who is killed.",
        "KubeRay v1.7.0, generateRayStartCommand (limit only); Ray, estimate_available_memory",
        per_pod(_memory_unlimited),
    ),
    Rule(
        "cpu-limit-throttles",
        "warning",
        "A CPU limit under 1 throttles Ray's start.",
        "A Ray node is a dozen processes, most of them Python, which all start at once. Under a limit the kernel stops "
        "them all when the share of each 100 ms is used up, so that a head or worker takes several times as long to "
        "start, and heartbeats come late. A request keeps the shares fair among busy pods and slows nobody on a node "
        "that has time left.",
        "Measured with this chart: its own values files give requests alone",
        per_pod(_cpu_throttled),
    ),
    Rule(
        "cpu-limit-below-ray",
        "warning",
        "The CPU limit is below the CPUs that Ray schedules.",
        "Ray starts as many tasks as it believes to have CPUs, and the kernel throttles them all, Ray's own processes "
        "with them. More slots than CPUs are right for tasks that wait for something else: then leave the limit out, "
        "or use the shorthand `cpu` with up to two slots a CPU.",
        "KubeRay v1.7.0, updateRayStartParamsResources: rayResources.CPU becomes --num-cpus",
        per_pod(_cpu_limit_below_ray),
    ),
    Rule(
        "cpu-slots-over-limit",
        "info",
        "Ray schedules more CPUs than the pod has.",
        "Up to two slots a CPU are common for tasks that mostly wait. Tasks that compute get in each other's way.",
        "KubeRay v1.7.0, updateRayStartParamsResources: rayResources.CPU becomes --num-cpus",
        per_pod(_cpu_slots),
    ),
    Rule(
        "ray-memory-over-limit",
        "warning",
        "Ray schedules more memory than the container may use.",
        "Tasks that ask for memory are placed by what Ray is told. The container's limit is what the kernel goes by: "
        "it kills the process that goes over it.",
        "KubeRay v1.7.0, generateRayStartCommand: --memory is the limit unless the values say otherwise",
        per_pod(_ray_memory),
    ),
    Rule(
        "ray-memory-unit",
        "warning",
        "Ray's memory is given in something other than bytes.",
        "Unlike Kubernetes, Ray counts memory in bytes and takes no units: `memory: 8` is eight bytes, and a task with "
        "memory=1024**3 waits forever.",
        "Ray, ray start --memory",
        per_pod(_ray_memory_unit),
    ),
)
