"""Answer the kubelet's probes, from the moment the operator watches and not before."""

from __future__ import annotations

import asyncio

from aiohttp import web


async def serve_probes(address: tuple[str, int], ready: asyncio.Event) -> None:
    """Serve /healthz and /readyz at `address` once `ready` is set, for ever; until then nothing listens."""
    await ready.wait()

    async def ok(_: web.Request) -> web.Response:
        return web.Response(text="ok")

    app = web.Application()
    app.add_routes([web.get("/healthz", ok), web.get("/readyz", ok)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, *address).start()
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()
