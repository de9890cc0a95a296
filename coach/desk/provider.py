"""An organisation's own sign-in service (OpenID Connect), as Authlib speaks with it.

Who comes back has to bring what we sent (state, nonce and PKCE), and a token that this service signed for us.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from coach.domain.errors import CoachError
from coach.settings import Oidc

PATIENCE = 10
"""Seconds that the provider may take for an answer."""
FRESH = 3_600
"""Seconds that what it says of itself is used."""
LEEWAY = 120
"""Seconds that its clock and ours may differ."""
SIGNATURES = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""Never `none`, and nothing that is signed with a secret that both sides know."""


class Unreachable(CoachError):
    """The provider gives no useful answer."""


class NotProven(CoachError):
    """What came back does not prove who somebody is."""


@dataclass(frozen=True)
class Attempt:
    """What one attempt to sign in is recognised by; it stays in the browser that made it."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> Attempt:
        return cls(generate_token(32), generate_token(32), generate_token(64))


@dataclass(frozen=True)
class Person:
    """Who the provider says it is; `email` only when it says that it was verified."""

    subject: str
    email: str | None


class Provider:
    def __init__(
        self, oidc: Oidc, redirect: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._oidc, self._redirect, self._clock = oidc, redirect, clock
        self._known: dict[str, tuple[float, dict[str, Any]]] = {}

    def address(self, attempt: Attempt) -> str:
        """Where the browser goes to sign in."""
        url, _ = self._client().create_authorization_url(
            self._about()["authorization_endpoint"],
            state=attempt.state,
            nonce=attempt.nonce,
            code_verifier=attempt.verifier,
        )
        return cast(str, url)

    def person(self, code: str, attempt: Attempt) -> Person:
        """Who came back with this code; NotProven or Unreachable otherwise."""
        about = self._about()
        client = self._client()
        try:
            token = client.fetch_token(
                about["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=attempt.verifier,
                timeout=PATIENCE,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise Unreachable(type(error).__name__) from None
        except (OAuthError, ValueError) as error:
            raise NotProven(str(error)[:200]) from None
        claims = self._claims(token, attempt)
        if "email" not in claims and "userinfo_endpoint" in about:
            claims = {**self._userinfo(client, about, claims["sub"]), **claims}
        return Person(f"{claims['iss']} {claims['sub']}", _verified(claims))

    def is_issuer(self, name: str) -> bool:
        """Whether an answer that names its sender came from this provider (RFC 9207)."""
        return bool(name == self._about()["issuer"])

    def _client(self) -> OAuth2Session:
        return OAuth2Session(
            self._oidc.client_id,
            self._oidc.client_secret,
            scope="openid email profile",
            redirect_uri=self._redirect,
            code_challenge_method="S256",
        )

    def _claims(self, token: dict[str, Any], attempt: Attempt) -> dict[str, Any]:
        """What the signed token says, once it is sure that it is theirs, for us, now and for this attempt."""
        raw = token.get("id_token")
        if not isinstance(raw, str):
            raise NotProven("no id token")
        try:
            decoded = self._decoded(raw)
            params = {"nonce": attempt.nonce, "client_id": self._oidc.client_id}
            about = self._about()
            options = {
                "iss": {"essential": True, "values": [about["issuer"]]},
                "aud": {"essential": True, "values": [self._oidc.client_id]},
                "nonce": {"essential": True, "values": [attempt.nonce]},
            }
            if "access_token" in token:
                params["access_token"] = token["access_token"]
            claims = CodeIDToken(decoded.claims, decoded.header, options, params)
            claims.validate(leeway=LEEWAY)
        except (JoseError, ValueError, TypeError) as error:
            raise NotProven(f"{type(error).__name__}: {error}"[:200]) from None
        if not isinstance(claims["sub"], str) or not claims["sub"]:
            raise NotProven("no subject")
        return dict(claims)

    def _decoded(self, raw: str) -> jwt.Token:
        registry = JWSRegistry(algorithms=SIGNATURES, strict_check_header=False)
        try:
            return jwt.decode(raw, self._keys(), registry=registry)
        except InvalidKeyIdError:  # it has changed its keys since we asked
            self._known.pop(self._about()["jwks_uri"], None)
            return jwt.decode(raw, self._keys(), registry=registry)

    def _keys(self) -> KeySet:
        return KeySet.import_key_set(cast(Any, self._get(self._about()["jwks_uri"])))

    def _userinfo(
        self, client: OAuth2Session, about: dict[str, Any], subject: str
    ) -> dict[str, Any]:
        try:
            answer = client.get(about["userinfo_endpoint"], timeout=PATIENCE, allow_redirects=False)
            answer.raise_for_status()
            said = answer.json()
        except (requests.RequestException, OAuthError, ValueError) as error:
            raise Unreachable(type(error).__name__) from None
        if not isinstance(said, dict) or said.get("sub") != subject:
            raise NotProven("the user information is of somebody else")
        return said

    def _about(self) -> dict[str, Any]:
        """What the provider says of itself, at the address that OpenID Connect Discovery gives it."""
        about = self._get(f"{self._oidc.issuer}/.well-known/openid-configuration")
        if str(about.get("issuer", "")).rstrip("/") != self._oidc.issuer:
            raise Unreachable("it calls itself by another name than PADWIJZER_OIDC_ISSUER")
        wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if not all(isinstance(about.get(name), str) for name in wanted):
            raise Unreachable("it does not say where to go")
        return about

    def _get(self, url: str) -> dict[str, Any]:
        at, known = self._known.get(url, (0.0, None))
        if known is not None and self._clock() - at < FRESH:
            return known
        try:
            answer = requests.get(url, timeout=PATIENCE, allow_redirects=False)
            answer.raise_for_status()
            said = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise Unreachable(type(error).__name__) from None
        if not isinstance(said, dict):
            raise Unreachable("it gives no JSON object")
        self._known[url] = self._clock(), said
        return said


def _verified(claims: dict[str, Any]) -> str | None:
    """The address, when the provider vouches for it.

    Microsoft Entra never says `email_verified`; its word for it is `xms_edov`, that the owner of the domain is verified.
    """
    email = claims.get("email")
    vouched = claims.get("email_verified", claims.get("xms_edov"))
    sure = vouched is True or str(vouched).lower() in ("true", "1")
    return email if isinstance(email, str) and email and sure else None
