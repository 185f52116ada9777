"""What notebooks and roles are called on the page."""

from __future__ import annotations

from chatbot.notebooks import NotebookRow, Role
from chatbot.rendering.words import Say

_ROLES: dict[Role | None, str] = {
    "viewer": "role_viewer", "editor": "role_editor", "owner": "role_owner", None: "role_none",
}  # fmt: skip


def name_of(row: NotebookRow, say: Say) -> str:
    """Its name, as plain text."""
    return row.name or say("main_notebook")


def role_name(role: Role | None, say: Say) -> str:
    return say(_ROLES[role])
