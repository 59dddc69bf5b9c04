"""Run the Ray Client server, with one thing changed: it does not keep a client waiting that it does not know.

A client of a lost head comes to the next one with two streams. Ray refuses the one at once, and lets the other, for
logs, wait 10 s for the first; so long the client hangs in `ray.shutdown`.
"""

import time

import grpc
from ray.util.client.server import proxier, server

# A new client's stream for logs may come before its other one, but not by much.
AHEAD = 0.5


def refuse_strangers(servicer):
    """Refuse the log stream of a client that does not announce itself soon."""
    stream = servicer.Logstream

    def stream_to_known(self, requests, context):
        client_id = dict(context.invocation_metadata()).get("client_id", "")
        end = time.monotonic() + AHEAD
        while client_id not in self.proxy_manager.servers:
            if time.monotonic() > end:
                context.set_code(grpc.StatusCode.NOT_FOUND)
                return
            time.sleep(AHEAD / 10)
        yield from stream(self, requests, context)

    servicer.Logstream = stream_to_known


if __name__ == "__main__":
    refuse_strangers(proxier.LogstreamServicerProxy)
    server.main()
