"""Where the LRS is and what opens it, as the environment tells; which addresses take a secret."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from gettext import gettext as _
from typing import TypeAlias
from urllib.parse import urlsplit

import httpx

from capsule.errors import UnavailableError
from capsule.tracking import credentials

Transport: TypeAlias = httpx.BaseTransport

_VERSION = "1.0.3"  # of xAPI, unless the environment says otherwise
_URL, _KEY, _SECRET = "CAPSULE_LRS_URL", "CAPSULE_LRS_KEY", "CAPSULE_LRS_SECRET"


@dataclass(frozen=True)
class Settings:
    """Where the LRS is, what opens it (not shown in a repr), the version of xAPI to speak."""

    url: str
    key: str
    secret: str = field(repr=False)
    version: str = _VERSION


def settings(environ: Mapping[str, str]) -> Settings:
    """The LRS that the environment names: CAPSULE_LRS_URL, CAPSULE_LRS_KEY, CAPSULE_LRS_SECRET.

    The secret may be in the file that CAPSULE_LRS_SECRET_FILE names, or in the keyring instead.
    CAPSULE_LRS_VERSION, 1.0.3 if not given, is for an LRS that wants another version of xAPI.

    Raises UnavailableError when one is missing, when the address is none, carries a password, or
    would send the secret in clear (http is for this machine only), or the version is none.
    """
    url, key = (environ.get(name, "").strip() for name in (_URL, _KEY))
    if url and (fault := fault_of(url, _SECRET)):
        raise UnavailableError(f"{_URL}: {fault}")
    user = f"{key}@{urlsplit(url).hostname}" if url and key else ""
    secret = credentials.secret(environ, _SECRET, user)
    values = {_URL: url, _KEY: key, _SECRET: secret}
    if not (url and key and secret):
        raise UnavailableError(_unset([name for name, value in values.items() if not value], user))
    version = environ.get("CAPSULE_LRS_VERSION", "").strip() or _VERSION
    if not re.fullmatch(r"[12]\.\d\.\d", version):
        raise UnavailableError(
            "CAPSULE_LRS_VERSION: " + _("this is not a version of xAPI, such as 1.0.3 or 2.0.0")
        )
    return Settings(
        url.rstrip("/").removesuffix("/statements") + "/", key, secret.get_secret_value(), version
    )


def host(environ: Mapping[str, str]) -> str:
    """The host of the LRS that the environment names, "" if there is none."""
    url = environ.get(_URL, "").strip()
    return (urlsplit(url).hostname or "") if url and not fault_of(url, _SECRET) else ""


def fault_of(url: str, variable: str) -> str:
    """What forbids to send the secret of `variable` to `url`, in the user's words, or ""."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        httpx.URL(url)
    except (ValueError, httpx.InvalidURL):
        host = ""
    if not host or parts.scheme not in {"http", "https"}:
        return _("this is not a web address; write it like https://lrs.example.org/xapi/")
    if parts.username or parts.password:
        return _("the address must not hold a password; give it in %(name)s") % {"name": variable}
    if parts.scheme == "http" and not _loopback(host):
        return _("the secret would travel in clear; use an address in https")
    return ""


def _unset(missing: Sequence[str], user: str) -> str:
    told = _("no LRS is set: give %(names)s in the environment") % {"names": ", ".join(missing)}
    if missing == [_SECRET]:
        where = _("or in the file of %(variable)s, or in the keyring: keyring set %(login)s")
        login = f"{credentials.SERVICE} {user}"
        also = where % {"variable": f"{_SECRET}_FILE", "login": login}
        told = _("%(what)s; %(remedy)s") % {"what": told, "remedy": also}
    return told


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
