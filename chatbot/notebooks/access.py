"""Who may do what: one function, and whatever it does not know is not allowed.

viewer: ask, and inspect the sources · editor: also add and remove documents · owner: also settings, people, export,
rename, archive, delete · admin: of every notebook its people, name, archive, deletion and log, but not what it holds
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, get_args

from chatbot.notebooks.people import Person

Role = Literal["viewer", "editor", "owner"]  # each may do what those before it may
ROLES: tuple[Role, ...] = get_args(Role)


class Action(StrEnum):
    """Everything that can be done with a notebook, or with the library."""

    SEE = "see"  # that there is such a notebook, and its name
    ASK = "ask"
    INSPECT = "inspect"  # documents, sources, how an answer came about
    LEAVE = "leave"
    ADD = "add"
    REMOVE = "remove"
    SETTINGS = "settings"
    PEOPLE = "people"
    EXPORT = "export"
    RENAME = "rename"
    ARCHIVE = "archive"
    DELETE = "delete"
    AUDIT = "audit"  # the log of one notebook
    # of the library
    MAKE = "make"
    IMPORT = "import"  # into a new notebook
    AUDIT_ALL = "audit-all"


_VIEWER = {Action.SEE, Action.ASK, Action.INSPECT, Action.LEAVE}
_EDITOR = _VIEWER | {Action.ADD, Action.REMOVE}
_OWNER = _EDITOR | {
    Action.SETTINGS, Action.PEOPLE, Action.EXPORT, Action.RENAME, Action.ARCHIVE, Action.DELETE, Action.AUDIT,
}  # fmt: skip
_MAY: dict[Role, frozenset[Action]] = {
    "viewer": frozenset(_VIEWER),
    "editor": frozenset(_EDITOR),
    "owner": frozenset(_OWNER),
}
# an admin who wants to read gives themselves a role, which the log shows
_ADMIN = frozenset(
    {
        Action.SEE,
        Action.PEOPLE,
        Action.RENAME,
        Action.ARCHIVE,
        Action.DELETE,
        Action.AUDIT,
        Action.AUDIT_ALL,
    }
)
_WHOEVER_SIGNED_IN = frozenset({Action.MAKE, Action.IMPORT})
OF_THE_LIBRARY = frozenset({Action.MAKE, Action.IMPORT, Action.AUDIT_ALL})
# of a notebook that is put away
WHILE_ARCHIVED = frozenset({Action.SEE, Action.LEAVE, Action.PEOPLE, Action.EXPORT, Action.RENAME, Action.ARCHIVE,
                            Action.DELETE, Action.AUDIT})  # fmt: skip


Scope = Literal["ask", "documents", "models"]  # of an API key
SCOPES: tuple[Scope, ...] = get_args(Scope)
# what a key of a scope leaves of the rights of its person; people, settings and ends of notebooks are for no key
OF_SCOPE: dict[Scope, frozenset[Action]] = {
    "ask": frozenset({Action.SEE, Action.ASK, Action.INSPECT}),
    "documents": frozenset({Action.SEE, Action.INSPECT, Action.ADD, Action.REMOVE}),
    "models": frozenset(),  # embeddings and second looks at texts that come with the request: of no notebook
}


def allow(person: Person, role: Role | None, action: Action) -> bool:
    """Whether ``person``, whose role in the notebook is ``role``, may do ``action``; what is not known is not allowed."""
    if not isinstance(action, Action):
        return False
    if person.is_alone:
        return True
    if not person.id:
        return False
    if action in OF_THE_LIBRARY:
        return action in _WHOEVER_SIGNED_IN or (person.is_admin and action in _ADMIN)
    if role in _MAY and action in _MAY[role]:
        return True
    return person.is_admin and action in _ADMIN
