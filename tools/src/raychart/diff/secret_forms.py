"""What must not be shown in a text whatever it is called: known by its form, or by the program that takes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from raychart.lint.secret_words import FORMS, by_form

if TYPE_CHECKING:
    from collections.abc import Iterator

# There is no name of a credential without one of these.
WORDS = r"pass|pwd|pw|secret|token|cred|key|jwt|bearer|hmac|auth|docker|kubeconfig|[_-]pat"
# One search says of nearly every text that there is nothing in it.
_HINT = re.compile(
    rf"{WORDS}|://[^/\s]*@|-----BEGIN|LS0tLS1CRUdJTi|AKIA|ASIA|gh[pousr]_|glpat-|xox|AIza|hf_|sk-|k_live_|eyJ|hooks\."
    r"|\s-[uap]|--user\b|api/webhooks|webhookb2|@(?:tcp|unix)\(|\bsig=|identified\s|thin:|-stdin\b|-literal\b",
    re.IGNORECASE,
)
# Programs whose password follows -p.
PROGRAMS = "mysql|mysqldump|mysqladmin|mariadb|mongosh|sshpass|login"
_MEANWHILE = r"\b[^\n|;&]{0,300}?"
# What a text has in it, in lower case, in which the form may be found; it hides its first group, or all of it.
_FORMS = (
    ("-----begin", r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY.*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|\Z)"),
    # The same in base64, unless it is a certificate.
    ("ls0tls1crudjti", r"LS0tLS1CRUdJTi(?!BDRVJUSUZJQ0FUR)[A-Za-z0-9+/=]*"),
    ("://", r"://[^\s/:@\"']{0,200}:([^\s/\"']{1,500})@"),
    # Who is named alone to a web server is a token; so GitHub and Sentry have it.
    ("://", r"\b(?i:https?)://([^\s/:@\"'<>{}$]{1,500})@"),
    # As Go and Oracle write addresses.
    ("@tcp(", r"\b[\w.-]{1,100}:([^\s@/\"']{1,100})@tcp\("),
    ("@unix(", r"\b[\w.-]{1,100}:([^\s@/\"']{1,100})@unix\("),
    ("thin:", r"\bthin:[^\s/:@]{1,100}/([^\s@\"']{1,500})@"),
    ("bearer", r"(?i:\bbearer)\s{1,8}([A-Za-z0-9._~+/=-]{6,})"),
    ("authorization", r"(?i:authorization[\"']?\s{0,8}[:=]\s{0,8}[\"']?(?:(?:basic|bearer)\s{1,8})?([^\s\"']{6,}))"),
    ("-u", r"(?:^|\s)(?:-u|--user)[ =][\"']?[^\s:\"']{1,100}:([^\s\"']+)"),
    ("hooks.slack.com/", r"\bhooks\.slack\.com/(?:services|workflows|triggers)/([^\s\"']+)"),
    ("/api/webhooks/", r"/api/webhooks/\d{1,30}/([^\s\"']+)"),
    ("/webhookb2/", r"/webhookb2/([^\s\"']+)"),
    ("sig=", r"[?&]sig=([^\s&\"']+)"),
    # Programs that take a password by a short flag, or by a word.
    (" -p", rf"\b(?:{PROGRAMS}){_MEANWHILE}\s-p[ =]?[\"']?([^\s\"'-][^\s\"']*)"),
    ("redis-cli", rf"\bredis-cli{_MEANWHILE}\s-a\s{{1,8}}[\"']?([^\s\"']+)"),
    ("-stdin", r"\becho\s{1,8}(?:-n\s{1,8})?[\"']?([^\s\"'|]{1,500})[\"']?\s{0,8}\|[^\n]{0,200}-stdin\b"),
    ("--from-literal", r"--from-literal[= ][\"']?[\w.-]{1,200}=([^\s\"']+)"),
    ("login", r"\blogin\s{1,8}\S{1,200}\s{1,8}password\s{1,8}(\S+)"),
    ("identified", r"(?i:\bidentified\s{1,8}(?:with\s{1,8}\S{1,50}\s{1,8})?by)\s{1,8}[\"']([^\"']+)"),
)
_BY_NEEDLE = tuple((needle, re.compile(form, re.DOTALL)) for needle, form in _FORMS)
_BY_FORM = tuple(form for what, form in FORMS if what not in {"a private key", "a password in an address"})


def spans_by_form(text: str) -> Iterator[tuple[int, int]]:
    """Yield the parts of a text that must not be shown, each from its first character to the one after its last."""
    lower = text.lower()
    forms = [form for needle, form in _BY_NEEDLE if needle in lower]
    for form in (*forms, *(_BY_FORM if by_form(text) else ())):
        yield from (found.span((found.lastindex and 1) or 0) for found in form.finditer(text))


def hints(text: str) -> bool:
    """Tell whether there may be something in a text that must not be shown."""
    return bool(_HINT.search(text))
