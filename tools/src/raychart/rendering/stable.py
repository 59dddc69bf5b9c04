"""Tell whether templates give the same text each time they are rendered."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from raychart.rendering.template_actions import Action, Templates

# Of Helm and sprig: what is random, what asks a clock or a network. `tpl` makes templates of texts in the values.
_NAMES = """
    now ago date dateInZone date_in_zone htmlDate htmlDateInZone unixEpoch
    randAlpha randAlphaNum randAscii randNumeric randBytes randInt shuffle uuidv4
    genCA genCAWithKey genPrivateKey genSelfSignedCert genSelfSignedCertWithKey genSignedCert genSignedCertWithKey
    bcrypt htpasswd encryptAES derivePassword buildCustomCert getHostByName lookup env expandenv tpl
"""
_CHANGING = frozenset(_NAMES.split())
# In an order that differs each time, as Go's maps have it, unless they are sorted at once.
_UNORDERED = frozenset({"keys", "values"})


def is_stable(templates: Templates) -> bool:
    """Tell whether no template calls a function that may give something else the next time."""
    return not any(_changes(action) for action in templates.actions)


def _changes(action: Action) -> bool:
    called = set(action.functions)
    return bool(called & _CHANGING or (called & _UNORDERED and "sortAlpha" not in called))
