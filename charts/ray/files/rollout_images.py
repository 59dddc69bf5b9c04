"""The images of worker types, tried by Jobs of their own before any running pod is touched."""

import time

from rollout_health import ending, pull_problem
from rollout_log import StoppedError

PATIENCE = 30.0  # a registry may refuse once
ADVICE = "No pod has been touched; correct the image in the values, or go back to the former ones"


def await_images(images, types, api, log, pause):
    """Wait until the images of these types are proven: pulled, and Ray is in them.

    `images` has for a type the image and the Job that tries it; a type without runs the head's. `pause` is called
    between looks.
    """
    wanted = {images[name]["job"]: images[name]["image"] for name in types if name in images}
    since = {}
    while wanted:
        for name, image in list(wanted.items()):
            of = f"image {image} ({', '.join(sorted(kind for kind, proof in images.items() if proof['job'] == name))})"
            problem = try_image(name, of, api)
            if problem is None:
                log.say(f"{of}: pulled, and Ray is in it")
                del wanted[name]
            elif not problem:
                since.pop(name, None)
                log.once(name, f"{of}: being tried")
            elif time.monotonic() - since.setdefault(name, time.monotonic()) > PATIENCE:
                raise StoppedError(f"{problem}. {ADVICE}")
            else:
                log.once(name, f"{of}: cannot be used as it is, and is tried a little longer")
        if wanted:
            pause()


def try_image(name, of, api):
    """Return None for an image that is proven, what is wrong, or "" while its Job is at work."""
    job = api.job(name)
    if job is None:
        return f"{of}: there is no Job {name} to try it"
    status = job.get("status") or {}
    if status.get("succeeded"):
        return None
    pods = api.pods(f"job-name={name}")
    if any(
        condition["type"] == "Failed" and condition["status"] == "True" for condition in status.get("conditions") or []
    ):
        return f"{of} cannot run Ray{''.join(ending(pod, 'image') for pod in pods[-1:])}"
    said = next(filter(None, map(pull_problem, pods)), None)
    return f"{of} cannot be pulled: {said}" if said else ""
