"""The e-mail that tells the desk that somebody waits: a number and a link, and nothing that anybody wrote."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from types import TracebackType
from typing import Self

from coach.desk.pages import templates
from coach.settings import Mail

SECONDS = 15


class Post:
    """A connection to the mail server, for a few mails."""

    def __init__(self, mail: Mail) -> None:
        self._mail = mail

    def __enter__(self) -> Self:
        self._server = smtplib.SMTP(self._mail.host, self._mail.port, timeout=SECONDS)
        try:
            if self._mail.starttls:
                self._server.starttls(context=ssl.create_default_context())
            if self._mail.user:
                self._server.login(self._mail.user, self._mail.password)
        except BaseException:
            self._server.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close() if error else self._server.quit()

    def send(self, to: str, subject: str, text: str) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self._mail.sender, to, subject
        mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain="padwijzer")
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(text)
        self._server.send_message(mail)


def notice(number: int, address: str) -> tuple[str, str]:
    """Its subject and its text."""
    made = templates().get_template("notice.txt.j2").render(number=number, address=address)
    subject, _, text = made.partition("\n")
    return subject, text.lstrip("\n")
