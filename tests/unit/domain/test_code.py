"""A personal code is easy to type in any way, and hard to mistake for something else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.domain.code import BITS, MASK, drawn, mark, revealed, shown, typed

numbers = st.integers(0, 2**BITS - 1)


@given(numbers)
def test_a_code_is_recognised_however_it_is_typed(number: int) -> None:
    code = drawn(number)
    spaced = " ".join(code.lower())
    for way in (code, shown(code), code.lower(), f"  {shown(code).lower()}. ", spaced):
        assert typed(way) == code
    assert typed(f"mijn code is {shown(code).lower()}, klopt dat?") == code


@given(numbers, numbers)
def test_another_number_is_another_code(one: int, other: int) -> None:
    assert (drawn(one) == drawn(other)) == (one == other)


@pytest.mark.parametrize(
    "text",
    ["", "ja", "niveau_2", "ABC12", MASK, "1234567890", "dat is op 12 maart 2027", "BKM47PTR399"],
)
def test_other_texts_are_no_code(text: str) -> None:
    assert typed(text) is None


def test_no_code_has_vowels_or_letters_that_look_alike() -> None:
    letters = {c for n in range(5_000) for c in drawn(n * 13_743_895)}
    assert not letters & set("AEIOUYLSZQ01")


def test_a_kept_message_shows_its_code_only_with_the_key() -> None:
    kept = f"Dit is je code: {mark('00112233aabbccdd')}"
    assert "BKM47" not in kept
    assert revealed(kept, {"00112233aabbccdd": "BKM47PTR39"}.__getitem__).endswith("BKM47-PTR39")
