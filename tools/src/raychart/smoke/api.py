"""Speak to a Kubernetes API server in plain JSON."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import urllib3
from kubernetes import client, config

from raychart.errors import RaychartError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Json = dict[str, Any]

_TOO_MANY_REQUESTS, _BUSY = 429, 30.0

_REMEDY = "check that the cluster is up, and the address, user and certificates in the kubeconfig"


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach a cluster, for this module and for helm alike; None is what kubectl would take."""

    kubeconfig: Path | None = None
    context: str | None = None


class ApiError(RaychartError):
    """An answer other than success; `status` is 0 when there was no answer at all, `body` what the server said."""

    def __init__(self, where: str, status: int, what: str, body: Json | None = None) -> None:
        super().__init__(where, what, _REMEDY if status in {0, 401} else "see what the API server says above")
        self.status = status
        self.body = body or {}


class Api:
    """One connection pool to one API server; may be used from several threads.

    The client library loads the kubeconfig and the certificates. Requests are made here, because diagnosis, evidence
    and discovery want every kind of object alike, as the server sends it.
    """

    def __init__(self, access: Access) -> None:
        self.access = access
        try:
            path = None if access.kubeconfig is None else str(access.kubeconfig)
            self.client = config.new_client_from_config(path, context=access.context)
        except (config.ConfigException, OSError) as refused:
            where = str(access.kubeconfig or "kubeconfig")
            what = f"no cluster to reach ({refused})"
            raise RaychartError(where, what, "name one that exists with --kubeconfig and --context") from refused
        # A pool of this module's own: retries would hide how long a server has not answered.
        self._pool = self.client.rest_client.pool_manager
        self.server_time = datetime.now(UTC)

    @property
    def address(self) -> str:
        """Return the API server's URL."""
        return str(self.client.configuration.host)

    def core(self) -> Any:
        """Return the official CoreV1Api on a client of its own, for what is not plain HTTP (port-forward)."""
        return client.CoreV1Api(client.ApiClient(self.client.configuration))

    def get(self, path: str, *, timeout: float = 10, accept: str = "application/json", **query: object) -> Json:
        """Return one object or list."""
        return _object(self._send("GET", path, query=query, timeout=timeout, headers={"Accept": accept}).data)

    def find(self, path: str) -> Json | None:
        """Return one object, or None when it does not exist."""
        try:
            return self.get(path)
        except ApiError as problem:
            if problem.status == 404:
                return None
            raise

    def items(self, path: str, **query: object) -> list[Json]:
        """Return a list's objects."""
        return _object(self._send("GET", path, query=query).data).get("items") or []

    def text(self, path: str, **query: object) -> str:
        """Return a body as text, such as a container's log."""
        return self._send("GET", path, query=query).data.decode("utf-8", "replace")

    def create(self, path: str, body: Json) -> Json:
        """Create an object."""
        return _object(self._send("POST", path, body=body, content="application/json").data)

    def apply(self, path: str, body: Json) -> Json:
        """Create or change an object by server-side apply."""
        query = {"fieldManager": "raychart-smoke", "force": "true"}
        return _object(self._send("PATCH", path, query=query, body=body, content="application/apply-patch+yaml").data)

    def merge(self, path: str, body: Json) -> Json:
        """Change parts of an object by a merge patch."""
        return _object(self._send("PATCH", path, body=body, content="application/merge-patch+json").data)

    def delete(self, path: str, *, grace: int | None = None) -> None:
        """Ask for an object's deletion; one that does not exist is fine."""
        options: Json = {"propagationPolicy": "Background"}
        if grace is not None:
            options["gracePeriodSeconds"] = grace
        try:
            self._send("DELETE", path, body=options, content="application/json")
        except ApiError as problem:
            if problem.status != 404:
                raise

    @contextmanager
    def lines(self, path: str, *, timeout: float, **query: object) -> Iterator[Iterator[str]]:
        """Follow a log or a watch, line by line, as long as the server sends it; `timeout` bounds each silence."""
        response = self._send("GET", path, query=query, timeout=timeout, stream=True)
        try:
            yield _lines(response, f"GET {path}")
        finally:
            response.close()
            response.release_conn()

    def _send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        body: Json | None = None,
        content: str = "",
        headers: Mapping[str, str] | None = None,
        timeout: float = 10,
        stream: bool = False,
    ) -> urllib3.BaseHTTPResponse:
        url = self.address + path + (f"?{urlencode(query)}" if query else "")
        where = f"{method} {path}"
        patient_until = time.monotonic() + _BUSY
        while True:
            try:
                response: urllib3.BaseHTTPResponse = self._pool.request(
                    method,
                    url,
                    body=None if body is None else json.dumps(body),
                    headers={**self._headers(), **({"Content-Type": content} if content else {}), **(headers or {})},
                    timeout=urllib3.Timeout(connect=3, read=timeout),
                    retries=False,
                    preload_content=not stream,
                )
            except (urllib3.exceptions.HTTPError, OSError) as refused:
                raise ApiError(where, 0, f"{self.address} does not answer ({refused})") from refused
            # It is too busy, or prepares the storage of a kind that is new: to be asked again.
            if response.status != _TOO_MANY_REQUESTS or time.monotonic() > patient_until:
                break
            time.sleep(0.2)
        if "Date" in response.headers:
            self.server_time = parsedate_to_datetime(response.headers["Date"])
        if response.status >= 400:
            said = _status(response.data)
            what = f"refused with {response.status} ({said.get('message', response.reason)})"
            raise ApiError(where, response.status, what, said)
        return response

    def _headers(self) -> dict[str, str]:
        """Return the headers that say who asks; a token is refreshed by the library when it has to be."""
        settings = self.client.configuration.auth_settings().values()
        return {s["key"]: s["value"] for s in settings if s["in"] == "header" and s["value"]}


def _object(data: bytes) -> Json:
    parsed = json.loads(data)
    return parsed if isinstance(parsed, dict) else {}


def _status(data: bytes) -> Json:
    try:
        return _object(data)
    except ValueError:
        return {"message": data.decode("utf-8", "replace")[:500]} if data else {}


def _lines(response: urllib3.BaseHTTPResponse, where: str) -> Iterator[str]:
    pending = b""
    try:
        for chunk in response.stream(None):
            *whole, pending = (pending + chunk).split(b"\n")
            yield from (line.decode("utf-8", "replace") for line in whole)
    except (urllib3.exceptions.HTTPError, OSError) as broken:
        raise ApiError(where, 0, f"the stream ended early ({broken})") from broken
    if pending:
        yield pending.decode("utf-8", "replace")
