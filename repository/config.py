"""Kho's settings: read once, from the environment and the command line, here and nowhere else."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from standards.errors import KhoError

CHECKOUT = Path(__file__).resolve().parent.parent
MIB = 1024 * 1024


class BadSetting(KhoError):
    """A setting has a value that Kho cannot use."""

    code = "bad-setting"
    exit_code = 2
    vi = "Giá trị của {name} chưa đúng: {reason}. Hãy sửa biến môi trường này rồi chạy lại."
    en = "The value of {name} cannot be used: {reason}. Correct this environment variable and run again."


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting of Kho; docs/operations.md describes each.

    `database_url` is the application role on an outside PostgreSQL, `database_owner_url` the role that owns the
    tables there. `solr_url` may carry user:password. `lib` holds the Java artefacts, `min_free` is in bytes. `contact` is whom
    harvesters write to (OAI-PMH). `convert_seconds` is how long LibreOffice may take for one file.
    `audit_days` and `audit_deep_days` are what the audit promises, `audit_hours` what it may take in a night, `audit_at` when it
    begins (hour, minute; Hanoi's time); `offline_days` is how long a set that was taken away may go unchecked.
    `tsa_url` is the authority that stamps the journal's heads (RFC 3161). `standby_seconds` is how long a worker without
    work stays for the next delivery, 0 for not at all.
    `oidc_issuer`, `oidc_client` and `oidc_secret`
    (a file) are an identity provider and Kho as its client, `oidc_name` what people call it. `hosts` are the names that the
    portal is called by beside this machine's own.
    """

    home: Path
    lib: Path
    database_url: str | None = None
    database_owner_url: str | None = None
    solr_url: str | None = None
    solr_prefix: str = ""
    lang: str = "vi"
    debug: bool = False
    min_free: int = 500 * MIB
    start_timeout: float = 120.0
    contact: str = "kho@localhost.invalid"
    audit_days: int = 90
    audit_deep_days: int = 365
    audit_hours: float = 4.0
    offline_days: int = 365
    audit_at: tuple[int, int] = (1, 17)
    tsa_url: str | None = None
    convert_seconds: float = 120.0
    standby_seconds: float = 600.0
    oidc_issuer: str | None = None
    oidc_client: str = "kho"
    oidc_secret: Path | None = None
    oidc_name: str = "OpenID Connect"
    hosts: tuple[str, ...] = ()

    @classmethod
    def load(cls, home: Path | str | None = None, environ: Mapping[str, str] | None = None) -> "Settings":
        """The settings of this call; `home` is the command line's `--home`. Raises BadSetting."""
        env = os.environ if environ is None else environ
        return cls(
            home=Path(home or env.get("KHO_HOME") or "kho-home").absolute(),
            lib=Path(env.get("KHO_LIB") or CHECKOUT / "lib").absolute(),
            database_url=env.get("KHO_DATABASE_URL") or None,
            database_owner_url=env.get("KHO_DATABASE_OWNER_URL") or None,
            solr_url=env.get("KHO_SOLR_URL") or None,
            solr_prefix=env.get("KHO_SOLR_PREFIX", ""),
            lang=_lang(env.get("KHO_LANG") or "vi"),
            debug=env.get("KHO_DEBUG", "") not in ("", "0"),
            min_free=int(_number(env, "KHO_MIN_FREE_MB", 500) * MIB),
            start_timeout=_number(env, "KHO_START_TIMEOUT", 120),
            contact=_address(env.get("KHO_CONTACT") or "kho@localhost.invalid"),
            audit_days=int(_number(env, "KHO_AUDIT_DAYS", 90)),
            audit_deep_days=int(_number(env, "KHO_AUDIT_DEEP_DAYS", 365)),
            audit_hours=_number(env, "KHO_AUDIT_HOURS", 4),
            offline_days=int(_number(env, "KHO_OFFLINE_DAYS", 365)),
            audit_at=_time_of_day(env.get("KHO_AUDIT_AT") or "01:17"),
            tsa_url=env.get("KHO_TSA_URL") or None,
            convert_seconds=_number(env, "KHO_CONVERT_SECONDS", 120),
            standby_seconds=_number(env, "KHO_STANDBY_SECONDS", 600),
            oidc_issuer=env.get("KHO_OIDC_ISSUER") or None,
            oidc_client=env.get("KHO_OIDC_CLIENT") or "kho",
            oidc_secret=Path(env["KHO_OIDC_SECRET_FILE"]) if env.get("KHO_OIDC_SECRET_FILE") else None,
            oidc_name=env.get("KHO_OIDC_NAME") or "OpenID Connect",
            hosts=tuple(filter(None, env.get("KHO_HOSTS", "").replace(",", " ").split())),
        )


def s3_keys(
    location: str, environ: Mapping[str, str] | None = None, *, purge: bool = False
) -> tuple[str, str] | None:
    """The credentials of an S3 location out of the environment: KHO_S3_<NAME>_ACCESS_KEY and _SECRET_KEY.

    With `purge` those of the account that may delete there: KHO_S3_<NAME>_PURGE_ACCESS_KEY and _PURGE_SECRET_KEY.
    """
    env = os.environ if environ is None else environ
    name = f"KHO_S3_{location.upper().replace('-', '_')}" + ("_PURGE" if purge else "")
    access, secret = env.get(f"{name}_ACCESS_KEY"), env.get(f"{name}_SECRET_KEY")
    return (access, secret) if access and secret else None


def _lang(value: str) -> str:
    if value not in ("vi", "en"):
        raise BadSetting(name="KHO_LANG", reason=f"{value!r} (vi, en)")
    return value


def _time_of_day(value: str) -> tuple[int, int]:
    read = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", value)
    if read is None:
        raise BadSetting(name="KHO_AUDIT_AT", reason=f"{value!r} (01:17)")
    return int(read[1]), int(read[2])


def _address(value: str) -> str:
    if not re.fullmatch(r"\S+@(\S+\.)+\S+", value):
        raise BadSetting(name="KHO_CONTACT", reason=repr(value))
    return value


def _number(env: Mapping[str, str], name: str, default: float) -> float:
    value = env.get(name) or str(default)
    try:
        number = float(value)
    except ValueError:
        raise BadSetting(name=name, reason=repr(value)) from None
    if not 0 <= number < 1e12:
        raise BadSetting(name=name, reason=repr(value))
    return number
