"""A client for the few API calls the operator makes, all of them in one namespace."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import aiohttp

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from .cluster import Object

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_TIMEOUT = aiohttp.ClientTimeout(total=30)


@dataclass(frozen=True, slots=True)
class Kind:
    """Where the objects of one kind live: the path of their group and version, and their plural name."""

    group_path: str
    plural: str


RAY_CLUSTERS = Kind("/apis/ray.io/v1", "rayclusters")
PODS = Kind("/api/v1", "pods")
SERVICES = Kind("/api/v1", "services")
SECRETS = Kind("/api/v1", "secrets")
SERVICE_ACCOUNTS = Kind("/api/v1", "serviceaccounts")
ROLES = Kind("/apis/rbac.authorization.k8s.io/v1", "roles")
ROLE_BINDINGS = Kind("/apis/rbac.authorization.k8s.io/v1", "rolebindings")
INGRESSES = Kind("/apis/networking.k8s.io/v1", "ingresses")
JOBS = Kind("/apis/batch/v1", "jobs")
EVENTS = Kind("/apis/events.k8s.io/v1", "events")
LEASES = Kind("/apis/coordination.k8s.io/v1", "leases")


class ApiError(Exception):
    """The API server said no: its code, its reason and its own words; code 0 where it said nothing at all."""

    def __init__(self, code: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason


def server_address(environment: Mapping[str, str]) -> str:
    """Return the API server's address as every pod is told it."""
    host, port = environment["KUBERNETES_SERVICE_HOST"], environment["KUBERNETES_SERVICE_PORT"]
    return f"https://{f'[{host}]' if ':' in host else host}:{port}"


class Api:
    """A connection to the API server from inside a pod; use it as an async context manager."""

    def __init__(self, namespace: str, environment: Mapping[str, str], account: Path = SERVICE_ACCOUNT) -> None:
        self._server = server_address(environment)
        self._namespace = namespace
        self._account = account
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        context = ssl.create_default_context(cafile=str(self._account / "ca.crt"))
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context), timeout=_TIMEOUT)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def discover(self, group_path: str) -> set[str]:
        """Return the plural names a group and version serves, none where the group is unknown."""
        try:
            found = await self._call("GET", group_path)
        except ApiError as error:
            if error.code == HTTPStatus.NOT_FOUND:
                return set()
            raise
        return {resource["name"] for resource in found["resources"]}

    async def list(self, kind: Kind, selector: str = "") -> list[Object]:
        params = {"labelSelector": selector} if selector else None
        found: Object = await self._call("GET", self._path(kind), params=params)
        return found.get("items") or []

    async def get(self, kind: Kind, name: str) -> Object | None:
        """Return the object, None where there is none."""
        try:
            found: Object = await self._call("GET", self._path(kind, name))
        except ApiError as error:
            if error.code == HTTPStatus.NOT_FOUND:
                return None
            raise
        return found

    async def create(self, kind: Kind, body: Object) -> Object:
        made: Object = await self._call("POST", self._path(kind), body)
        return made

    async def replace(self, kind: Kind, body: Object, part: str = "") -> Object:
        """Write the whole object, or its `part` (such as status); fails with 409 where it changed meanwhile."""
        path = self._path(kind, body["metadata"]["name"])
        written: Object = await self._call("PUT", f"{path}/{part}" if part else path, body)
        return written

    async def patch(self, kind: Kind, name: str, change: Object) -> None:
        """Lay `change` over the object: a JSON merge patch."""
        headers = {"Content-Type": "application/merge-patch+json"}
        await self._call("PATCH", self._path(kind, name), change, headers=headers)

    async def delete(self, kind: Kind, name: str) -> bool:
        """Delete one object; return whether it was there."""
        try:
            await self._call("DELETE", self._path(kind, name))
        except ApiError as error:
            if error.code == HTTPStatus.NOT_FOUND:
                return False
            raise
        return True

    async def delete_all(self, kind: Kind, selector: str) -> None:
        await self._call("DELETE", self._path(kind), params={"labelSelector": selector})

    def _path(self, kind: Kind, name: str = "") -> str:
        path = f"{kind.group_path}/namespaces/{self._namespace}/{kind.plural}"
        return f"{path}/{name}" if name else path

    async def _call(
        self,
        verb: str,
        path: str,
        body: Object | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        if self._session is None:
            raise RuntimeError("the API is used outside its context")
        # Read for every call: the kubelet replaces the token while the operator runs.
        token = (self._account / "token").read_text().strip()
        sent = {"Authorization": f"Bearer {token}", **(headers or {})}
        try:
            async with self._session.request(
                verb, self._server + path, json=body, params=params, headers=sent
            ) as answer:
                if answer.status < HTTPStatus.BAD_REQUEST:
                    return await answer.json()
                raise await _error(answer)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise ApiError(0, "Unreachable", f"{self._server} does not answer: {error}") from error


async def _error(answer: aiohttp.ClientResponse) -> ApiError:
    text = await answer.text()
    if answer.content_type == "application/json":
        status = await answer.json()
        return ApiError(answer.status, status.get("reason", ""), status.get("message", text))
    return ApiError(answer.status, answer.reason or "", text)
