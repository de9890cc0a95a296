"""Which passwords a local account may have, and that exactly what was typed is what counts."""

from __future__ import annotations

import string

import pytest
from argon2 import extract_parameters
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from coach.store.passwords import CONTEXT, FEWEST, MOST, WeakPassword, fits, hashed

GOOD = (
    "vier paarden op een rij",
    "zeven ooievaars lezen een krant",
    "ZEVENOOIEVAARSLEZENKRANT",
    "8402 9137 5566 2093 1744",
    "жёлтые листья летят медленно",
    "🐎🐎 lopen langs twaalf molens",
    " spatie voor en spatie achter ",
)


@pytest.mark.parametrize("password", GOOD)
def test_any_characters_make_a_password(password: str) -> None:
    """No rule asks for a capital, a digit or a sign, or forbids one."""
    kept = hashed(password)
    assert fits(password, kept) and password not in kept


def test_the_shortest_and_the_longest() -> None:
    letters = (string.ascii_letters + string.digits) * 3
    assert FEWEST >= 8 and MOST >= 64
    assert fits(letters[:MOST], hashed(letters[:MOST]))
    for password in (letters[: MOST + 1], "kq7ze2xw9vp"):
        with pytest.raises(WeakPassword):
            hashed(password)


def test_a_password_counts_exactly_as_it_was_typed() -> None:
    longest = "".join(chr(33 + n * 7 % 90) for n in range(MOST))
    kept = hashed(longest)
    assert fits(longest, kept)
    others = (longest + "x", longest[:-1], longest.upper(), longest.lower(), f" {longest[1:]}")
    assert not any(fits(other, kept) for other in others)


def test_leaked_passwords_are_refused() -> None:
    """All of the 30,000 most used in leaks that are long enough to be chosen here, and lengthened shorter ones."""
    leaked = [p for p in FREQUENCY_LISTS["passwords"] if len(p) >= FEWEST]
    assert len(FREQUENCY_LISTS["passwords"]) > 29_000 and len(leaked) > 40
    longer = [(p + "1234567890")[:FEWEST] for p in FREQUENCY_LISTS["passwords"][:100]]
    for password in [*leaked, *longer]:
        with pytest.raises(WeakPassword):
            hashed(password)


@pytest.mark.parametrize("word", CONTEXT)
@pytest.mark.parametrize("shape", ["{}{}", "{}2026!", "{}123456789", "1234567{}"])
def test_words_of_this_product_are_refused(word: str, shape: str) -> None:
    with pytest.raises(WeakPassword):
        hashed(shape.format(word, word).ljust(FEWEST, "1")[:MOST])


def test_the_name_and_address_of_the_account_are_refused() -> None:
    about = ("roodborstje@vandermolenkamp.example", "Roodborstje Vandermolenkamp")
    for password in ("roodborstje1", "Vandermolenkamp", "vandermolenkamp2026"):
        hashed(f"{password} en zeven ooievaars", *about)
        with pytest.raises(WeakPassword):
            hashed(password, *about)


def test_what_is_kept_takes_an_attacker_time_and_memory() -> None:
    """Argon2id as RFC 9106 and OWASP advise; two accounts with one password are not seen to be so."""
    kept = extract_parameters(hashed(GOOD[0]))
    assert kept.type.name == "ID" and kept.memory_cost >= 19_456 and kept.time_cost >= 2
    assert kept.salt_len >= 16 and kept.hash_len >= 16
    assert hashed(GOOD[0]) != hashed(GOOD[0])
