"""What the desk refuses is in the log, as an event with its reason; what was sent is not."""

from __future__ import annotations

import logging

import pytest
from desk_visitor import House
from test_desk_accounts import enter

SECRET = "geheim-2718"


def test_a_refused_sign_in_is_an_event(small_desk: House, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "padwijzer"):
        for _ in range(7):
            enter(small_desk, f"{SECRET}@desk.test", SECRET)
    assert "desk.sign_in_failed why=wrong" in caplog.text
    assert "desk.sign_in_failed why=slow" in caplog.text
    assert SECRET not in caplog.text


def test_what_is_not_for_somebody_is_an_event(
    small_desk: House, caplog: pytest.LogCaptureFixture
) -> None:
    visitor = small_desk.signed_in("anna")
    with caplog.at_level(logging.WARNING, "padwijzer"):
        assert visitor.get("/desk/beheer").status_code == 403
        assert visitor.get(f"/desk/organisaties/{small_desk.of['bram']}").status_code == 404
        visitor.csrf = SECRET
        assert visitor.submit("/desk/organisaties", naam=SECRET).status_code == 403
    refused = [line.getMessage() for line in caplog.records]
    assert refused == [
        "desk.refused status=403 why=role",
        "desk.refused status=404 why=missing",
        "desk.refused status=403 why=csrf",
    ]
