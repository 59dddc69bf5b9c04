"""Call tasks one after the other for ever, and print how long there was no result; on any error connect anew, plainly.

Runs in a pod as an application does. Prints one JSON line per second that had results, per gap and per error.
"""

import json
import os
import time

import ray

ADDRESS = f"ray://{os.environ['HOST']}:10001"
GAP = 1.0  # shorter ones are a busy machine's


@ray.remote
def where() -> str:
    """Say where it runs."""
    return os.uname().nodename


def say(**facts: object) -> None:
    """Print one line for whoever watches."""
    print(json.dumps({"at": time.time(), **facts}), flush=True)


last = told = 0.0
while True:
    try:
        if not ray.is_initialized():
            began = time.time()
            ray.init(ADDRESS, logging_level="ERROR", log_to_driver=False)
            say(connected=time.time() - began)
        node = ray.get(where.remote())
    except Exception as problem:  # noqa: BLE001 (whatever it is: connect anew)
        say(error=f"{type(problem).__name__}: {problem}"[-300:])
        ray.shutdown()
        continue
    now = time.time()
    if last and now - last > GAP:
        say(gap=now - last, since=last)
    elif now - told > 1:
        say(result=node)
        told = now
    last = now
    time.sleep(0.05)
