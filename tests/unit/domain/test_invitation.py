"""A code is found however it is typed, and ordinary talk is never taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.domain.invitation import BITS, drawn, shown, typed

codes = st.integers(0, 2**BITS - 1).map(drawn)


@given(codes, st.sampled_from(("{}", "ik heb een code {}", "Code: {}.", "mijn code is {} denk ik")))
def test_a_code_is_found_in_a_message(code: str, sentence: str) -> None:
    for written in (code, shown(code), code.lower(), f"{code[:4]} {code[4:]}", shown(code).title()):
        assert typed(sentence.format(written)) == code


@given(codes)
def test_spaces_and_dashes_do_not_matter_when_the_code_stands_alone(code: str) -> None:
    assert typed(f"  {' '.join(code)} ") == code
    assert typed("-".join(code)) == code


def test_every_number_has_a_code_of_its_own() -> None:
    assert len({drawn(n << 14) for n in range(2**14)}) == 2**14


def test_a_slip_is_still_a_code_to_who_speaks_of_one() -> None:
    assert typed("ik heb een code ABCD-2345") == "ABCD2345"
    assert typed("mijn uitnodiging is BKMP-0O11") == "BKMP0O11"


@pytest.mark.parametrize(
    "text",
    [
        "dat doen we sinds 2023",
        "sept 2024",
        "wij wonen op 3456 BC",
        "de code voor leren ken ik niet",
        "BKM47-PTR39",
        "onze gedragscode helpt niet",
        "in 2345 uur leren we veel",
        "code rood",
        "",
    ],
)
def test_ordinary_talk_is_no_code(text: str) -> None:
    assert typed(text) is None
