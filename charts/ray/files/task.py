"""Submit a task to the cluster at the address given, and check its result."""

import os
import sys

import ray

ray.init(sys.argv[1])


@ray.remote
def where(number: int) -> tuple[int, str]:
    """Say where it runs, as proof that it did."""
    return number + 1, os.uname().nodename


number, node = ray.get(where.remote(41), timeout=240)
if number != 42:
    sys.exit(f"the task on {node} gave {number}, not 42")
print(f"a task ran on {node}")
