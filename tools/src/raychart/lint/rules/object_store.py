"""Rules for Ray's object store and the shared memory that it lives in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.lint.each import dig, per_pod
from raychart.lint.effective import as_list, as_map
from raychart.lint.pods import memory, said_to_ray
from raychart.lint.rule import Problem, Rule
from raychart.quantities import number, size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.each import Here
    from raychart.lint.subject import Pod

_OPTION = "object-store-memory"
# ray_constants.OBJECT_STORE_MINIMUM_MEMORY_BYTES, DEFAULT_OBJECT_STORE_MEMORY_PROPORTION, REQUIRE_SHM_SIZE_THRESHOLD.
_LEAST, _SHARE, _NEEDS_SHARED_MEMORY = 75 * 1024**2, 0.3, 10**10
# More than this of the container leaves too little to the processes that work on the objects.
_MOST = 0.75


def _store(pod: Pod) -> float | None:
    told = said_to_ray(pod, "", _OPTION)
    return told[0] if told else None


def _is_elsewhere(pod: Pod) -> bool:
    """Tell whether the store is not in /dev/shm, or /dev/shm is a volume of the user's."""
    mounts = [dig(mount, "mountPath") for mount in as_list(dig(pod.settings, "container", "volumeMounts"))]
    mounts += [dig(volume, "mountPath") for volume in as_map(pod.settings.get("volumes")).values()]
    return "/dev/shm" in mounts or dig(pod.settings, "rayStartParams", "plasma-directory") is not None  # noqa: S108


def _as_resource(here: Here) -> Iterator[Problem]:
    pod = here.pod
    found = dig(pod.settings, "rayResources", "object_store_memory")
    if found is not None:
        yield Problem(
            pod.place("rayResources", "object_store_memory"),
            f"object_store_memory ({found}) among the resources keeps Ray from starting: it takes it as an option only",
            f'remove it, and set rayStartParams: {{{_OPTION}: "{found}"}}',
        )


def _too_small(here: Here) -> Iterator[Problem]:
    pod = here.pod
    store = _store(pod)
    if store is not None and store < _LEAST:
        yield Problem(
            pod.place("rayStartParams", _OPTION),
            f"{store:.0f} bytes of object store, and Ray does not start with less than {size(_LEAST)} ({_LEAST} bytes)",
            "write bytes, which is what the option takes, or remove it",
        )


def _over_memory(here: Here) -> Iterator[Problem]:
    pod = here.pod
    store, limit = _store(pod), memory(pod)
    if store and limit and store > limit:
        yield Problem(
            pod.place("rayStartParams", _OPTION),
            f"an object store of {size(store)} in a container of {size(limit)}: Ray refuses to start",
            f"lower it to a third of the memory ({limit * _SHARE:.0f}), remove it, or raise memory",
        )


def _crowds(here: Here) -> Iterator[Problem]:
    pod = here.pod
    store, limit = _store(pod), memory(pod)
    if store and limit and limit * _MOST < store <= limit:
        yield Problem(
            pod.place("rayStartParams", _OPTION),
            f"an object store of {size(store)} leaves {size(limit - store)} of {size(limit)} to Ray and its tasks",
            f"lower it to half of the memory ({limit / 2:.0f}) or less, or raise memory",
        )


def _over_shared_memory(here: Here) -> Iterator[Problem]:
    pod = here.pod
    store, shared = _store(pod), number(pod.settings.get("sharedMemory"))
    if store and shared and store > shared and not _is_elsewhere(pod):
        what = "Ray refuses to start" if store > _NEEDS_SHARED_MEMORY else "Ray puts it on disk, under /tmp, instead"
        yield Problem(
            pod.place("rayStartParams", _OPTION),
            f"an object store of {size(store)} does not fit into the sharedMemory of {size(shared)}: {what}",
            f"raise sharedMemory to {size(store)} or remove it, or lower {_OPTION}",
        )


def _shared_memory_over_memory(here: Here) -> Iterator[Problem]:
    pod = here.pod
    shared, limit = number(pod.settings.get("sharedMemory")), memory(pod)
    if shared and limit and shared > limit:
        yield Problem(
            pod.place("sharedMemory"),
            f"{size(shared)} of shared memory in a container of {size(limit)}: what lies there counts as its memory, "
            "and the container is killed before it is full",
            f"lower sharedMemory to {size(limit)} or less, or raise memory",
        )


def _shared_memory_small(here: Here) -> Iterator[Problem]:
    pod = here.pod
    shared, limit = number(pod.settings.get("sharedMemory")), memory(pod)
    if not shared or not limit or _store(pod) is not None or _is_elsewhere(pod):
        return
    store = min(limit * _SHARE, max(_NEEDS_SHARED_MEMORY, shared * 0.95))
    if shared < store:
        yield Problem(
            pod.place("sharedMemory"),
            f"Ray wants {size(store // 1)} for objects, 30 % of {size(limit)}, and /dev/shm has {size(shared)}: "
            "the objects go to disk, under /tmp",
            f'raise sharedMemory, or set rayStartParams: {{{_OPTION}: "{shared * 0.95:.0f}"}}',
        )


RULES = (
    Rule(
        "object-store-as-resource",
        "error",
        "The object store's size stands among Ray's resources.",
        "KubeRay hands every resource but CPU, GPU and memory to `ray start --resources`, and there Ray refuses "
        "object_store_memory: the container ends at once, again and again.",
        "Ray 2.60.0, RayParams._check_usage; KubeRay v1.7.0, updateRayStartParamsResources",
        per_pod(_as_resource),
    ),
    Rule(
        "object-store-too-small",
        "error",
        "The object store is smaller than Ray allows.",
        "Ray does not start with an object store under 75 MiB. Most often the number was meant in other units than "
        "bytes.",
        "Ray 2.60.0, determine_plasma_store_config; ray_constants.OBJECT_STORE_MINIMUM_MEMORY_BYTES",
        per_pod(_too_small),
    ),
    Rule(
        "object-store-over-memory",
        "error",
        "The object store is larger than the container's memory.",
        "Ray compares the two when it starts, and refuses. By itself it takes 30 % of the memory.",
        "Ray 2.60.0, determine_plasma_store_config",
        per_pod(_over_memory),
    ),
    Rule(
        "object-store-crowds",
        "warning",
        "The object store leaves little memory to tasks.",
        "Objects in /dev/shm count as memory of the container. With more than three quarters of it for objects, Ray's "
        "own processes and the tasks that read the objects are killed for want of memory. Ray itself takes 30 %.",
        "Ray 2.60.0, ray_constants.DEFAULT_OBJECT_STORE_MEMORY_PROPORTION",
        per_pod(_crowds),
    ),
    Rule(
        "object-store-over-shared-memory",
        "warning",
        "The object store does not fit into /dev/shm.",
        "The object store is a file in /dev/shm, which every task maps. Where that is too small Ray puts it under "
        "/tmp, on the node's disk, and says so once in its log; a store of over 10 GB it refuses. Without sharedMemory "
        "/dev/shm is as large as the container's memory.",
        "Ray 2.60.0, determine_plasma_store_config; KubeRay v1.7.0, makeEmptyDirVolume",
        per_pod(_over_shared_memory),
    ),
    Rule(
        "shared-memory-over-memory",
        "warning",
        "The shared memory is larger than the container's memory.",
        "What is in /dev/shm lies in memory and counts against the container's limit. What is over the limit can never "
        "be used.",
        "Kubernetes, emptyDir with medium Memory",
        per_pod(_shared_memory_over_memory),
    ),
    Rule(
        "shared-memory-small",
        "info",
        "The shared memory is smaller than the object store that Ray chooses.",
        "Left to itself Ray takes 30 % of the memory for objects, up to 10 GB whatever /dev/shm has. Where /dev/shm is "
        "smaller the objects lie on the node's disk: slow, though a head, which holds few objects, may not care.",
        "Ray 2.60.0, resolve_object_store_memory, determine_plasma_store_config",
        per_pod(_shared_memory_small),
    ),
)
