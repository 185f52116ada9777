"""Who may do what: every person, every role, every action, and nobody else anything."""

from __future__ import annotations

from typing import Any

import pytest

from chatbot.config import SignInConfig
from chatbot.notebooks import ALONE, Action, Person, Role, allow
from chatbot.notebooks.access import ROLES
from chatbot.notebooks.people import signed_in

MEMBER = Person("https://login#1", "Kim", "kim@example.org")
ADMIN = Person("https://login#2", "Park", "park@example.org", is_admin=True)
NOBODY = Person("")

VIEWER = "see ask inspect leave"
EDITOR = f"{VIEWER} add remove"
OWNER = f"{EDITOR} settings people export rename archive delete audit"
SIGNED_IN = "make import"
ADMINISTERS = "see people rename archive delete audit audit-all"
MAY: dict[tuple[str, Role | None], str] = {
    ("member", None): SIGNED_IN,
    ("member", "viewer"): f"{SIGNED_IN} {VIEWER}",
    ("member", "editor"): f"{SIGNED_IN} {EDITOR}",
    ("member", "owner"): f"{SIGNED_IN} {OWNER}",
    ("admin", None): f"{SIGNED_IN} {ADMINISTERS}",
    ("admin", "viewer"): f"{SIGNED_IN} {ADMINISTERS} {VIEWER}",
    ("admin", "editor"): f"{SIGNED_IN} {ADMINISTERS} {EDITOR}",
    ("admin", "owner"): f"{SIGNED_IN} {ADMINISTERS} {OWNER}",
    ("nobody", None): "",
    ("nobody", "viewer"): "",
    ("nobody", "editor"): "",
    ("nobody", "owner"): "",
}
PEOPLE = {"member": MEMBER, "admin": ADMIN, "nobody": NOBODY}


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize(("who", "role"), MAY)
def test_a_role_allows_what_its_row_says_and_nothing_else(
    who: str, role: Role | None, action: Action
) -> None:
    assert allow(PEOPLE[who], role, action) == (action.value in MAY[who, role].split())


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", [None, *ROLES])
def test_where_nobody_signs_in_the_one_person_may_do_everything(role: Role | None, action: Action) -> None:
    assert allow(ALONE, role, action)


@pytest.mark.parametrize("person", [MEMBER, ADMIN, NOBODY, ALONE])
@pytest.mark.parametrize("role", ["", "Owner", "root", 1, True])
@pytest.mark.parametrize("action", ["ask", "", None, 1, "everything"])
def test_what_is_not_known_is_not_allowed(person: Person, role: Any, action: Any) -> None:
    assert not allow(person, role, action)


def test_nobody_is_known_by_an_address_that_the_provider_does_not_vouch_for() -> None:
    claims = {
        "iss": "https://id.example",
        "sub": "bob",
        "name": "kim@example.org",
        "email": "kim@example.org",
    }
    bob = signed_in(claims, SignInConfig())
    assert bob.called == "kim@example.org (https://id.example#bob)"
    hidden = "kim\u200b@example.org"
    assert signed_in({**claims, "email": hidden, "email_verified": True}, SignInConfig()).email == ""
    turned = signed_in({**claims, "name": "\u202egro.elpmaxe@mik\u2069"}, SignInConfig())
    assert turned.called.isprintable()
    assert signed_in({**claims, "email_verified": True}, SignInConfig()).called == "kim@example.org"
