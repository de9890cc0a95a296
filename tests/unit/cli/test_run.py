"""`padwijzer run --slack --teams`: what has its credentials starts, what has not is told by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.cli.run import leave_out
from coach.settings import SLACK, TEAMS, read

GIVEN = {
    **dict.fromkeys(SLACK[:2], "xoxb-1"),
    TEAMS[0]: "c9e8c047-2a74-40a2-b28a-b162d5f5327c",
    TEAMS[1]: "a client secret",
    TEAMS[2]: "72f988bf-86f1-41af-91ab-2d7cd011db47",
}
BOTH = ("slack", "teams")


@pytest.mark.parametrize("missing", GIVEN)
def test_what_is_missing_is_named_and_the_other_starts(
    missing: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {name: value for name, value in GIVEN.items() if name != missing}
    leave_out(BOTH, environ)
    [told] = capsys.readouterr().out.splitlines()
    assert missing in told
    assert not any(name in told for name in GIVEN if name != missing)
    found = read({"PADWIJZER_DATA": str(tmp_path), **environ})
    assert (found.slack.wanted, found.teams is not None) == (
        missing not in SLACK,
        missing not in TEAMS,
    )


def test_without_any_credentials_all_names_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    leave_out(BOTH, {})
    slack, teams = capsys.readouterr().out.splitlines()
    assert all(name in slack for name in SLACK) and all(name in teams for name in TEAMS)


def test_with_all_credentials_nothing_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    environ = dict(GIVEN)
    leave_out(BOTH, environ)
    assert environ == GIVEN and not capsys.readouterr().out


def test_socket_mode_needs_no_signing_secret(capsys: pytest.CaptureFixture[str]) -> None:
    leave_out(["slack"], {SLACK[0]: "xoxb-1", SLACK[2]: "xapp-1"})
    assert not capsys.readouterr().out
