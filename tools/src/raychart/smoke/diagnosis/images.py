"""Images that cannot be had."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from raychart.smoke.diagnosis.subjects import containers, finding, lasting, live, values_path, waiting

if TYPE_CHECKING:
    from datetime import datetime

    from raychart.findings import Finding
    from raychart.smoke.api import Json
    from raychart.smoke.snapshot import Snapshot

_PULLING = {"ErrImagePull", "ImagePullBackOff", "ImageInspectError", "RegistryUnavailable"}
_FINAL = {"ErrImageNeverPull", "InvalidImageName"}
_FINAL_WORDS = re.compile(
    r"not found|manifest unknown|does not exist|access denied|no matching manifest", re.IGNORECASE
)
# A name server or registry may fail once; an answer of "not found" does not change.
_PATIENCE = timedelta(seconds=15)


def missing_image(snapshot: Snapshot, now: datetime) -> Finding | None:
    """Find a container whose image does not exist at once, one whose image cannot be pulled after 15 s.

    The client starts first and uses the head's image: as long as the head is not ready, it is the head's to tell.
    """
    heads = [pod for pod in live(snapshot) if values_path(pod).endswith(".head")]
    head_first = not heads or not all(container.get("ready") for pod in heads for container in containers(pod))
    for pod in live(snapshot):
        if head_first and not values_path(pod):
            continue
        for container, reason, message in waiting(pod):
            if reason not in _PULLING | _FINAL:
                continue
            final = reason in _FINAL or _is_final(message)
            if final or lasting(snapshot, pod, now, "Failed", "BackOff") >= _PATIENCE:
                return _finding(pod, container, reason, message)
    return None


def _is_final(message: str) -> bool:
    # "lookup registry.example: host not found" is about the way there, not about the image.
    return bool(_FINAL_WORDS.search(message)) and not re.search(r"dial tcp|lookup |no such host", message)


def _finding(pod: Json, container: Json, reason: str, message: str) -> Finding:
    image = container["image"]
    what = f"image {image} of container {container['name']} cannot be had ({reason}: {message or 'no details given'})"
    path = values_path(pod)
    setting = f"{path}.image" if path else "the cluster's image, which the client uses too"
    remedies = {
        "ErrImageNeverPull": "load it onto the node (kind: --load-image) or allow pulling in the pullPolicy",
        "InvalidImageName": f"write {setting} as repository and tag",
    }
    otherwise = (
        f"check repository and tag in {setting}, that the node reaches the registry, and image.pullSecrets for a "
        "private one; with a kind cluster --load-image brings a local image onto the node"
    )
    return finding("image", pod, what, remedies.get(reason, otherwise))
