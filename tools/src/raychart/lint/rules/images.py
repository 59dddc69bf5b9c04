"""Rules for images: tags that move, and tags that say another Ray or Python than the values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.lint.each import dig, layers_with, per_cluster, per_pod, per_type, together
from raychart.lint.effective import as_map
from raychart.lint.image_tags import facts, is_moving, same_version, tag_of
from raychart.lint.places import all_pods, once_a_place
from raychart.lint.pods import other_containers, per_any_pod
from raychart.lint.rule import Fix, Problem, Rule
from raychart.lint.settings import KEY, lint_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from raychart.lint.each import Here
    from raychart.lint.subject import Pod, Subject
    from raychart.paths import ValuesPath

_REMEDY = "name one version, such as 2.60.0-py312, or a digest"


def _moving(pod: Pod) -> Iterator[Problem]:
    image = as_map(pod.settings.get("image"))
    tag = image.get("tag")
    if isinstance(tag, str) and is_moving(tag) and not image.get("digest"):
        yield _moves(pod.place("image", "tag"), tag)
    for container in other_containers(pod):
        reference = container.fields.get("image")
        if isinstance(reference, str):
            yield from _reference(pod.place(*container.keys, "image"), reference)


def _moving_autoscaler(here: Here) -> Iterator[Problem]:
    reference = dig(here.cluster.settings, "autoscaling", "options", "image")
    if isinstance(reference, str):
        yield from _reference(here.cluster.place("autoscaling", "options", "image"), reference)


def _reference(path: ValuesPath, reference: str) -> Iterator[Problem]:
    tag = tag_of(reference)
    if tag is not None and (not tag or is_moving(tag)):
        yield _moves(path, tag or "latest")


def _moves(path: ValuesPath, tag: str) -> Problem:
    return Problem(path, f"the tag {tag} is given to newer images: pods that start later run something else", _REMEDY)


def _tagged_repository(pod: Pod) -> Iterator[Problem]:
    repository = dig(pod.settings, "image", "repository")
    if isinstance(repository, str) and (tag_of(repository) or "@" in repository):
        name, sign, rest = repository.partition("@") if "@" in repository else _split(repository)
        key = "digest" if sign == "@" else "tag"
        yield Problem(
            pod.place("image", "repository"),
            f"{repository} holds a {key}, and the chart puts another behind it: no such image can be pulled",
            f'set image: {{repository: {name}, {key}: "{rest}"}}',
        )


def _split(repository: str) -> tuple[str, str, str]:
    name, _, tag = repository.rpartition(":")
    return name, ":", tag


def _ray_version(here: Here) -> Iterator[Problem]:
    cluster, pod = here.cluster, here.pod
    wanted = cluster.settings.get("rayVersion")
    found = facts(cluster, pod).ray
    if isinstance(wanted, str) and found and not same_version(found, wanted):
        yield Problem(
            pod.place("image", "tag"),
            f"an image with Ray {found}, and the cluster's rayVersion is {wanted}: probes, the autoscaler's rules and "
            "clients go by the latter",
            f'set clusters.{cluster.name}.rayVersion to "{found}", or the tag to an image with Ray {wanted}',
        )


def _mixed(here: Here) -> Iterator[Problem]:
    head, own = facts(here.cluster, here.cluster.head), facts(here.cluster, here.pod)
    for name, of_head, of_type in (("Ray", head.ray, own.ray), ("Python", head.python, own.python)):
        if of_head and of_type and not same_version(of_head, of_type):
            yield Problem(
                _tag(here),
                f"the image of {here.pod.name} has {name} {of_type} and the head's has {name} {of_head}: a worker that "
                "is not the same as its head ends at once",
                "use images of one Ray and one Python for the whole cluster",
            )
            return


def _python_unsaid(here: Here) -> Iterator[Problem]:
    head, own = facts(here.cluster, here.cluster.head), facts(here.cluster, here.pod)
    if bool(own.python) != bool(head.python) and own.ray and head.ray:
        said, silent = (here.pod.name, "the head") if own.python else ("the head", here.pod.name)
        yield Problem(
            _tag(here),
            f"the tag of {said} says Python {own.python or head.python} and that of {silent} says none: if the two "
            "differ the workers end at once",
            "name the Python in both tags, as in 2.60.0-py312",
        )


def _tag(here: Here) -> ValuesPath:
    """Return where a worker type's tag was set, or else the head's."""
    places = (here.pod.place("image", "tag"), here.cluster.head.place("image", "tag"))
    return next((place for place in places if layers_with(here.subject.values, place)), places[0])


def _client(here: Here) -> Iterator[Problem]:
    subject, cluster = here.subject, here.cluster
    settings, head = lint_settings(subject.values), facts(cluster, cluster.head)
    ray = head.ray or cluster.settings.get("rayVersion")
    for key, clients, own in (("ray", settings.client_ray, ray), ("python", settings.client_python, head.python)):
        if clients and isinstance(own, str) and not same_version(clients, own):
            name = key.capitalize()
            yield Problem(
                cluster.head.place("image", "tag") if key == "python" else cluster.place("rayVersion"),
                f"{name} {own} here, and clients have {name} {clients} ({KEY}.client.{key}): Ray Client refuses them",
                f"use an image with {name} {clients}, or give the clients {name} {own} and say so in "
                f"{KEY}.client.{key}",
            )


def _idle_tag(subject: Subject) -> Iterator[Problem]:
    for _, pod in all_pods(subject, made=True):
        tag, digest = pod.place("image", "tag"), pod.place("image", "digest")
        both = dig(pod.settings, "image", "tag") and dig(pod.settings, "image", "digest")
        # A tag from elsewhere, such as the chart's default, is not the user's to remove here.
        if both and tag[:-1] == digest[:-1] and layers_with(subject.values, tag):
            what = "a digest stands beside the tag and wins: changing the tag changes nothing"
            yield Problem(tag, what, "remove the tag, or the digest", Fix("remove", tag))


RULES = (
    Rule(
        "image-tag-moves",
        "warning",
        "An image's tag is one that newer images get.",
        "With `latest`, `nightly` and their like, pods of one cluster run different images, depending on when each "
        "started and on what its node has: workers that do not fit their head, results that nobody can repeat, and a "
        "rollout that sees no change.",
        "Kubernetes, Images; charts/ray/values.yaml, podDefaults.image",
        together(per_any_pod(_moving), per_cluster(_moving_autoscaler)),
    ),
    Rule(
        "image-repository-tagged",
        "error",
        "A repository holds a tag or a digest.",
        "The chart writes `repository:tag` or `repository@digest`. With a tag in the repository there are two, and the "
        "kubelet says InvalidImageName.",
        "charts/ray/templates/_image.tpl",
        per_any_pod(_tagged_repository),
    ),
    Rule(
        "image-ray-version",
        "warning",
        "The image's tag says another Ray than rayVersion.",
        "KubeRay and this chart go by rayVersion: which probes the pods get, whether the token works, which autoscaler "
        "fits. The image has what it has. Tags are read in Ray's own repositories and their mirrors, and elsewhere "
        "where they have the version behind the word ray.",
        "KubeRay v1.7.0, initLivenessAndReadinessProbe; KubeRay facts, section 10",
        per_pod(_ray_version),
    ),
    Rule(
        "image-mismatch",
        "error",
        "Images of head and workers have different Ray or Python.",
        "A node that joins compares its Ray and its Python, to the patch, with the head's, and ends with `Version "
        "mismatch` where they differ. The autoscaler keeps making such workers.",
        "Ray 2.60.0, Node.check_version_info, utils.check_version_info",
        per_type(_mixed),
    ),
    Rule(
        "image-python-unsaid",
        "warning",
        "One image's tag names its Python, the other's does not.",
        "Without -py312 or the like a tag of rayproject/ray has the Python that was the default when it was made. A "
        "worker whose Python is not its head's ends at once.",
        "Ray 2.60.0, utils.check_version_info; rayproject/ray tags",
        per_type(_python_unsaid),
    ),
    Rule(
        "client-mismatch",
        "warning",
        "Clients have another Ray or Python than the cluster.",
        "Ray Client connects only where Ray's version and Python's first two numbers are the same on both sides. What "
        'clients have stands under `x-raychart: {client: {ray: 2.60.0, python: "3.12"}}`.',
        "Ray, Ray Client: version requirements",
        per_cluster(_client),
    ),
    Rule(
        "image-tag-idle",
        "info",
        "A tag stands beside a digest, which wins.",
        "The chart writes the digest and leaves the tag out, so a new tag alone brings no new image.",
        "charts/ray/templates/_image.tpl",
        once_a_place(_idle_tag),
    ),
)
