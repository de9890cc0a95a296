"""Who may speak to the Teams door: a table of tokens, on ours and on Rasa's own channel."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jwt
import pytest
from microsoft import APP, ISSUER, OTHER_TENANT, TENANT, Json, Microsoft, private_key
from teams_stock import Stock

from bot.channels.teams.cloud import Http
from bot.channels.teams.keys import DAY, PAUSE, NoKeys, SigningKeys
from coach.store.tables import inbox

ACCEPTED, CRASHED = "accepted", "crashed"


@dataclass(frozen=True)
class Case:
    """A request that must be refused; `stock` is what Rasa's channel does with it, where it does otherwise."""

    token: Callable[[Microsoft], str | None]
    activity: dict[str, Any] | None = None
    status: int = 401
    stock: str | None = None


def without_signature(microsoft: Microsoft) -> str:
    return jwt.encode(microsoft.claims(), None, "none", {"kid": "k1"})


def signed_with_public_key(microsoft: Microsoft) -> str:
    """The old trick: the public key, which everyone has, used as the key of an HMAC."""
    header = {"alg": "HS256", "typ": "JWT", "kid": "k1"}
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
        for part in (header, microsoft.claims())
    ]
    return ".".join([*parts, "c2lnbmF0dXJl"])


def changed_after_signing(microsoft: Microsoft) -> str:
    head, _, signature = microsoft.token().split(".")
    claims = base64.urlsafe_b64encode(json.dumps(microsoft.claims(foo=1)).encode())
    return ".".join([head, claims.rstrip(b"=").decode(), signature])


def without_kid(microsoft: Microsoft) -> str:
    return jwt.encode(microsoft.claims(), private_key("k1"), "RS256")


def other_algorithm(microsoft: Microsoft) -> str:
    return jwt.encode(microsoft.claims(), private_key("k1"), "PS256", {"kid": "k1"})


def claims(**other: Any) -> Callable[[Microsoft], str]:
    return lambda microsoft: microsoft.token(**other)


def key(kid: str) -> Callable[[Microsoft], str]:
    return lambda microsoft: microsoft.token(kid)


CASES = {
    "no token": Case(lambda _: None),
    "no token at all": Case(lambda _: ""),
    "nonsense": Case(lambda _: "abc"),
    "nonsense in three parts": Case(lambda _: "a.b.c"),
    "outside ASCII": Case(lambda microsoft: microsoft.token() + "\xe9"),
    "outside ASCII from the start": Case(lambda microsoft: "\xe9" + microsoft.token()),
    "a header without end": Case(
        lambda _: base64.urlsafe_b64encode(b"[" * 9000).decode() + ".W10.W10"
    ),
    "an array as header": Case(lambda _: "W10.W10.W10"),
    "alg none": Case(without_signature),
    "HS256": Case(signed_with_public_key, stock=CRASHED),
    "PS256": Case(other_algorithm, stock=ACCEPTED),
    "changed after signing": Case(changed_after_signing),
    "no kid": Case(without_kid, stock=CRASHED),
    "a key that nobody knows": Case(key("unknown")),
    "a key that is not endorsed": Case(key("bare"), stock=ACCEPTED),
    "a key that is endorsed for another channel": Case(key("web"), stock=ACCEPTED),
    "expired": Case(claims(exp=int(time.time()) - 400)),
    "never expires": Case(claims(exp=None), stock=ACCEPTED),
    "not yet valid": Case(claims(nbf=int(time.time()) + 86_400)),
    "other audience": Case(claims(aud="another-app")),
    "no audience": Case(claims(aud=None)),
    "other issuer": Case(claims(iss="https://sts.windows.net/evil/"), stock=ACCEPTED),
    "no issuer": Case(claims(iss=None), stock=ACCEPTED),
    "no service in the token": Case(claims(serviceurl=None), status=403, stock=ACCEPTED),
    "other service in the token": Case(
        claims(serviceurl="https://smba.trafficmanager.net/emea/"), status=403, stock=ACCEPTED
    ),
    "foreign service": Case(
        claims(serviceurl="https://evil.example/"),
        {"serviceUrl": "https://evil.example/"},
        status=403,
        stock=ACCEPTED,
    ),
    "other channel": Case(claims(), {"channelId": "webchat"}, status=403, stock=ACCEPTED),
    "other tenant": Case(
        claims(), {"channelData": {"tenant": {"id": OTHER_TENANT}}}, status=403, stock=ACCEPTED
    ),
    "no tenant": Case(claims(), {"channelData": {}}, status=403, stock=ACCEPTED),
    "two tenants": Case(
        claims(),
        {
            "conversation": {"id": "a:1", "conversationType": "personal", "tenantId": OTHER_TENANT},
            "channelData": {"tenant": {"id": TENANT}},
        },
        status=403,
        stock=ACCEPTED,
    ),
}  # fmt: skip
names = pytest.mark.parametrize("name", CASES)


def with_header(**more: Any) -> Callable[[Microsoft], str]:
    """Signed with a key of the attacker, which the token itself brings along or points at."""
    return lambda microsoft: jwt.encode(
        microsoft.claims(), private_key("attacker"), "RS256", {"kid": "k1", **more}
    )


def signed_as(algorithm: str) -> Callable[[Microsoft], str]:
    return lambda microsoft: jwt.encode(
        microsoft.claims(), private_key("k1"), algorithm, {"kid": "k1"}
    )


def of_another_token(microsoft: Microsoft) -> str:
    other = microsoft.token(aud="another-app").rpartition(".")[2]
    return f"{microsoft.token().rpartition('.')[0]}.{other}"


def elsewhere(service: str) -> Case:
    """A real token of Microsoft, for a service address that is not Microsoft's."""
    return Case(claims(serviceurl=service), {"serviceUrl": service}, 403)


MORE_CASES = {
    "a key in the token": Case(with_header(jwk={"kty": "RSA", "n": "AQAB", "e": "AQAB"})),
    "an address of keys in the token": Case(with_header(jku="https://evil.example/keys")),
    "a certificate in the token": Case(with_header(x5u="https://evil.example/x.pem")),
    "a key with the name of a file": Case(with_header(kid="../../etc/passwd")),
    "a key with the name of a statement": Case(with_header(kid="' OR 1=1 --")),
    "a key that is a number": Case(
        lambda _: (
            base64.urlsafe_b64encode(b'{"alg":"RS256","kid":1}').decode().rstrip("=") + ".e30.eA"
        )
    ),
    "RS384": Case(signed_as("RS384")),
    "RS512": Case(signed_as("RS512")),
    "the signature of another token": Case(of_another_token),
    "without its signature": Case(lambda m: m.token().rpartition(".")[0] + "."),
    "expired a month ago": Case(claims(exp=int(time.time()) - 30 * 24 * 3600)),
    "an end that is no number": Case(claims(exp="morgen")),
    "an audience among others that are not ours": Case(claims(aud=["a", "b"])),
    "an issuer that begins as Microsoft's": Case(claims(iss=f"{ISSUER}.evil.example")),
    "an issuer with a slash more": Case(claims(iss=f"{ISSUER}/")),
    "service with a longer name": elsewhere("https://smba.trafficmanager.net.evil.example/"),
    "service with a name before an at": elsewhere("https://smba.trafficmanager.net@evil.example/"),
    "service on this machine": elsewhere("http://127.0.0.1:22/"),
    "service of the cloud's own data": elsewhere("http://169.254.169.254/latest/"),
    "service that is a file": elsewhere("file:///etc/passwd"),
    "service without a name": elsewhere(""),
}
"""Only for our own door: Rasa's channel takes or breaks on most of them in ways that are told above."""
MORE_KEYS = {"k1": ["msteams"], "bare": [], "web": ["webchat"]}


def request(case: Case, microsoft: Microsoft) -> tuple[Json, str | None]:
    microsoft.endorsements = dict(MORE_KEYS)
    return microsoft.recorded("message", **(case.activity or {})), case.token(microsoft)


async def test_a_valid_token_is_taken(service: Any, microsoft: Microsoft) -> None:
    assert (await service.receive(microsoft.recorded("message"))).status_code == 200
    await service.settled()
    assert microsoft.posts


@pytest.mark.parametrize("name", [*CASES, *MORE_CASES])
async def test_what_is_not_from_our_teams_is_refused(
    service: Any, microsoft: Microsoft, name: str
) -> None:
    case = {**CASES, **MORE_CASES}[name]
    activity, token = request(case, microsoft)
    response = await service.receive(activity, token)
    assert response.status_code == case.status
    assert response.json()["error"]["code"] == "not_allowed"
    assert service.store.count(inbox) == 0
    assert sum(service.guard.counts.values()) == 1
    await service.close()
    assert (microsoft.posts, microsoft.logins) == ([], []), "nobody is answered"


@names
async def test_what_the_stock_channel_does_with_it(
    microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    activity, token = request(CASES[name], microsoft)
    stock = Stock(microsoft, monkeypatch)
    if CASES[name].stock == CRASHED:
        with pytest.raises(Exception):  # noqa: B017 - of several kinds, which Sanic makes a 500 of
            await stock.receive(activity, token)
        return
    status = await stock.receive(activity, token)
    accepted = CASES[name].stock == ACCEPTED
    assert (status, bool(stock.heard)) == ((200, True) if accepted else (401, False))


@pytest.mark.parametrize("seconds", [-200, 200])
async def test_clocks_may_differ_a_little(service: Any, microsoft: Microsoft, seconds: int) -> None:
    now = int(time.time())
    token = microsoft.token(exp=now + seconds, nbf=now + seconds - 60)
    assert (await service.receive(microsoft.recorded("message"), token)).status_code == 200
    await service.settled()


async def test_the_body_is_not_read_before_the_token(service: Any) -> None:
    response = await service.receive("x" * 1_000_000, token=None)
    assert response.status_code == 401


@pytest.mark.parametrize(
    "url",
    [
        "https://smba.trafficmanager.net.evil.example/",
        "https://smba.trafficmanager.net@evil.example/",
        "https://evil.example/?https://smba.trafficmanager.net/",
        "https://smba.trafficmanager.net:8443/amer/",
        "http://smba.trafficmanager.net/amer/",
        "https://smba.trafficmanager.net/amer/?next=https://evil.example",
        "https://smba.trafficmanager.net/amer/#x",
        "//smba.trafficmanager.net/amer/",
        "https://[",
        "",
    ],
)
def test_only_microsofts_own_connectors_are_served(url: str) -> None:
    from bot.channels.teams.cloud import PUBLIC

    assert PUBLIC.serves("https://smba.trafficmanager.net/amer/")
    assert PUBLIC.issuer == ISSUER
    assert not PUBLIC.serves(url)


# --- the keys ------------------------------------------------------------------------------------


class Watch:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def keys(microsoft: Microsoft) -> Any:
    http, watch = Http(), Watch()
    made = SigningKeys(microsoft.cloud.openid, http, clock=watch)
    yield made, watch
    await http.close()


async def test_keys_are_fetched_at_the_first_token_and_kept(
    keys: Any, microsoft: Microsoft
) -> None:
    store, watch = keys
    assert microsoft.key_requests == 0
    assert (await store.find("k1"))["kid"] == "k1"
    watch.now = DAY - 1
    await store.find("k1")
    assert microsoft.key_requests == 1
    watch.now = DAY + 1
    await store.find("k1")
    assert microsoft.key_requests == 2


async def test_a_new_key_is_fetched_when_it_is_used(keys: Any, microsoft: Microsoft) -> None:
    store, watch = keys
    await store.find("k1")
    microsoft.endorsements["k2"] = ["msteams"]
    watch.now += PAUSE + 1
    assert (await store.find("k2"))["kid"] == "k2"


async def test_invented_key_ids_fetch_nothing(keys: Any, microsoft: Microsoft) -> None:
    store, watch = keys
    await store.find("k1")
    watch.now += PAUSE + 1
    for n in range(50):
        assert await store.find(f"invented-{n}") is None
    assert microsoft.key_requests == 2


async def test_without_microsoft_nothing_is_trusted_and_known_keys_stay(
    microsoft: Microsoft,
) -> None:
    http, watch = Http(), Watch()
    store = SigningKeys(microsoft.cloud.openid, http, clock=watch)
    await store.find("k1")
    nowhere = SigningKeys("http://127.0.0.1:9/openid", http, clock=watch)
    with pytest.raises(NoKeys):
        await nowhere.find("k1")
    store._openid = "http://127.0.0.1:9/openid"
    watch.now = 2 * DAY
    assert await store.find("k1")
    await http.close()


def test_the_app_of_these_tests_is_the_one_that_was_recorded(microsoft: Microsoft) -> None:
    assert microsoft.recorded("message")["recipient"]["id"] == f"28:{APP.app_id}"
