"""Forms of text that Kubernetes asks for, each with what to call it and what to write."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, NamedTuple

from raychart.lint.kubernetes import (
    KEY_FORM,
    LABEL_FORM,
    NAME_FORM,
    is_address,
    is_label_value,
    is_name,
    is_qualified,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_DNS_1035 = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_PORT_NAME = re.compile(r"(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*")
_CONFIG_KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}")
_HEADER = re.compile(r"[-A-Za-z0-9]+")


class Form(NamedTuple):
    """Tells whether a text has the form, what such a text is called, and what it is made of."""

    fits: Callable[[str], bool]
    name: str
    remedy: str


def is_label_name(text: str) -> bool:
    """Tell whether it is a DNS-1123 label, as namespaces, containers and volumes have for names."""
    return len(text) <= 63 and bool(_LABEL.fullmatch(text))


def is_dns_1035(text: str) -> bool:
    """Tell whether it is a DNS-1035 label, as Services and Ray clusters have for names."""
    return len(text) <= 63 and bool(_DNS_1035.fullmatch(text))


def _is_port_name(text: str) -> bool:
    return len(text) <= 15 and bool(_PORT_NAME.fullmatch(text))


def _is_config_key(text: str) -> bool:
    return bool(_CONFIG_KEY.fullmatch(text)) and text != "." and not text.startswith("..")


def _is_range(text: str) -> bool:
    try:
        ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return False
    return "/" in text


def _is_below(text: str) -> bool:
    return not text.startswith("/") and ".." not in text.split("/")


LABEL_NAME = "lower-case letters, digits and -, with a letter or digit at both ends, at most 63 characters"
NAME = Form(is_name, "the name of an object", NAME_FORM)
HOST = Form(lambda text: is_name(text) and not is_address(text), "the name of a host", f"{NAME_FORM}; no address")
WILD_HOST = Form(
    lambda text: HOST.fits(text.removeprefix("*.")),
    "the name of a host, or of all hosts in a domain",
    f"{NAME_FORM}, and *. in front of a whole domain; no port, no address",
)
LABEL = Form(is_label_name, "a DNS label", LABEL_NAME)
SERVICE_NAME = Form(is_dns_1035, "the name of a Service", f"{LABEL_NAME}, a letter first")
PORT_NAME = Form(
    _is_port_name,
    "the name of a port",
    "a number without quotes, or at most 15 lower-case letters, digits and single dashes, a letter among them",
)
QUALIFIED = Form(is_qualified, "a qualified name", KEY_FORM)
LABEL_VALUE = Form(is_label_value, "the value of a label", LABEL_FORM)
CONFIG_KEY = Form(_is_config_key, "the key of a ConfigMap or a Secret", "letters, digits, -, _ and .")
ADDRESS = Form(is_address, "an IP address", "one such as 10.9.8.7")
RANGE = Form(_is_range, "a range of addresses", "one such as 10.9.8.0/24")
RELATIVE = Form(_is_below, "a path below", "a relative path without ..")
ABSOLUTE = Form(lambda text: text.startswith("/"), "an absolute path", "a path that begins with /")
WITHOUT_UP = Form(lambda text: ".." not in text.split("/"), "a path without ..", "a path without ..")
TRIMMED = Form(lambda text: text == text.strip(), "a word", "it without spaces around it")
HEADER = Form(lambda text: bool(_HEADER.fullmatch(text)), "the name of a header", "letters, digits and -")
NO_SLASH = Form(lambda text: "/" not in text and "%" not in text, "a name", "a name without / and %")
FINALIZER = Form(lambda text: "/" in text and is_qualified(text), "a qualified name", "a domain, a / and a word")
