"""Tell whether templates give the same text each time they are rendered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from raychart.rendering.template_actions import Action, UnreadableError, insides, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable

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


_SUSPICIOUS = re.compile(rf"\b(?:{'|'.join(sorted(_CHANGING | _UNORDERED))})\b")


def is_stable(templates: Iterable[str]) -> bool:
    """Tell whether no template calls a function that may give something else the next time."""
    try:
        # Most actions are quickly seen to name none of them.
        return not any(
            _SUSPICIOUS.search(inside) and _changes(Action(words_of(inside)))
            for text in templates
            for inside in insides(text)
        )
    except UnreadableError:
        return False


def _changes(action: Action) -> bool:
    called = set(action.functions)
    return bool(called & _CHANGING or (called & _UNORDERED and "sortAlpha" not in called))
