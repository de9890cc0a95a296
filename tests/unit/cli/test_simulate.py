"""The simulator against a small bot on a real local port, made of the pure machines of the product."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from coach import content
from coach.cli.main import app
from coach.domain.answers import Role
from coach.domain.coaching import Coaching
from coach.domain.content import Content, Item
from coach.domain.interview import Interview, Phase
from coach.language.promises import Promises
from coach.usecases.coaching import CoachingTalk
from coach.usecases.interview import InterviewTalk
from coach.usecases.ports import AnswerReader, Reading
from coach.usecases.reply import Heard, Say
from coach.usecases.side import Standing

ROOT = Path(__file__).resolve().parents[3]
TODAY = date(2026, 11, 23)
LEVELS = {"een": 1, "twee": 2, "drie": 3}
INTENTS = {
    "affirm": r"ja\b|oke|is goed|klopt|ik vind het goed",
    "deny": r"nee\b",
    "unknown": r".*(weet ik|geen idee|niet weten)",
}
BUTTONS = {
    "role": ("medewerker", "leidinggevende", "leeradviseur"),
    "subject": ("team", "organisatie", "klant"),
    "consent": ("ja", "nee"),
    "question": ("onbekend",),
    "probe": ("onbekend",),
    "check": ("ja", "nee"),
    "review": ("ja", "nee"),
    "option": ("eigen",),
    "obstacle": ("niets",),
    "look_back": ("ja", "nee"),
    "what": ("ja", "nee"),
    "who": ("ik", "samen", "ander"),
    "when": ("gauw", "week", "twee_weken"),
    "sure": ("5", "6", "7", "8", "9"),
    "raise": ("kleiner", "hulp", "tijd"),
    "come_back": ("week", "maand", "later"),
}
RING = ("sturing", "weten", "willen", "kunnen", "durven", "mogen")
PROCESS = ("doelen_stellen", "programmeren", "padvinden", "leren")

Message = dict[str, Any]


class WordReader:
    """Reads 'zeker twee ...' as a sure 2 and 'misschien twee ...' as an unsure 2; nothing else."""

    def read(self, text: str, item: Item, role: Role) -> Reading:
        words = text.split()
        if len(words) < 2 or words[0] not in ("zeker", "misschien"):
            return Reading(None, 0.0)
        return Reading(LEVELS[words[1]], 0.9 if words[0] == "zeker" else 0.5)


class Insider:
    """Reads every text as the level that its persona has."""

    def __init__(self, personas: list[dict[str, Any]]) -> None:
        known = [answer for persona in personas for answer in persona["answers"].values()]
        self.levels = {text: k["level"] for k in known for text in k.get("texts", [])}

    def read(self, text: str, item: Item, role: Role) -> Reading:
        return Reading(self.levels.get(text), 0.9)


class WeekReader:
    def read(self, text: str, today: date) -> date | None:
        return today + timedelta(days=7) if re.search("week|weken|dagen|dinsdag", text) else None


@dataclass
class Bot:
    """Hears a message of a talk and answers as the REST door does."""

    interviews: InterviewTalk
    coachings: CoachingTalk
    talks: dict[str, Standing] = field(default_factory=dict)

    def turn(self, sender: str, message: str) -> list[Message]:
        standing = self.talks.get(sender, Standing())
        heard = hear(message)
        says: tuple[Say, ...]
        if standing.coaching:
            followed = self.coachings.hear(standing.coaching, heard)
            standing, says = Standing(standing.interview, followed.coaching), followed.says
        elif standing.interview:
            heeded = self.interviews.hear(standing.interview, heard)
            standing, says = Standing(heeded.interview), heeded.says
        else:
            standing, says = Standing(self.interviews.start()), ()
        if standing.interview and standing.interview.phase is Phase.DONE and not standing.coaching:
            begun = self.coachings.start(standing.interview)
            standing, says = Standing(standing.interview, begun.coaching), says + begun.says
        self.talks[sender] = standing
        return [*map(shown, says + self.ask(standing)), *tail(standing)]

    def ask(self, standing: Standing) -> tuple[Say, ...]:
        if standing.coaching:
            return self.coachings.ask(standing.coaching)
        return self.interviews.ask(standing.interview) if standing.interview else ()


def hear(message: str) -> Heard:
    clicked = re.fullmatch(r'/choose\{"value": "(\w[\w.-]*)"\}', message)
    if clicked:
        return Heard(intent="choose", choice=clicked[1])
    found = (intent for intent, words in INTENTS.items() if re.match(words, message.lower()))
    return Heard(message, next(found, ""))


def button(value: str, title: str = "") -> Message:
    return {"title": title or value, "payload": f'/choose{{"value": "{value}"}}'}


def shown(say: Say) -> Message:
    buttons = [button(b.value, b.title) for b in say.buttons]
    return {"recipient_id": "x", "text": " ".join([say.response, *say.slots.values()])} | (
        {"buttons": buttons} if buttons else {}
    )


def tail(standing: Standing) -> list[Message]:
    """The message that carries the state."""
    assert standing.interview
    return [{"recipient_id": "x", "custom": {"state": state(standing, standing.interview)}}]


def state(standing: Standing, interview: Interview) -> Message:
    question, placement = standing.open_question, interview.placement()
    found: Message = {
        "phase": standing.phase,
        "construct": question.construct if question else None,
        "ring": question.ring if question else None,
    }
    if standing.phase == Phase.CHECK and interview.pending:
        found["proposed"] = interview.pending.level
    if placement and standing.phase == Phase.REVIEW:
        found["position"] = placement.position.id
    if standing.coaching and standing.phase == "done":
        found["plan"] = has_plan(standing.coaching)
    return found


def has_plan(coaching: Coaching) -> bool:
    return coaching.plan() is not None


def with_phase_buttons(messages: list[Message]) -> list[Message]:
    """As the responses of the product do: fixed buttons stand beside those of the question."""
    *before, asked, last = messages
    fixed = [button(value) for value in BUTTONS.get(last["custom"]["state"]["phase"], ())]
    return [*before, asked | {"buttons": asked.get("buttons", []) + fixed}, last]


Turn = Callable[[str, str], Any]


@contextmanager
def serving(turn: Turn, token: str = "", refusals: int = 0) -> Iterator[str]:
    """A REST door on a free local port; `refusals` times it says that this goes too fast."""
    left = [refusals]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply(404, {})

        def do_POST(self) -> None:
            sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if token and self.headers.get("Authorization") != f"Bearer {token}":
                return self.reply(401, {})
            assert self.path == "/webhooks/rest/webhook"
            if left[0]:
                left[0] -= 1
                return self.reply(429, {}, ("Retry-After", "0"))
            return self.reply(200, turn(sent["sender"], sent["message"]))

        def reply(self, status: int, answer: Any, *headers: tuple[str, str]) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@cache
def real_content() -> Content:
    return content.load(ROOT / "content")


def turns(reader: AnswerReader) -> Turn:
    """A bot that reads answers in a given way."""
    made = Bot(
        InterviewTalk(real_content(), reader),
        CoachingTalk(real_content(), WeekReader(), lambda: TODAY, Promises()),
    )
    return lambda sender, message: with_phase_buttons(made.turn(sender, message))


@pytest.fixture
def bot() -> Turn:
    return turns(WordReader())


def persona(
    position: str,
    ring: Sequence[int | None],
    process: Sequence[int | None] = (),
    *,
    name: str = "proef",
    texts: Mapping[str, list[str]] | None = None,
) -> dict[str, Any]:
    """A persona with levels for the constructs in order; its texts are those that the reader can read."""
    names = {level: name for name, level in LEVELS.items()} | {0: "", None: ""}
    levels = [*zip(RING, ring, strict=False), *zip(PROCESS, process, strict=False)]
    answers = {
        construct: {
            "level": level,
            "texts": (texts or {}).get(construct, [f"zeker {names[level]} zo gaat dat"]),
        }
        for construct, level in levels
    }
    at = dict(zip(("ring", "process"), position.split("-"), strict=True))
    return {"id": name, "role": "medewerker", "answers": answers, "position": at}


class Runner:
    """Writes personas to a file, holds their talks and reads the report."""

    def __init__(self, folder: Path) -> None:
        self.file, self.report_file = folder / "p.jsonl", folder / "report.json"

    def run(self, turn: Turn, *personas: dict[str, Any], options: Sequence[str] = ()) -> Result:
        self.file.write_text("\n".join(json.dumps(p) for p in personas), encoding="utf-8")
        with serving(turn, token="geheim") as url:
            report = ["--report", str(self.report_file), "--token", "geheim"]
            return self.call("--url", url, *report, *options)

    def call(self, *options: str) -> Result:
        return CliRunner().invoke(app, ["simulate", str(self.file), *options])

    @property
    def talk(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.report_file.read_text())["talks"][0]
        return found


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


def test_someone_who_types_reaches_the_place_and_makes_a_plan(runner: Runner, bot: Turn) -> None:
    result = runner.run(bot, persona("activatie-programmeren", [1, 1, 2, 1], [3, 1]))
    assert result.exit_code == 0
    assert result.output.splitlines()[-1] == "1 of 1 personas reached their position"
    talk = runner.talk
    assert (talk["position"], talk["plan"], talk["questions"]) == (
        "activatie-programmeren",
        True,
        6,
    )
    assert (talk["checks"], talk["fallbacks"]) == (0, 0)
    assert talk["turns"] == sum("user" in entry for entry in talk["transcript"])
    assert talk["transcript"][0] == {"user": "hallo"}
    assert "> hallo" not in result.output


@pytest.mark.parametrize("way", ["--buttons", ""])
def test_many_talk_at_once(runner: Runner, bot: Turn, way: str) -> None:
    people = [
        persona("cultivatie-leren", [2, 2, 2, 2], [3, 3, 3, 2], name=f"proef-{number}")
        for number in range(20)
    ]
    result = runner.run(bot, *people, options=["--parallel", "8", *([way] if way else [])])
    assert result.exit_code == 0, result.output
    assert "20 of 20 personas" in result.output


def test_someone_who_clicks_types_no_answers(runner: Runner, bot: Turn) -> None:
    people = persona("realisatie-padvinden", [3, 3, 3, 3], [3, 3, 1])
    result = runner.run(bot, people, options=["--buttons"])
    assert result.exit_code == 0, result.output
    typed = [e["user"] for e in runner.talk["transcript"] if not e.get("user", "/").startswith("/")]
    assert typed[0] == "hallo" and len(typed) == 2  # the second tells what happens now
    assert runner.talk["fallbacks"] == 0


@pytest.mark.parametrize("way", ["--buttons", ""])
def test_every_persona_of_the_path_can_reach_its_place(runner: Runner, way: str) -> None:
    lines = (ROOT / "tests/personas/path.jsonl").read_text(encoding="utf-8").splitlines()
    people = [json.loads(line) for line in lines]
    options = ["--parallel", "8", *([way] if way else [])]
    result = runner.run(turns(Insider(people)), *people, options=options)
    assert result.exit_code == 0, result.output
    all_of_them = f"{len(people)} of {len(people)} personas reached their position"
    assert result.output.splitlines()[-1] == all_of_them
    assert "buttons needed: 0" in result.output


def test_someone_who_is_placed_elsewhere_is_told_with_the_whole_talk(
    runner: Runner, bot: Turn
) -> None:
    wrong = persona("realisatie-leren", [1, 1, 1], [1], name="mis")
    right = persona("activatie-doelen_stellen", [1, 1, 1], [1], name="raak")
    result = runner.run(bot, wrong, right)
    assert result.exit_code == 1
    assert "FAIL mis: activatie-doelen_stellen instead of realisatie-leren" in result.output
    assert result.output.count("> hallo") == 1
    assert result.output.splitlines()[-1] == "1 of 2 personas reached their position"
    assert runner.talk["plan"], "the talk goes on to a plan all the same"


def test_someone_who_knows_little_is_asked_again_and_then_passed_over(
    runner: Runner, bot: Turn
) -> None:
    result = runner.run(bot, persona("cultivatie-doelen_stellen", [None, 2, 2, 0, 2], [None]))
    assert result.exit_code == 0, result.output
    phases = [entry["state"]["phase"] for entry in runner.talk["transcript"] if "bot" in entry]
    assert phases.count("probe") == 3  # sturing, kunnen, doelen_stellen


def test_someone_who_knows_nothing_gets_no_place_and_no_plan(runner: Runner, bot: Turn) -> None:
    result = runner.run(bot, persona("activatie-leren", []), options=["--buttons"])
    assert result.exit_code == 1
    assert "no position" in result.output and "ended at unplaced without a plan" in result.output


def test_a_check_is_answered_by_level(runner: Runner, bot: Turn) -> None:
    texts = {
        "sturing": ["misschien een zo gaat dat"],
        "weten": ["misschien drie zo gaat dat", "zeker een zo gaat dat"],
    }
    result = runner.run(bot, persona("activatie-doelen_stellen", [1, 1, 1], [1], texts=texts))
    assert result.exit_code == 0, result.output
    assert (runner.talk["checks"], runner.talk["fallbacks"]) == (2, 0)


def test_words_that_are_not_understood_end_in_a_click(runner: Runner, bot: Turn) -> None:
    texts = {"weten": ["misschien drie zo gaat dat", "tja het is me wat"]}
    result = runner.run(bot, persona("activatie-doelen_stellen", [1, 1, 1], [1], texts=texts))
    assert result.exit_code == 0, result.output
    assert (runner.talk["checks"], runner.talk["fallbacks"]) == (1, 1)


def test_who_is_asked_about_another_ring_knows_nothing_and_does_not_count(
    runner: Runner, bot: Turn
) -> None:
    misread = {name: ["zeker twee zo gaat dat"] for name in RING}
    people = persona("cultivatie-doelen_stellen", [1, 1, 1, 1, 1, 1], [3, 3, 3, 3], texts=misread)
    result = runner.run(bot, people)
    assert result.exit_code == 1
    assert "(asked about another ring)" in result.output
    talk = runner.talk
    assert (talk["position"], talk["strayed"], talk["reached"]) == (talk["expected"], True, False)


def test_a_talk_without_end_is_broken_off(runner: Runner) -> None:
    stuck = [{"text": "Wat is je rol?", "custom": {"state": {"phase": "role"}}}]
    result = runner.run(lambda *_: stuck, persona("activatie-leren", [1, 1, 1]))
    assert result.exit_code == 1 and "no end after 60 turns, at role" in result.output


@pytest.mark.parametrize(
    "answer",
    [{}, [], [{"text": "hoi"}], [{"custom": {"state": {"phase": "check", "construct": "?"}}}]],
)
def test_a_server_that_is_no_rest_door_is_named(runner: Runner, answer: Any) -> None:
    result = runner.run(lambda *_: answer, persona("activatie-leren", [1, 1, 1]))
    assert result.exit_code == 1 and "no list of messages with a state" in result.output


def test_a_bot_that_cannot_be_reached_is_named(runner: Runner) -> None:
    runner.file.write_text(json.dumps(persona("activatie-leren", [1, 1, 1])))
    with serving(lambda *_: []) as url:
        pass
    result = runner.call("--url", url)
    assert result.exit_code == 1
    assert f"cannot reach a bot at {url}" in result.output
    assert "is no address such as" in runner.call("--url", "localhost:8000").output


def test_a_bot_that_says_too_fast_is_asked_again(runner: Runner, bot: Turn) -> None:
    runner.file.write_text(json.dumps(persona("activatie-programmeren", [1, 1, 2, 1], [3, 1])))
    with serving(bot, refusals=5) as url:
        result = runner.call("--url", url)
    assert result.exit_code == 0 and "1 of 1 personas reached" in result.output


def test_a_refused_token_is_named(runner: Runner, bot: Turn) -> None:
    people = persona("activatie-leren", [1, 1, 1])
    result = runner.run(bot, people, options=["--token", "verkeerd"])
    assert result.exit_code == 1 and "give the right one with --token" in result.output


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"role": "baas"}, "p.jsonl:1: role: 'baas' is none of medewerker,"),
        ({"id": ""}, "p.jsonl:1: id: this key is missing"),
        ({"position": {"ring": "activatie"}}, "p.jsonl:1: process: this key is missing"),
        ({"answers": {"weten": {"level": 4}}}, "p.jsonl:1: weten: level 4 is none of"),
        ({"answers": {"weten": {"level": 1}}}, "p.jsonl:1: weten: texts are missing"),
        ({"answers": {"moed": {"level": 1}}}, "p.jsonl:1: answers: 'moed' is none of"),
        ({"coaching": {"sure": [""]}}, "p.jsonl:1: sure: a text is empty"),
        ({"coaching": {"slot": ["x"]}}, "p.jsonl:1: coaching: 'slot' is none of"),
    ],
)
def test_a_wrong_persona_is_refused_with_its_line(
    runner: Runner, change: dict[str, Any], named: str
) -> None:
    runner.file.write_text(json.dumps(persona("activatie-leren", [1, 1, 1]) | change))
    result = runner.call()
    assert result.exit_code == 1 and named in result.output


def test_wrong_files_are_refused(runner: Runner) -> None:
    assert "No such file" in runner.call().output
    for text, named in (
        ("\n", "there are no personas"),
        ("{", "p.jsonl:1: /: no valid JSON"),
        ("[]", "p.jsonl:1: /: a persona is a JSON object"),
        ("\n".join([json.dumps(persona("activatie-leren", [1]))] * 2), "p.jsonl:2: id: 'proef'"),
    ):
        runner.file.write_text(text)
        assert named in runner.call().output


def test_content_is_checked(tmp_path: Path) -> None:
    good = CliRunner().invoke(app, ["content", "check", str(ROOT / "content")])
    assert good.exit_code == 0 and "12 positions" in good.output
    bad = CliRunner().invoke(app, ["content", "check", str(tmp_path)])
    assert bad.exit_code == 1 and "questionnaire.yml:0: /: this file is missing" in bad.output


def test_the_command_starts_light() -> None:
    asked = "import sys, coach.cli.main; print({'httpx', 'rasa', 'yaml'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "set()"
