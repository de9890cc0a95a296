"""The `padwijzer` command: what can be asked here; each body is imported when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from coach.cli.evaluate.command import app as evaluate

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Padwijzer, from the command line."
)
content = typer.Typer(no_args_is_help=True, help="The files of the learning experts.")
app.add_typer(content, name="content")
app.add_typer(evaluate, name="evaluate")
desk = typer.Typer(no_args_is_help=True, help="The learning desk.")
app.add_typer(desk, name="desk")


@desk.command("add-adviser")
def add_adviser(
    email: str,
    name: str,
    manager: Annotated[bool, typer.Option("--manager", help="May manage the desk.")] = False,
    password: Annotated[
        str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)
    ] = "",
) -> None:
    """Make a local account for somebody who works at the desk; asks for a password."""
    from coach.cli.desk import add_adviser as add
    from coach.store.advisers import DeskRole

    role = DeskRole.MANAGER if manager else DeskRole.ADVISER
    raise typer.Exit(add(email, name, role, password))


@app.command()
def run(
    slack: Annotated[bool, typer.Option("--slack", help="Say what Slack still needs.")] = False,
    teams: Annotated[bool, typer.Option("--teams", help="Say what Teams still needs.")] = False,
) -> None:
    """Train when needed and start the service, with every platform that has its credentials."""
    from coach.cli.run import run as start

    raise typer.Exit(start([name for name, on in (("slack", slack), ("teams", teams)) if on]))


@app.command("accept-secret")
def accept_secret() -> None:
    """The secret was changed on purpose: people of before are not found again, and their links end."""
    from coach.store.agreed import accept
    from coach.store.database import migrate
    from coach.wiring import current_settings, database

    migrate(database())
    accept(database(), current_settings().secret)
    typer.echo("This database goes with the secret of the settings from now on.")


@app.command()
def train() -> None:
    """Train the model when it is older than its sources."""
    from coach.cli.run import train_if_stale

    raise typer.Exit(train_if_stale())


@app.command()
def simulate(
    file: Annotated[Path, typer.Argument(help="Personas, one JSON object a line.")],
    url: Annotated[str, typer.Option(help="Where the bot runs.")] = "http://localhost:8000",
    buttons: Annotated[bool, typer.Option("--buttons", help="Click instead of type.")] = False,
    token: Annotated[str, typer.Option(help="The token of the REST door.")] = "",
    report: Annotated[Path | None, typer.Option(help="Write all talks to this JSON file.")] = None,
    parallel: Annotated[int, typer.Option(min=1, help="Talks held at the same time.")] = 1,
) -> None:
    """Hold whole talks with a running bot and count who reached their position."""
    from coach.cli.simulate import run as hold

    raise typer.Exit(hold(file, url, buttons, token, report, parallel))


Talk = Annotated[str, typer.Option(help="The id of the talk, or how it begins.")]
Channel = Annotated[str, typer.Option(help="Where somebody talks: web, rest, slack or teams.")]
Sender = Annotated[str, typer.Option(help="The id that the channel knows somebody by.")]


@app.command()
def export(talk: Talk = "", channel: Channel = "", sender: Sender = "") -> None:
    """Write everything that is kept of one talk to standard output, as JSON."""
    from coach.cli.privacy import export as write

    raise typer.Exit(write(talk, channel, sender))


@app.command()
def forget(
    talk: Talk = "",
    channel: Channel = "",
    sender: Sender = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
) -> None:
    """Erase everything that is kept of one talk; only a number is left."""
    from coach.cli.privacy import forget as erase

    raise typer.Exit(erase(talk, channel, sender, yes))


@app.command()
def retention() -> None:
    """Remove now what is older than the settings allow; the service does so once a day."""
    from coach.cli.privacy import retention as clear

    raise typer.Exit(clear())


File = Annotated[Path, typer.Argument(help="The file.")]
Erased = Annotated[
    Path | None, typer.Option(help="The list of who was erased; default: PADWIJZER_ERASED.")
]


@app.command()
def backup(file: File) -> None:
    """Copy the whole database into a file, while the service goes on."""
    from coach.cli.backup import backup as copy

    raise typer.Exit(copy(file))


@app.command()
def restore(file: File, erased: Erased = None) -> None:
    """Put a backup into an empty database; who was erased since does not come back."""
    from coach.cli.backup import restore as put_back

    raise typer.Exit(put_back(file, erased))


@app.command()
def erased(file: File) -> None:
    """Write the list of who was erased, by hashes; the service keeps one in PADWIJZER_ERASED by itself."""
    from coach.cli.backup import erased as write

    raise typer.Exit(write(file))


@app.command()
def figures() -> None:
    """Show what people think of their talks, as means of five people or more."""
    from coach.cli.figures import figures as show

    raise typer.Exit(show())


@content.command()
def check(
    folder: Annotated[Path, typer.Argument(help="The content folder.")] = Path("content"),
) -> None:
    """Read every content file and name the first thing that is wrong."""
    from coach.cli.content_check import run as read

    raise typer.Exit(read(folder))
