"""What must not be shown in a text whatever it is called: known by its form, or by the program that takes it."""

from __future__ import annotations

import re

from raychart.lint.secret_words import FORMS

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
# Each hides its first group, or all of it.
PATTERNS = (
    re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY.*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|\Z)", re.DOTALL),
    # The same in base64, unless it is a certificate.
    re.compile(r"LS0tLS1CRUdJTi(?!BDRVJUSUZJQ0FUR)[A-Za-z0-9+/=]*"),
    re.compile(r"://[^\s/:@\"']{0,200}:([^\s/\"']{1,500})@"),
    # Who is named alone to a web server is a token; so GitHub and Sentry have it.
    re.compile(r"\bhttps?://([^\s/:@\"'<>{}$]{1,500})@", re.IGNORECASE),
    # As Go and Oracle write addresses.
    re.compile(r"\b[\w.-]{1,100}:([^\s@/\"']{1,100})@(?:tcp|unix)\("),
    re.compile(r"\bthin:[^\s/:@]{1,100}/([^\s@\"']{1,500})@"),
    re.compile(r"\bbearer\s{1,8}([A-Za-z0-9._~+/=-]{6,})", re.IGNORECASE),
    re.compile(r"authorization[\"']?\s{0,8}[:=]\s{0,8}[\"']?(?:(?:basic|bearer)\s{1,8})?([^\s\"']{6,})", re.IGNORECASE),
    re.compile(r"(?:^|\s)(?:-u|--user)[ =][\"']?[^\s:\"']{1,100}:([^\s\"']+)"),
    re.compile(r"\bhooks\.slack\.com/(?:services|workflows|triggers)/([^\s\"']+)"),
    re.compile(r"/api/webhooks/\d{1,30}/([^\s\"']+)"),
    re.compile(r"/webhookb2/([^\s\"']+)"),
    re.compile(r"[?&]sig=([^\s&\"']+)"),
    # Programs that take a password by a short flag, or by a word.
    re.compile(rf"\b(?:{PROGRAMS}){_MEANWHILE}\s-p[ =]?[\"']?([^\s\"'-][^\s\"']*)"),
    re.compile(rf"\bredis-cli{_MEANWHILE}\s-a\s{{1,8}}[\"']?([^\s\"']+)"),
    re.compile(r"\becho\s{1,8}(?:-n\s{1,8})?[\"']?([^\s\"'|]{1,500})[\"']?\s{0,8}\|[^\n]{0,200}-stdin\b"),
    re.compile(r"--from-literal[= ][\"']?[\w.-]{1,200}=([^\s\"']+)"),
    re.compile(r"\blogin\s{1,8}\S{1,200}\s{1,8}password\s{1,8}(\S+)"),
    re.compile(r"\bidentified\s{1,8}(?:with\s{1,8}\S{1,50}\s{1,8})?by\s{1,8}[\"']([^\"']+)", re.IGNORECASE),
    *(form for what, form in FORMS if what not in {"a private key", "a password in an address"}),
)


def hints(text: str) -> bool:
    """Tell whether there may be something in a text that must not be shown."""
    return bool(_HINT.search(text))
