"""What values files tell the rules themselves, under x-raychart, a key that the chart leaves alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from raychart.lint.effective import as_list, as_map
from raychart.lint.kubernetes import QUANTITY
from raychart.quantities import number
from raychart.schema_forms import meant

if TYPE_CHECKING:
    from raychart.paths import ValuesPath
    from raychart.values import Values

KEY = "x-raychart"
_KEYS = ("launchSeconds", "quota", "client", "trial")
_CLIENT_KEYS = ("ray", "python")


@dataclass(frozen=True, slots=True)
class LintSettings:
    """What is known besides the values. `wrong` are the places that say nothing a rule could use, and why."""

    launch_seconds: float | None = None
    quota: dict[str, float] = field(default_factory=dict)
    client_ray: str | None = None
    client_python: str | None = None
    trials: bool | frozenset[str] = False
    wrong: tuple[tuple[ValuesPath, str, str], ...] = ()

    def is_trial(self, cluster: str) -> bool:
        """Tell whether a cluster is said to be for a trial."""
        return self.trials if isinstance(self.trials, bool) else cluster in self.trials


def lint_settings(values: Values) -> LintSettings:
    """Read x-raychart from merged values."""
    found = values.data.get(KEY)
    if found is None:
        return _NOTHING
    reader = _Reader()
    return reader.read(found)


_NOTHING = LintSettings()


class _Reader:
    """Reads, and keeps what it cannot use."""

    def __init__(self) -> None:
        self.wrong: list[tuple[ValuesPath, str, str]] = []

    def read(self, found: object) -> LintSettings:
        if not isinstance(found, dict):
            self._note((KEY,), "is not a map", f"write {KEY}: with {', '.join(_KEYS)} below it")
        given = as_map(found)
        self._unknown((KEY,), given, _KEYS)
        client = as_map(given.get("client"))
        self._unknown((KEY, "client"), client, _CLIENT_KEYS)
        launch, quota, trials = self._launch(given), self._quota(given), self._trials(given)
        ray, python = (self._version(client, key) for key in _CLIENT_KEYS)
        return LintSettings(launch, quota, ray, python, trials, tuple(self.wrong))

    def _launch(self, given: dict[str, object]) -> float | None:
        seconds = given.get("launchSeconds")
        if isinstance(seconds, (int, float)) and not isinstance(seconds, bool) and seconds > 0:
            return float(seconds)
        if seconds is not None:
            self._note((KEY, "launchSeconds"), f"is not a number over 0 ({seconds!r:.40})", "write seconds, such as 90")
        return None

    def _quota(self, given: dict[str, object]) -> dict[str, float]:
        quota = given.get("quota")
        if quota is not None and not isinstance(quota, dict):
            self._note((KEY, "quota"), "is not a map", "write it as a ResourceQuota's hard: {pods: 20, limits.cpu: 64}")
        hard = {str(name): number(amount) for name, amount in as_map(quota).items()}
        for name in (name for name, amount in hard.items() if amount is None):
            written = str(as_map(quota)[name])
            remedy = f"write {meant(written, QUANTITY) or 'a quantity, such as 20, 500m or 64Gi'}"
            self._note((KEY, "quota", name), f"is not a quantity ({written!r:.40})", remedy)
        return {name: amount for name, amount in hard.items() if amount is not None}

    def _trials(self, given: dict[str, object]) -> bool | frozenset[str]:
        trial = given.get("trial")
        if isinstance(trial, list) and all(isinstance(name, str) for name in trial):
            return frozenset(as_list(trial))
        if trial is not None and not isinstance(trial, bool):
            self._note((KEY, "trial"), "is neither true nor a list of clusters", "write true, or the clusters' names")
        return trial is True

    def _version(self, client: dict[str, object], key: str) -> str | None:
        version = client.get(key)
        if version is not None and not isinstance(version, str):
            self._note((KEY, "client", key), f"is not text ({version!r:.40})", f'put it in quotes: {key}: "{version}"')
        return version if isinstance(version, str) else None

    def _unknown(self, path: ValuesPath, given: dict[str, object], known: tuple[str, ...]) -> None:
        for key in given:
            if key not in known:
                self._note((*path, key), "is not a setting of lint", f"remove it; there are {', '.join(known)}")

    def _note(self, path: ValuesPath, what: str, remedy: str) -> None:
        self.wrong.append((path, what, remedy))
