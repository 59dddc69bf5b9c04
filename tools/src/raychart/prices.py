"""A price table: what CPUs, memory and GPUs cost an hour, on which nodes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from raychart.quantities import GI, exact
from raychart.settings_file import read_settings

if TYPE_CHECKING:
    from raychart.pod_requests import Requests

SCHEMA_FILE = Path(__file__).with_name("prices.schema.json")
_ANY = "*"


@dataclass(frozen=True, slots=True)
class _Rates:
    """Prices an hour of a CPU, a GiB and devices by resource name ("*" is any GPU), for pods that want such nodes."""

    node: dict[str, str]
    cpu: Fraction
    memory: Fraction
    devices: dict[str, Fraction]


@dataclass(frozen=True, slots=True)
class Prices:
    """A price table; `rates` are tried in order, and the last is for every pod."""

    currency: str
    rates: tuple[_Rates, ...]

    def of(self, each: Requests) -> Fraction:
        """Return what a pod costs an hour."""
        rates = next(rates for rates in self.rates if _fits(rates.node, each.node))
        price = each.amount("cpu") * rates.cpu + each.amount("memory") / GI * rates.memory
        return price + sum((each.amount(name) * _rate(rates, name) for name in each.devices), Fraction(0))


def load_prices(path: Path, content: bytes | None = None) -> Prices:
    """Read a price table; `content` stands for what is in the file. Raises RaychartError for what is none."""
    table = read_settings(path, SCHEMA_FILE, content)
    base = _Rates({}, *_named(table, None))
    special = [_Rates(entry["nodeSelector"], *_named(entry, base)) for entry in table.get("placements", ())]
    return Prices(table["currency"], (*special, base))


def _named(table: dict[str, Any], base: _Rates | None) -> tuple[Fraction, Fraction, dict[str, Fraction]]:
    """Return the prices that a part of the table names, for the rest the base's times its factor."""
    factor = _price(table.get("factor", 1))
    cpu, memory, devices = (base.cpu, base.memory, base.devices) if base else (Fraction(0), Fraction(0), {})
    given = table.get("gpuHour", {})
    own = given if isinstance(given, dict) else {_ANY: given}
    return (
        _price(table["cpuHour"]) if "cpuHour" in table else cpu * factor,
        _price(table["memoryGiBHour"]) if "memoryGiBHour" in table else memory * factor,
        {name: price * factor for name, price in devices.items()}
        | {name: _price(price) for name, price in own.items()},
    )


def _price(written: object) -> Fraction:
    return exact(written) or Fraction(0)


def _rate(rates: _Rates, name: str) -> Fraction:
    from raychart.capacity import is_gpu

    return rates.devices.get(name, rates.devices.get(_ANY, Fraction(0)) if is_gpu(name) else Fraction(0))


def _fits(node: dict[str, str], wanted: dict[str, frozenset[str]]) -> bool:
    return all(wanted.get(key) and wanted[key] <= {value} for key, value in node.items())
