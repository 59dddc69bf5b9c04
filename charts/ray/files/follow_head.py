"""Keep a container beside the head's in step with it: gone as soon as the pod is, and anew with each new GCS."""

import contextlib
import os
import signal
import sys
import threading
import time

from head_line import Line

GCS = ("127.0.0.1", 6379)


def follow_head():
    """Do so from now on, in threads. For the start of a program: the signal is to be blocked in all of its threads.

    A program that is a container's first process is not ended by SIGTERM unless it handles it, and Ray's autoscaler
    does so only to tell the GCS, for which it waits when that is gone. To a GCS that lost its state it is a stranger.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    threading.Thread(target=_end, daemon=True).start()
    threading.Thread(target=_start_again, args=([sys.executable, "-u", *sys.argv],), daemon=True).start()


def _end():
    os._exit(128 + signal.sigwait({signal.SIGTERM}))


def _start_again(command):
    line = None
    while line is None or line.holds():
        with contextlib.suppress(OSError):
            line = line or Line(GCS)
        time.sleep(1)
    print("raychart: the head's Ray has ended: started again with it", flush=True)
    os.execv(command[0], command)  # noqa: S606 (what runs now)
