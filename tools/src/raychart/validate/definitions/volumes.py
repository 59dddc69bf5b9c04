"""Volumes of pods, as validateVolumes asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raychart.validate.definitions.check import (
    filled,
    form,
    needed,
    nothing_but_one,
    one_of,
)
from raychart.validate.definitions.forms import RELATIVE, WITHOUT_UP
from raychart.validate.definitions.references import OF_FILES, field_path

if TYPE_CHECKING:
    from raychart.validate.definitions.check import Check

_CORE = "io.k8s.api.core.v1."
CHECKS: dict[str, tuple[Check, ...]] = {
    # Without any it is an emptyDir.
    f"{_CORE}Volume": (nothing_but_one("name"),),
    f"{_CORE}VolumeProjection": (nothing_but_one(),),
    f"{_CORE}DownwardAPIVolumeFile": (
        one_of("fieldRef", "resourceFieldRef"),
        field_path(OF_FILES),
        form(RELATIVE, "path"),
    ),
    f"{_CORE}KeyToPath": (filled("key", "path"), form(RELATIVE, "path")),
    f"{_CORE}ConfigMapVolumeSource": (needed("name"),),
    f"{_CORE}SecretVolumeSource": (needed("secretName"),),
    f"{_CORE}ServiceAccountTokenProjection": (filled("path"), form(RELATIVE, "path")),
    f"{_CORE}EphemeralVolumeSource": (needed("volumeClaimTemplate"),),
    f"{_CORE}HostPathVolumeSource": (filled("path"), form(WITHOUT_UP, "path")),
    f"{_CORE}PersistentVolumeClaimVolumeSource": (filled("claimName"),),
}
