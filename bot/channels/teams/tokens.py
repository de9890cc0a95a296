"""Whether a request really comes from Teams, for this bot and from this organisation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jwt

from bot.channels.guard import Refused
from bot.channels.teams.cloud import Cloud
from bot.channels.teams.keys import Key, NoKeys, SigningKeys

CHANNEL = "msteams"
ALGORITHM = "RS256"
LEEWAY = 300
"""Seconds that the clocks may differ, as Microsoft prescribes."""

Claims = Mapping[str, Any]


class Untrusted(Refused):
    """Not from Microsoft, or not for us; `why` is for the count, the sender hears nothing of it."""

    def __init__(self, why: str, status: int = 401) -> None:
        super().__init__(status, "not_allowed")
        self.why = why


class Verifier:
    def __init__(self, cloud: Cloud, keys: SigningKeys, app_id: str, tenant: str) -> None:
        self._cloud, self._keys = cloud, keys
        self._app_id, self._tenant = app_id, tenant

    async def identify(self, authorization: str | None) -> Claims:
        """The claims of a valid token; needs nothing of the body, which is read only after this."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token or not token.isascii():
            raise Untrusted("no_token")
        key = await self._key(token)
        try:
            claims: Claims = jwt.decode(
                token,
                key=jwt.PyJWK.from_dict(dict(key), ALGORITHM).key,
                algorithms=[ALGORITHM],
                audience=self._app_id,
                issuer=self._cloud.issuer,
                leeway=LEEWAY,
                options={"require": ["exp", "iss", "aud"]},
            )
        except jwt.PyJWTError as error:
            raise Untrusted(type(error).__name__) from None
        return claims

    async def _key(self, token: str) -> Key:
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.PyJWTError, ValueError, RecursionError):
            raise Untrusted("no_token") from None
        kid = header.get("kid")
        if header.get("alg") != ALGORITHM or not isinstance(kid, str):
            raise Untrusted("bad_header")
        try:
            key = await self._keys.find(kid)
        except NoKeys:
            raise Untrusted("no_keys", 503) from None  # Teams may try again
        if key is None or key.get("kty") != "RSA":
            raise Untrusted("unknown_key")
        endorsements = key.get("endorsements")
        if not isinstance(endorsements, list) or CHANNEL not in endorsements:
            raise Untrusted("not_endorsed")
        return key

    def match(self, claims: Claims, activity: Mapping[str, Any]) -> None:
        """A valid token may only bring what it was given for."""
        if activity.get("channelId") != CHANNEL:
            raise Untrusted("other_channel", 403)
        service = activity.get("serviceUrl")
        if not isinstance(service, str) or not self._cloud.serves(service):
            raise Untrusted("foreign_service", 403)
        claimed = claims.get("serviceurl", claims.get("serviceUrl"))
        if not isinstance(claimed, str) or claimed.rstrip("/") != service.rstrip("/"):
            raise Untrusted("other_service", 403)
        named = _tenants(activity)
        if not named or any(tenant != self._tenant for tenant in named):
            raise Untrusted("other_tenant", 403)


def _tenants(activity: Mapping[str, Any]) -> list[Any]:
    """Where Teams names the organisation: with the conversation, with the channel data, or both."""
    conversation, data = activity.get("conversation"), activity.get("channelData")
    tenant = data.get("tenant") if isinstance(data, dict) else None
    named = [
        conversation.get("tenantId") if isinstance(conversation, dict) else None,
        tenant.get("id") if isinstance(tenant, dict) else None,
    ]
    return [name for name in named if name is not None]
