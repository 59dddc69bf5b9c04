"""Leader election on the Lease that every KubeRay operator of a namespace shares."""

from __future__ import annotations

import asyncio
import logging
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .api import LEASES, Api, ApiError

if TYPE_CHECKING:
    from .cluster import Object

log = logging.getLogger(__name__)

LEASE = "ray-operator-leader"
_SECONDS = 15
_RENEW_WITHIN = 10.0
_PERIOD = 2.0


class LeadershipError(Exception):
    """Another operator may be at work by now: this one has to end."""


class Leader:
    """Holds the Lease; `elected` is set as soon as it does."""

    def __init__(self, api: Api, namespace: str, host: str) -> None:
        self.elected = asyncio.Event()
        self._api = api
        self._namespace = namespace
        self._identity = f"{host}_{uuid.uuid4()}"
        self._seen: tuple[str, float] = ("", 0.0)

    async def hold(self) -> None:
        """Take the Lease when it is free and renew it from then on; raise LeadershipError when that fails too long."""
        loop = asyncio.get_running_loop()
        renewed = loop.time()
        while True:
            try:
                held = await self._try(loop.time())
            except ApiError as error:
                log.warning("lease %s/%s: %s", self._namespace, LEASE, error)
                held = False
            if held:
                renewed = loop.time()
                self.elected.set()
            elif self.elected.is_set() and loop.time() - renewed > _RENEW_WITHIN:
                raise LeadershipError(f"lease {self._namespace}/{LEASE} could not be renewed for {_RENEW_WITHIN:.0f} s")
            await asyncio.sleep(_PERIOD)

    async def release(self) -> None:
        """Leave the Lease to the next operator, which then need not wait until it expires."""
        if not self.elected.is_set():
            return
        lease = await self._api.get(LEASES, LEASE)
        spec = (lease or {}).get("spec") or {}
        if lease is not None and spec.get("holderIdentity") == self._identity:
            freed = {**spec, "holderIdentity": "", "leaseDurationSeconds": 1}
            await self._api.replace(LEASES, {**lease, "spec": freed})

    async def _try(self, now: float) -> bool:
        """Take or renew the Lease; return whether it is ours. The holder's clock is not trusted, only its changes."""
        lease = await self._api.get(LEASES, LEASE)
        if lease is None:
            metadata = {"name": LEASE, "namespace": self._namespace}
            body = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": metadata}
            await self._api.create(LEASES, {**body, "spec": self._spec({})})
            return True
        spec = lease.get("spec") or {}
        holder = spec.get("holderIdentity") or ""
        if holder not in ("", self._identity):
            version = lease["metadata"]["resourceVersion"]
            if self._seen[0] != version:
                self._seen = (version, now)
            if now - self._seen[1] < (spec.get("leaseDurationSeconds") or _SECONDS):
                return False
        await self._api.replace(LEASES, {**lease, "spec": self._spec(spec)})
        return True

    def _spec(self, old: Object) -> Object:
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        changed = old.get("holderIdentity") != self._identity
        return {
            "holderIdentity": self._identity,
            "leaseDurationSeconds": _SECONDS,
            "acquireTime": now if changed else old.get("acquireTime", now),
            "renewTime": now,
            "leaseTransitions": int(old.get("leaseTransitions") or 0) + (1 if old and changed else 0),
        }
