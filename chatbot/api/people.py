"""Who asks: the key of the request, the person it belongs to, and a library that lets through what the key is for.

async def path(caller: Asker): ...
config = caller.enter(number, Action.ASK, question)   # NotAllowed, NotebookMissing, or the notebook's configuration
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Request

from chatbot.api.problems import Problem
from chatbot.api.service import Granted, Service, service_of
from chatbot.config import Config
from chatbot.errors import NotAllowed, NotebookMissing
from chatbot.notebooks import ALONE, FIRST, Action, Library, Notebook, NotebookRow, Person

_KEY_HEADERS = ("x-api-key", "api-key")  # besides Authorization: Bearer


@dataclass(frozen=True, slots=True)
class Caller:
    """A person as far as their key reaches. Everything that is read or changed is asked for here, each time anew.

    Attributes:
        library: narrowed to what the key is for.
        granted: the key's grant; ``None`` where none was needed.
    """

    person: Person
    library: Library
    granted: Granted | None = None

    @property
    def who(self) -> str:
        """By what limits count: the person, as on the page; the key where nobody signs in."""
        return self.person.id or (f"key {self.granted.number}" if self.granted else "whoever has the machine")

    def notebooks(self, action: Action = Action.SEE) -> list[NotebookRow]:
        """Those that may be seen, or in which ``action`` may be done."""
        seen = self.library.notebooks(self.person)
        return seen if action is Action.SEE else [row for row in seen if self.may(row.id, action)]

    def open(self, name: str | int) -> Notebook:
        """That of this name, id or ``#id``. Raises ``NotebookMissing``; ``LibraryError`` where several have the name."""
        return self.library.open(name, self.person)

    def enter(self, number: int, action: Action, detail: str = "") -> Config:
        """As ``Library.enter``. Raises ``NotAllowed`` and ``NotebookMissing``."""
        return self.library.enter(self.person, number, action, detail)

    def check(self, number: int, action: Action) -> None:
        """Raise what ``enter`` would; for what goes on after it was entered."""
        self.library.check(self.person, number, action)

    def may(self, number: int, action: Action) -> bool:
        try:
            self.check(number, action)
        except (NotAllowed, NotebookMissing):
            return False
        return True

    def default(self) -> NotebookRow:
        """The notebook where none is named: the first one, else the first that may be asked."""
        found = self.notebooks(Action.ASK)
        if not found:
            message = "there is no notebook that you may ask; ask an owner to share one with you"
            raise Problem(403, "not_allowed", message)
        return next((row for row in found if row.id == FIRST), found[0])

    def require(self, scope: Literal["ask", "documents", "models"]) -> None:
        """Raise ``NotAllowed`` where the key is not for this; for what belongs to no notebook."""
        if self.granted is not None:
            self.granted.require(scope)


def bearer_of(request: Request) -> str:
    """The key that came with a request, as OpenAI's clients send it; empty where none did."""
    kind, _, key = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and key.strip():
        return key.strip()
    return next((key for name in _KEY_HEADERS if (key := request.headers.get(name, "").strip())), "")


async def person_of(request: Request) -> Caller:
    """Who asks. Raises ``Problem`` 401 where a key is needed and none came, ``KeyRefused`` where it is not good."""
    caller: Caller | None = getattr(request.state, "caller", None)
    if caller is not None:  # let in before the body was read
        return caller
    service, bearer = service_of(request), bearer_of(request)
    return await service.quick(lambda: caller_of(service, bearer))


def caller_of(service: Service, bearer: str) -> Caller:
    """Who has the key ``bearer``. Reads a file or a database; raises as ``person_of``."""
    keys = service.keys
    service.look_who_signs_in()
    if service.is_open and not (keys is not None and keys.exist()):
        return Caller(ALONE, service.library)  # any key will do: clients insist on sending one
    if keys is None or not bearer:
        raise Problem(
            401, "invalid_api_key",
            "this program wants a key, as Authorization: Bearer KEY; make one with: secondlook keys make NAME",
            headers={"WWW-Authenticate": "Bearer"},
        )  # fmt: skip
    granted = keys.grant(bearer, people_sign_in=service.people_sign_in)
    return Caller(granted.person, granted.library, granted)


Asker = Annotated[Caller, Depends(person_of)]
"""The dependency of every path that reads or changes something."""
