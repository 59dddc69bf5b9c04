"""Ask the API server from inside a pod, with the token of the pod's account; standard library only."""

import http.client
import json
import ssl
import time
import urllib.error
import urllib.request

SERVER = "https://kubernetes.default.svc"
ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
ATTEMPTS = 30
# What asking again does not change. 401 and 403 are not among them: a Role made a moment ago may not be known yet.
LASTING = (400, 405, 409, 413, 415, 422)


def call(method, path, body=None, content_type="application/json"):
    """Return the answer, None where there is no such object; ask again, for minutes, where there is no answer.

    Raise HTTPError where the API server refuses, OSError where it does not answer.
    """
    attempt = 0
    while True:
        try:
            return ask(method, path, body, content_type)
        except OSError as problem:
            attempt += 1
            status = getattr(problem, "code", None)
            if status == 404:
                return None
            if status in LASTING or attempt == ATTEMPTS:
                raise
            print(f"{method} {path}: {problem}; asked again", flush=True)
            time.sleep(min(attempt, 5))


def ask(method, path, body=None, content_type="application/json", server=SERVER, account=ACCOUNT):
    """Return the answer to one request; raise OSError, of which HTTPError is one, where there is none."""
    with open(f"{account}/token", encoding="utf-8") as token:  # read each time: the kubelet renews it
        headers = {"Authorization": f"Bearer {token.read()}", "Content-Type": content_type}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(server + path, data, headers, method=method)
    context = ssl.create_default_context(cafile=f"{account}/ca.crt") if server.startswith("https") else None
    try:
        with urllib.request.urlopen(request, timeout=10, context=context) as answer:
            return json.load(answer)
    except http.client.HTTPException as cut:
        raise OSError(f"the answer ends too soon: {cut!r}") from cut
