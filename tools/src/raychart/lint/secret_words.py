"""What looks like a credential: by its form, or by the name that it is given."""

from __future__ import annotations

import math
import re
from collections import Counter

# Each is recognised by its form alone, whatever it is called.
FORMS = (
    ("a private key", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY")),
    ("an AWS access key", re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{16}\b")),
    ("a password in an address", re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s/:@$<{]*:(?![$<{%*])[^\s/@]{2,}@")),
    ("a GitHub token", re.compile(r"\b(gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})")),
    ("a GitLab token", re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}")),
    ("a Slack token", re.compile(r"\bxox[abposr]-[A-Za-z0-9-]{10,}")),
    ("a Google API key", re.compile(r"\bAIza[A-Za-z0-9_-]{35}")),
    ("a Hugging Face token", re.compile(r"\bhf_[A-Za-z0-9]{30,}")),
    ("an API key", re.compile(r"\bsk-[A-Za-z0-9_-]{20,}|\b[sr]k_live_[A-Za-z0-9]{16,}")),
    ("a JSON web token", re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+")),
)
# One search says of nearly every text that it is none of these.
_HINT = re.compile(
    r"PRIVATE KEY|AKIA|ASIA|://[^/\s]*@|gh[pousr]_|github_pat_|glpat-|xox[abposr]-|AIza|hf_|sk-|k_live_|eyJ"
)

_NAME = re.compile(
    r"(^|[_./-])(password|passwd|passphrase|pwd|pgpassword|secret|token|credentials?|apikey|"
    r"(api|access|secret|private|auth|signing|encryption|account)[_.-]?key|client[_.-]?secret)$"
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# What is no credential itself: a reference, a place to fill in, a switch.
_NONE = re.compile(
    r"\$[({]?\w.*|<.*>|\{\{.*\}\}|/\S*|true|false|yes|no|none|null|\d|token|disabled|enabled", re.IGNORECASE
)
_IN_COMMAND = re.compile(
    r"(?:^|[\s;&|\"'])(?:export\s+)?(?:--?)?([A-Za-z][A-Za-z0-9_.-]*)=(\"[^\"]*\"|'[^']*'|[^\s;&|\"']+)"
)
_RANDOM = re.compile(r"[A-Za-z0-9+=_-]+(?:/[A-Za-z0-9+=_-]+){0,2}")


def by_form(text: str) -> str | None:
    """Return what credential a text contains; None for none that is known."""
    if not _HINT.search(text):
        return None
    return next((what for what, form in FORMS if form.search(text)), None)


def is_named_secret(name: str) -> bool:
    """Tell whether a name says that its value is a credential."""
    return bool(_NAME.search(_CAMEL.sub("_", name).lower()))


def is_plain(value: object) -> bool:
    """Tell whether a value could be a credential itself: no reference, no switch, no path, not empty."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return False
    text = str(value).strip()
    return bool(text) and not _NONE.fullmatch(text)


def in_command(text: str) -> str | None:
    """Return the name that a command gives a credential under: `--password=...`, `export TOKEN=...`."""
    for name, value in _IN_COMMAND.findall(text):
        if is_named_secret(name) and is_plain(value.strip("\"'")):
            return str(name)
    return None


def is_random(text: str) -> bool:
    """Tell whether a text looks drawn at random, as keys and tokens are; digests and numbers do not count."""
    if not (32 <= len(text) <= 200 and _RANDOM.fullmatch(text)):
        return False
    if not (re.search(r"[a-z]", text) and re.search(r"[A-Z]", text) and len(re.findall(r"\d", text)) > 2):
        return False
    counts = Counter(text).values()
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts) > 4.2
