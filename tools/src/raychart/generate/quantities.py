"""Numbers of CPUs and amounts of memory, as specs say them and as Kubernetes writes them."""

from __future__ import annotations

import math
from decimal import Decimal

MI = 2**20
GI = 2**30
_UNITS = {"Mi": MI, "Gi": GI, "Ti": 2**40}


def read_cpus(text: object) -> Decimal:
    """Read CPUs: 4, 0.5, "500m"."""
    words = str(text)
    return Decimal(words[:-1]) / 1000 if words.endswith("m") else Decimal(words)


def write_cpus(cpus: Decimal) -> int | str:
    """Write CPUs: whole ones as a number, others in thousandths, rounded up."""
    if cpus == cpus.to_integral_value():
        return int(cpus)
    return f"{math.ceil(cpus * 1000)}m"


def read_memory(text: str) -> int:
    """Read an amount of memory in bytes: 512Mi, 1.5Gi."""
    return int(Decimal(text[:-2]) * _UNITS[text[-2:]])


def write_memory(amount: int) -> str:
    """Write an amount of memory in the largest unit that says it exactly; what is below 1Mi is rounded up."""
    mebi = -(-amount // MI)
    return f"{mebi // 1024}Gi" if mebi % 1024 == 0 else f"{mebi}Mi"


def shown_memory(amount: int) -> str:
    """Write an amount of memory for people: 1.5Gi, 338.4Gi."""
    return f"{round(amount / GI, 1 if amount >= 10 * GI else 2):g}Gi"


def rounded_up(amount: int) -> int:
    """Round an amount of memory up to what one would choose: whole Gi, below 4Gi in steps of 256Mi."""
    step = GI if amount > 4 * GI else 256 * MI
    return -(-amount // step) * step
