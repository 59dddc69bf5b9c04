"""Tell by its name whether a value must not be shown; in doubt it must not."""

from __future__ import annotations

import itertools
import re
from functools import lru_cache
from typing import Any

from raychart.lint.secret_words import is_named_secret

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_HOT = _words("""
    password passwd passphrase passwords pwd pass secret secrets token tokens credential credentials apikey
    apikeys jwt bearer hmac htpasswd authorization dockerconfigjson dockercfg kubeconfig
    """)
_KEYS = _words("""
    api access secret private auth signing encryption account master session client shared ssh license deploy
    """)
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
_OF_SECRETS = _words("""
    token password auth tls credential credentials pull ca cert registry image key existing basic
    """)
_OBJECT_NAME = re.compile(r"(?!.*\d{4})[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?")
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def below(parent: dict[str, Any], key: str, *, hot: bool, references: bool = True) -> bool:
    """Tell whether what a mapping has under a key must not be shown; `hot` says so of the mapping itself.

    Without `references` everything in such a mapping is taken for a value, and nothing for the name of a Secret.
    """
    if hot:
        return not (references and key in _REFERENCES)
    if key == "value":
        # As environment variables and headers are written.
        return any(isinstance(parent.get(field), str) and is_hot(parent[field]) for field in ("name", "key"))
    if not is_hot(key):
        return False
    value = parent.get(key)
    if isinstance(value, str) and references and _names_secret(key):
        return not _OBJECT_NAME.fullmatch(value)
    # max_tokens and the like are counts; tokens may be a list of them.
    return isinstance(value, (dict, list)) or words(key)[-1] != "tokens"


@lru_cache(maxsize=4096)
def is_hot(name: str) -> bool:
    """Tell whether a name says that its value is a credential."""
    if name == _LAST_APPLIED:
        return True
    if len(name) > 256:
        return False
    found = words(name)
    if not found or found[0] in _COUNTED:
        return False
    while len(found) > 1 and found[-1].isdigit():
        found.pop()
    if found[-1] in _ABOUT:
        return False
    if _HOT.intersection(found) or is_named_secret(name):
        return True
    return any(one in _KEYS and other == "key" for one, other in itertools.pairwise(found))


def words(name: str) -> list[str]:
    """Return the words in a name such as REDIS_PASSWORD, apiKey or client-secret, in lower case."""
    return [word.lower() for word in _WORD.findall(name)]


@lru_cache(maxsize=4096)
def _names_secret(key: str) -> bool:
    found = words(key)
    return len(found) > 1 and found[-1] == "secret" and found[-2] in _OF_SECRETS
