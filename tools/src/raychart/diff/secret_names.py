"""Tell by its name whether a value must not be shown; in doubt it must not."""

from __future__ import annotations

import itertools
import re
from enum import IntEnum
from functools import lru_cache
from typing import Any

from raychart.lint.secret_words import is_named_secret

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_HOT = _words("""
    password passwd passphrase passwords pwd pass secret secrets token tokens credential credentials apikey
    apikeys jwt bearer hmac htpasswd authorization dockerconfigjson dockercfg kubeconfig netrc pgpass pat
    pw creds requirepass masterauth auth
    """)
# A setting of it is none itself, such as authMode.
_ONLY_LAST = frozenset({"auth", "pat"})
_KEYS = _words("""
    api access secret private auth signing encryption account master session client shared ssh license deploy cookie
    """)
_NO_CREDENTIALS = _words("partition sort primary foreign cache routing group index hash shard public topology map")
# What a name ends in that is about a credential and not one itself: where it is, what it is like, how long it lasts.
_ABOUT = _words("""
    name names file files path paths dir directory folder mount ref refs reference id ids ttl expiry expiration
    expires seconds minutes hours days age mode type kind count size limit length max min namespace issuer
    enabled disabled policy header headers url uri endpoint host port algorithm encoding version provider store
    class format prefix suffix rotation interval required optional budget scope scopes audience claim user
    username review request requests py sh js ts go rb lua sql md rst html
    """)
_COUNTED = _words("max min num n total")
# Fields that say which credential is meant, or how it is mounted.
_REFERENCES = _words("""
    name key namespace path secretName optional mode defaultMode expirationSeconds audience algorithm encoding
    size rotationPolicy type kind apiVersion apiGroup
    """)
# A name such as tokenSecret or auth-secret is that of a Secret, as long as the value can be one.
_SECRETS_OF = _words("""
    token password auth tls credential credentials pull ca cert registry image key existing basic
    """)
_OBJECT_NAME = re.compile(r"(?!.*\d{4})[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?")
_OF_SECRETS = frozenset({"data", "stringdata"})
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


class Heat(IntEnum):
    """How little of a value may be shown: the more, the hotter."""

    COLD = 0
    # It is part of an object about a Secret, such as an ExternalSecret: what is called data there is one's.
    ABOUT_SECRETS = 1
    # Nothing in it may be shown but what says which Secret is meant.
    HOT = 2
    # Nothing in it may be shown but the keys.
    SEALED = 3


def below(parent: dict[str, Any], key: str, heat: Heat, *, references: bool = True) -> Heat:
    """Tell how little may be shown of what a mapping has under a key; `heat` says so of the mapping itself.

    Without `references` everything in a mapping that is hot is taken for a value, and nothing for the name of a Secret.
    """
    if heat is Heat.SEALED:
        return heat
    if heat is Heat.HOT:
        return Heat.COLD if references and key in _REFERENCES else heat
    heat = max(heat, _about(parent.get("kind")))
    if heat is Heat.ABOUT_SECRETS and key == "secretKey":
        # The key in the Secret that an ExternalSecret makes.
        return heat
    if _is_data(parent, key, heat):
        return Heat.SEALED
    if _is_value(parent, key) or _is_named(parent.get(key), key, references=references):
        return Heat.HOT
    return heat


def _about(kind: object) -> Heat:
    return Heat.ABOUT_SECRETS if isinstance(kind, str) and kind.lower().endswith("secret") else Heat.COLD


def _is_data(parent: dict[str, Any], key: str, heat: Heat) -> bool:
    """Tell whether the data of a Secret are under a key, wherever the Secret stands and however it is spelt."""
    name = key.lower()
    if name not in _OF_SECRETS:
        return False
    if str(parent.get("kind")).lower() == "secret":
        return True
    return isinstance(parent.get(key), dict) and (name == "stringdata" or heat is Heat.ABOUT_SECRETS)


def _is_value(parent: dict[str, Any], key: str) -> bool:
    """Tell whether it is a hot value, as environment variables and headers are written."""
    return key == "value" and any(
        isinstance(parent.get(field), str) and is_hot(parent[field]) for field in ("name", "key")
    )


def _is_named(value: object, key: str, *, references: bool) -> bool:
    if key == "value" or not is_hot(key):
        return False
    if isinstance(value, str) and references and _names_secret(key):
        return not _OBJECT_NAME.fullmatch(value)
    # max_tokens and the like are counts, what is below auth are settings; tokens may be a list of them.
    return words(key)[-1] != ("auth" if isinstance(value, (dict, list)) else "tokens")


@lru_cache(maxsize=4096)
def is_hot(name: str) -> bool:
    """Tell whether a name says that its value is a credential."""
    if name == _LAST_APPLIED:
        return True
    # A function is none.
    if len(name) > 256 or "(" in name:
        return False
    found = words(name)
    if not found or found[0] in _COUNTED:
        return False
    while len(found) > 1 and found[-1].isdigit():
        found.pop()
    if found[-1] in _ABOUT:
        return False
    if _HOT.intersection(found[:-1]) - _ONLY_LAST or found[-1] in _HOT or is_named_secret(name):
        return True
    if any(one in _KEYS and other == "key" for one, other in itertools.pairwise(found)):
        return True
    # An environment variable such as OPENAI_KEY.
    return name.isupper() and len(found) > 1 and found[-1] == "key" and found[-2] not in _NO_CREDENTIALS


def words(name: str) -> list[str]:
    """Return the words in a name such as REDIS_PASSWORD, apiKey or client-secret, in lower case."""
    return [word.lower() for word in _WORD.findall(name)]


@lru_cache(maxsize=4096)
def _names_secret(key: str) -> bool:
    found = words(key)
    return len(found) > 1 and found[-1] == "secret" and found[-2] in _SECRETS_OF
