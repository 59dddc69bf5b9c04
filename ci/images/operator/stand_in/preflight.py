"""What has to be true before the operator can work."""

from __future__ import annotations

import asyncio

from .api import PODS, RAY_CLUSTERS, SECRETS, SERVICES, Api, ApiError

_NEEDED = ("rayclusters", "rayjobs", "rayservices")
_PATIENCE = 10.0
_PERIOD = 0.2


class UnusableError(Exception):
    """The operator cannot work here, and why."""


async def check(api: Api) -> None:
    """Raise UnusableError where a CRD is missing, ApiError where the Role does not allow reading what is watched.

    All three CRDs count: the genuine operator starts its caches for all of them and ends without.
    """
    served = await _discover(api)
    missing = [f"{plural}.ray.io" for plural in _NEEDED if plural not in served]
    if missing:
        raise UnusableError(f"no CRD {', '.join(missing)} (version v1); the cluster's administrator has to install it")
    await asyncio.gather(*(api.list(kind) for kind in (RAY_CLUSTERS, PODS, SERVICES, SECRETS)))


async def _discover(api: Api) -> set[str]:
    """Ask once more for a while where the API server cannot be reached: a pod's network may come a moment late."""
    loop = asyncio.get_running_loop()
    end = loop.time() + _PATIENCE
    while True:
        try:
            return await api.discover("/apis/ray.io/v1")
        except ApiError as error:
            if error.code or loop.time() > end:
                raise
            await asyncio.sleep(_PERIOD)
