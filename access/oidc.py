"""Signing in at an identity provider: the authorization code flow with PKCE (OpenID Connect Core 1.0, §3.1; RFC 7636).

Authlib makes and checks the messages; this module keeps what one sign-in needs in a signed cookie, and says who it was.
"""

import base64
import hashlib
import hmac
import json
import logging
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from repository.identities import Identity
from standards.errors import KhoError

LOG = logging.getLogger("kho.oidc")
PATIENCE: Final = 10.0  # seconds for an answer of the provider
LASTS: Final = 600  # seconds between the beginning of a sign-in and its end
KEPT: Final = 3600  # seconds that the provider's own description is believed
ALGORITHMS: Final = ["RS256", "PS256", "ES256"]
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


class ProviderRefused(KhoError):
    """The provider did not say who it is, or what it said does not hold."""

    code = "provider-refused"
    vi = "Không đăng nhập được qua {name}. Hãy thử lại; nếu vẫn không được, báo quản trị viên."
    en = "Signing in by {name} did not work. Try again; if it goes on, tell an administrator."


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider as it is set up: its issuer, and Kho as its client. `name` is what people call it."""

    issuer: str
    client_id: str
    client_secret: str
    name: str

    def safe(self) -> bool:
        """Whether nobody on the way can read along: https, or this very machine."""
        parts = urlsplit(self.issuer)
        return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that has begun: where the browser goes, and what the cookie keeps of it."""

    address: str
    kept: str


class Oidc:
    """One provider. `key` signs the cookie. Raises ProviderRefused out of every call."""

    def __init__(self, provider: Provider, key: str) -> None:
        self.provider, self._key = provider, key
        self._told: tuple[float, Mapping[str, Any]] | None = None

    def begin(self, back: str) -> Begun:
        """Where to send the browser; `back` is the address that the provider sends it back to."""
        verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
        with self._session(back) as session:
            address, state = session.create_authorization_url(
                self._description()["authorization_endpoint"], code_verifier=verifier, nonce=nonce
            )
        kept = {"state": state, "nonce": nonce, "verifier": verifier, "at": int(time.time())}
        return Begun(address, self._sealed(kept))

    def finish(self, back: str, kept: str, given: Mapping[str, str]) -> Identity:
        """Who it is, out of what the provider sent the browser back with."""
        begun = self._unsealed(kept)
        told_issuer = given.get("iss", self.provider.issuer)  # RFC 9207
        if not _same(begun["state"], given.get("state", "")) or told_issuer != self.provider.issuer:
            raise self._refused("the state is of another sign-in")
        if "code" not in given:
            raise self._refused(given.get("error", "no code")[:80])
        try:
            with self._session(back) as session:
                token = session.fetch_token(
                    self._description()["token_endpoint"], grant_type="authorization_code", code=given["code"],
                    code_verifier=begun["verifier"], timeout=PATIENCE,
                )  # fmt: skip
            claims = self._claims(token, begun["nonce"])
        except (AuthlibBaseError, JoseError, requests.RequestException, ValueError, KeyError) as error:
            raise self._refused(type(error).__name__) from error
        username = str(claims.get("preferred_username") or "").strip().lower()
        return Identity(self.provider.issuer, str(claims["sub"]), username)

    def _claims(self, token: Mapping[str, Any], nonce: str) -> CodeIDToken:
        told: Any = self._fetch(self._description()["jwks_uri"])
        keys = KeySet.import_key_set(told)
        read = jwt.decode(token["id_token"], keys, algorithms=ALGORITHMS)
        wanted = {
            "iss": {"essential": True, "value": self.provider.issuer},
            "aud": {"essential": True, "value": self.provider.client_id},
        }
        known = {
            "nonce": nonce,
            "client_id": self.provider.client_id,
            "access_token": token.get("access_token"),
        }
        claims = CodeIDToken(read.claims, read.header, wanted, known)
        claims.validate(leeway=60)
        return claims

    def _session(self, back: str) -> OAuth2Session:
        return OAuth2Session(
            self.provider.client_id, self.provider.client_secret, scope="openid profile", redirect_uri=back,
            code_challenge_method="S256",
        )  # fmt: skip

    def _description(self) -> Mapping[str, Any]:
        """What the provider tells of itself (OpenID Connect Discovery 1.0, §4)."""
        if self._told is None or time.monotonic() - self._told[0] > KEPT:
            found = self._fetch(f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration")
            if found.get("issuer") != self.provider.issuer:
                raise self._refused("it says that it is another issuer")
            self._told = (time.monotonic(), found)
        return self._told[1]

    def _fetch(self, address: str) -> dict[str, Any]:
        try:
            answer = requests.get(address, timeout=PATIENCE, allow_redirects=False)
            answer.raise_for_status()
            found: dict[str, Any] = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise self._refused(type(error).__name__) from error
        return found

    def _refused(self, why: str) -> ProviderRefused:
        LOG.warning("sign-in at %s: %s", self.provider.issuer, why)
        return ProviderRefused(name=self.provider.name)

    def _sealed(self, kept: Mapping[str, Any]) -> str:
        payload = base64.urlsafe_b64encode(json.dumps(kept).encode()).decode()
        return f"{payload}.{self._signature(payload)}"

    def _unsealed(self, text: str) -> dict[str, str]:
        payload, _dot, signature = text.partition(".")
        if not _same(signature, self._signature(payload)):
            raise self._refused("there is no cookie of a sign-in")
        kept: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload))
        if time.time() - kept.pop("at") > LASTS:
            raise self._refused("it took too long")
        return kept

    def _signature(self, payload: str) -> str:
        return hmac.new(self._key.encode(), b"oidc:" + payload.encode(), hashlib.sha256).hexdigest()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
