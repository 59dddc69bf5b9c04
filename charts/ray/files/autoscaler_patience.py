"""Requests that wait for an API server which is away, and say so."""

import time

PAUSE_SECONDS = 2
SAY_SECONDS = 60
REFUSED_SECONDS = 60  # an API server that has just started may refuse for a moment whom it does not know yet


def say(words):
    """Print a line that is known as the chart's among Ray's."""
    print(f"raychart: {words}", flush=True)


def patient(call, waited=lambda: None):
    """Return a method that calls another again while the API server is away or not yet ready; `waited` hears of it."""

    def waiting(*arguments, **options):
        began = said = None
        while True:
            try:
                answer = call(*arguments, **options)
            except Exception as problem:
                now = time.monotonic()
                began = now if began is None else began
                if not is_passing(problem, now - began):
                    raise
                if said is None or now - said >= SAY_SECONDS:
                    say(f"the API server is away, scaling waits for it (for {now - began:.0f} s now): {problem}")
                    said = now
                time.sleep(PAUSE_SECONDS)
            else:
                if began is not None:
                    say(f"the API server answers again after {time.monotonic() - began:.0f} s")
                    waited()
                return answer

    return waiting


def is_passing(problem, seconds):
    """Say whether a request that has failed for so long may yet succeed without anybody changing anything."""
    status = status_of(problem)
    if status is None:
        return isinstance(problem, OSError)  # which requests' own exceptions are: no connection, no answer in time
    return status == 429 or status >= 500 or (status in {401, 403} and seconds < REFUSED_SECONDS)


def status_of(problem):
    """Return the HTTP status that an exception of requests carries; None when the server has not answered."""
    return getattr(getattr(problem, "response", None), "status_code", None)
