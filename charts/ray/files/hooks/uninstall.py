"""Delete fault-tolerant RayClusters while their operator is there to empty Redis, and wait until they are gone.

Helm would remove the operator first, and a RayCluster whose finalizer nobody handles would stay for ever. What the
operator has not finished in time is let go, with a word about what is left in Redis. Standard library only: it runs in
whatever image the cluster has. Arguments: seconds to wait, namespace, names of RayClusters.
"""

import json
import ssl
import sys
import time
import urllib.error
import urllib.request

ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"


def call(method, path, body=None):
    """Ask the API server; None when there is no such object."""
    with open(f"{ACCOUNT}/token", encoding="utf-8") as token:
        headers = {"Authorization": f"Bearer {token.read()}", "Content-Type": "application/merge-patch+json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"https://kubernetes.default.svc{path}", data, headers, method=method)
    context = ssl.create_default_context(cafile=f"{ACCOUNT}/ca.crt")
    try:
        with urllib.request.urlopen(request, timeout=10, context=context) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        raise


def insist(*request):
    """Call until the API server answers: a lost packet must not leave a finalizer behind."""
    for attempt in range(30):
        try:
            return call(*request)
        except OSError as error:
            print(f"{request[0]} {request[1]}: {error}", flush=True)
            time.sleep(min(attempt + 1, 5))
    sys.exit("the API server does not answer; run helm uninstall again")


def main(seconds, namespace, *names):
    """Delete, wait, let go."""
    paths = {name: f"/apis/ray.io/v1/namespaces/{namespace}/rayclusters/{name}" for name in names}
    for name, path in paths.items():
        insist("DELETE", path)
        print(f"raycluster/{name}: deletion asked for", flush=True)
    deadline = time.monotonic() + float(seconds)
    while paths and time.monotonic() < deadline:
        for name in [name for name, path in paths.items() if insist("GET", path) is None]:
            print(f"raycluster/{name}: gone", flush=True)
            del paths[name]
        time.sleep(0.5)
    for name, path in paths.items():
        insist("PATCH", path, {"metadata": {"finalizers": None}})
        print(f"raycluster/{name}: let go after {seconds} s; its state may still be in Redis", flush=True)


main(*sys.argv[1:])
