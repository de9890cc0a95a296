"""Every way in which the domain can refuse; each door maps these to a sentence, a page or an exit code."""

from __future__ import annotations


class CoachError(Exception):
    """The base of all refusals of the domain."""


class IllegalMove(CoachError):
    """The talk is not at a place where this can be done, for example an answer when nothing is asked."""


class UnknownChoice(CoachError):
    """A value that is none of the choices offered, for example level 4."""


class BadContent(CoachError):
    """A content file is wrong; says which file, line and key."""

    def __init__(self, file: str, line: int, key: str, problem: str) -> None:
        super().__init__(f"{file}:{line}: {key}: {problem}")
        self.file, self.line, self.key, self.problem = file, line, key, problem
