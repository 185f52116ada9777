"""Who calls a tool and what they may reach: over standard input and output one person, over HTTP whoever has the key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from starlette.requests import Request

    from chatbot.api.people import Caller
    from chatbot.api.service import Service
    from chatbot.config import Config
    from chatbot.notebooks import Action


@dataclass(frozen=True, slots=True)
class Adding:
    """Whether documents may be added, and from which folders of this machine by their path: none over HTTP."""

    allowed: bool = False
    folders: tuple[Path, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Visit:
    """One call. ``only``: the notebook that the server was started for; others are not known then."""

    service: Service
    caller: Caller
    adding: Adding = Adding()
    only: int | None = None

    def notebook(self, named: str | None, action: Action) -> int:
        """The number of the notebook that is meant: where none is named the first one in which ``action`` may be done.

        Raises:
            NotebookMissing: there is none of that name, or the caller may not know of it.
            NotAllowed: none is named, and there is none in which that may be done.
        """
        from chatbot.errors import NotAllowed, NotebookMissing
        from chatbot.notebooks import FIRST

        if named is not None:
            number = self.caller.open(named).id
            if self.only not in (None, number):
                raise NotebookMissing("this server was started for another notebook; leave out `notebook`")
            return number
        if self.only is not None:
            return self.only
        numbers = [row.id for row in self.caller.notebooks(action)]
        if not numbers:
            raise NotAllowed(
                "there is no notebook in which you may do that ({action}); ask an owner to share one with you",
                action=str(action),
            )
        return FIRST if FIRST in numbers else numbers[0]

    def enter(self, named: str | None, action: Action, detail: str = "") -> tuple[int, Config]:
        """The number of a notebook, and its configuration, for one action. Raises ``NotAllowed`` as well."""
        number = self.notebook(named, action)
        return number, self.caller.enter(number, action, detail)

    def enter_all(
        self, named: str | None, several: Sequence[str], action: Action, detail: str = ""
    ) -> tuple[tuple[int, ...], Config]:
        """The numbers of all notebooks that are named, each once, and the configuration of the first. Raises as ``enter``."""
        from chatbot.api.answers.together import enter_all

        names = [named] if named is not None or not several else []
        numbers = tuple(dict.fromkeys(self.notebook(name, action) for name in [*names, *several]))
        return numbers, enter_all(self.caller, numbers, detail)


class Door(Protocol):
    """Lets calls in."""

    async def visit(self, request: Request | None) -> Visit:
        """Who calls. Raises ``ChatbotError`` or ``Problem`` where nobody may."""
        ...

    async def may_add(self, request: Request | None) -> bool:
        """Whether ``add_document`` is offered."""
        ...
