"""``secondlook keys``: made and printed once, listed without the key, revoked at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import Config
from chatbot.errors import KeyRefused
from chatbot.notebooks import ALONE, ApiKeys, Library, Person
from command_line import secondlook_here

KIM = Person("https://login.example#kim", "Kim", "kim@example.org")
LEE = Person("https://login.example#lee", "Lee", "lee@example.org")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    library = Library(Config(store=tmp_path / "store"))
    library.meet(KIM)
    library.meet(LEE)
    library.make("Team", KIM)
    return tmp_path / "store"


def run(store: Path, *arguments: object) -> Any:
    return secondlook_here("keys", *arguments, "--store", store)


def told(store: Path, *arguments: object) -> Any:
    ended = run(store, *arguments, "--json")
    assert ended.code == 0, ended.stderr
    return json.loads(ended.stdout)


def test_a_key_is_alone_on_stdout_and_shown_once(store: Path) -> None:
    made = run(store, "make", "laptop", "--person", KIM.email)
    token = made.stdout.removesuffix("\n")
    grant = ApiKeys(Library(Config(store=store))).grant(token, people_sign_in=True)
    assert grant.person == KIM
    assert token not in made.stderr
    assert "it is not shown again" in made.stderr
    listed = run(store, "list")
    assert f"laptop (…{token[-4:]})" in listed.stdout
    assert KIM.email in listed.stdout
    assert token[3:-4] not in listed.stdout + json.dumps(told(store, "list"))


def test_a_key_has_the_bounds_that_were_given(store: Path) -> None:
    made = told(store, "make", "ci", "--person", KIM.id, "--notebook", "team", "--scope", "ask", "--scope", "documents",
                "--expires", "2099-01-31")  # fmt: skip
    assert (made["scopes"], made["notebook"], made["expires"]) == (
        ["ask", "documents"], 2, "2099-02-01T00:00:00+00:00",
    )  # fmt: skip
    assert told(store, "list")["keys"] == [{k: v for k, v in made.items() if k not in ("done", "key")}]


def test_a_revoked_key_is_revoked_at_once(store: Path) -> None:
    made = told(store, "make", "leaked")
    keys = ApiKeys(Library(Config(store=store)))
    assert keys.grant(made["key"], people_sign_in=False).person == ALONE
    assert run(store, "revoke", made["id"]).stdout == f"revoked 1  leaked (…{made['ending']})\n"
    with pytest.raises(KeyRefused):
        keys.grant(made["key"], people_sign_in=False)
    assert "revoked" in run(store, "list").stdout


def test_a_person_has_only_their_own(store: Path) -> None:
    told(store, "make", "kim's", "--person", KIM.email)
    assert told(store, "list", "--person", LEE.email)["keys"] == []
    for words, message in (
        (("revoke", 1, "--person", LEE.email), "there is no key 1 of yours"),
        (("list", "--everybody", "--person", LEE.email), "that is for admins alone"),
        (("make", "x", "--notebook", "Team", "--person", LEE.email), "no notebook 'Team'"),
        (("make", "x", "--expires", "soon"), "'soon' is no time"),
        (("make", "x", "--scope", "admin"), "unknown scope 'admin'; known: ask, documents, models"),
    ):
        ended = run(store, *words)
        assert ended.code == 1
        assert message in ended.stderr
