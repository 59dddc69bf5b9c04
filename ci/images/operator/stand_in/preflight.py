"""What has to be true before the operator can work."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from .api import PODS, RAY_CLUSTERS, SECRETS, SERVICES, Api, ApiError

_NEEDED = ("rayclusters", "rayjobs", "rayservices")
_PATIENCE = 10.0
_PERIOD = 0.2


class UnusableError(Exception):
    """The operator cannot work here, and why."""


async def check(api: Api) -> None:
    """Raise UnusableError where a CRD is missing, ApiError where the Role does not allow reading what is watched.

    An API server that cannot be reached, or asks for a moment, is asked again for a while: the network of a new pod
    may come late, and so may a server that starts.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + _PATIENCE
    while True:
        try:
            return await _look(api)
        except ApiError as error:
            passing = not error.code or error.code >= HTTPStatus.TOO_MANY_REQUESTS
            if not passing or loop.time() > end:
                raise
        await asyncio.sleep(_PERIOD)


async def _look(api: Api) -> None:
    """Look once; all three CRDs count: the genuine operator starts its caches for all of them and ends without."""
    served = await api.discover("/apis/ray.io/v1")
    missing = [f"{plural}.ray.io" for plural in _NEEDED if plural not in served]
    if missing:
        raise UnusableError(f"no CRD {', '.join(missing)} (version v1); the cluster's administrator has to install it")
    await asyncio.gather(*(api.list(kind) for kind in (RAY_CLUSTERS, PODS, SERVICES, SECRETS)))
