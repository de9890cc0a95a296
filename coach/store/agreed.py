"""What every copy of the service that uses a database has to have the same: the secret.

People are found by a hash made with it. A copy with a secret of its own would know nobody, and nobody would see why.
"""

from __future__ import annotations

import hashlib
import hmac

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from coach.store.database import reading
from coach.store.tables import agreed

_WHAT = "secret"


def is_agreed(database: Engine, secret: bytes) -> bool:
    """Whether this is the secret the database was made with; the first one to ask decides."""
    mark = _mark(secret)
    found = _found(database)
    if found is None:
        try:
            with database.begin() as db:
                db.execute(insert(agreed).values(name=_WHAT, value=mark))
            return True
        except IntegrityError:  # another copy was first
            found = _found(database)
    return hmac.compare_digest(found or "", mark)


def accept(database: Engine, secret: bytes) -> None:
    """From now on it is this one."""
    with database.begin() as db:
        db.execute(delete(agreed).where(agreed.c.name == _WHAT))
        db.execute(insert(agreed).values(name=_WHAT, value=_mark(secret)))


def _found(database: Engine) -> str | None:
    with reading(database) as db:
        found: str | None = db.execute(
            select(agreed.c.value).where(agreed.c.name == _WHAT)
        ).scalar()
    return found


def _mark(secret: bytes) -> str:
    return hmac.new(secret, b"agreed", hashlib.sha256).hexdigest()
