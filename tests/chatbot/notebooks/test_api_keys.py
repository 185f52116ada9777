"""API keys: only a hash is kept, each use is asked for anew, and a key never allows more than its person may."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import product
from typing import Any

import pytest

from chatbot.config import Config
from chatbot.errors import ChatbotError, KeyRefused, LibraryError, NotAllowed, NotebookMissing
from chatbot.notebooks import ALONE, FIRST, Action, ApiKeys, Grant, Library, Person
from chatbot.notebooks.access import OF_SCOPE, OF_THE_LIBRARY, ROLES, SCOPES
from chatbot.notebooks.api_keys import MOST_KEYS, expiry
from chatbot.notebooks.schema import TABLES
from chatbot.store.tables import open_tables

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(library: Library, clock: Clock) -> ApiKeys:
    return ApiKeys(library, clock)


def granted(keys: ApiKeys, token: str) -> Grant:
    return keys.grant(token, people_sign_in=True)


def test_a_key_is_random_and_nothing_that_is_kept_has_it(keys: ApiKeys, config: Config, people: Any) -> None:
    tokens = [keys.make(f"key {number}", people.kim)[0] for number in range(5)]
    assert all(re.fullmatch(r"sl-[A-Za-z0-9_-]{43}", token) for token in tokens)
    assert len({token[:20] for token in tokens}) == 5
    with open_tables(config, TABLES).reading() as connection:
        rows = connection.execute("SELECT * FROM api_key").fetchall()
        texts = repr([rows, connection.execute("SELECT * FROM event").fetchall()])
    files = b"".join(file.read_bytes() for file in config.store.glob("library.*"))
    for token in tokens:
        assert token[3:-4] not in texts
        assert token[3:-4].encode() not in files
    assert {bytes(row[1]) for row in rows} == {sha256(token.encode()).digest() for token in tokens}
    assert [key.ending for key in keys.list(people.kim)] == [token[-4:] for token in reversed(tokens)]


def test_a_key_lets_in_its_person(keys: ApiKeys, people: Any) -> None:
    token, key = keys.make(" my\nlaptop ", people.kim)
    grant = granted(keys, token)
    assert grant.person == people.kim
    assert grant.key == key
    assert (key.name, key.scopes, key.notebook, key.expires) == ("my laptop", frozenset(SCOPES), None, None)


WRONG = ["", " ", "sl-", "sl-" + "A" * 42, "sl-" + "A" * 43, "sl-" + "A" * 44, "SL-" + "A" * 43, "sl-" + "가" * 43,
         "sl-" + "A" * 42 + "\0", "sl-" + "A" * 42 + "=", "x" * 100_000, "' OR 1=1 --", "\ud800"]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG, ids=range(len(WRONG)))
def test_what_is_no_key_lets_nobody_in(wrong: str, keys: ApiKeys, people: Any) -> None:
    keys.make("one", people.kim)
    with pytest.raises(KeyRefused) as refused:
        granted(keys, wrong)
    assert str(refused.value) == "this is no valid API key; make one with: secondlook keys make NAME"


def test_nearly_a_key_is_none(keys: ApiKeys, people: Any) -> None:
    token, _ = keys.make("one", people.kim)
    for nearly in (token + " ", " " + token, token.swapcase(), token[:-1], token[:-1] + "!", token.upper()):
        with pytest.raises(KeyRefused):
            granted(keys, nearly)


def test_a_revoked_key_opens_nothing_from_the_next_use_on_also_for_another_process(
    keys: ApiKeys, library: Library, clock: Clock, people: Any
) -> None:
    token, key = keys.make("leaked", people.kim)
    other_process = ApiKeys(Library(library.config), clock)
    assert granted(other_process, token).person == people.kim
    keys.revoke(key.id, people.kim)
    for each in (keys, other_process):
        with pytest.raises(KeyRefused, match="was revoked"):
            granted(each, token)
    clock.now += timedelta(days=1)
    assert keys.revoke(key.id, people.kim).revoked == NOW  # a second time changes nothing
    assert [one.revoked for one in keys.list(people.kim)] == [NOW]


def test_what_waits_for_its_turn_does_not_outlast_its_key(
    keys: ApiKeys, library: Library, people: Any
) -> None:
    team = library.make("Team", people.kim)
    token, key = keys.make("leaked", people.kim)
    grant = granted(keys, token)
    assert grant.library.enter(grant.person, team.id, Action.ADD)
    keys.revoke(key.id, people.kim)
    with pytest.raises(KeyRefused, match="was revoked"):
        grant.library.enter(grant.person, team.id, Action.ADD)
    with pytest.raises(KeyRefused, match="was revoked"):
        grant.library.check(grant.person, team.id, Action.ASK)


def test_a_key_expires_to_the_second(keys: ApiKeys, clock: Clock, people: Any) -> None:
    token, _ = keys.make("short", people.kim, expires=NOW + timedelta(hours=1))
    clock.now = NOW + timedelta(minutes=59, seconds=59)
    assert granted(keys, token)
    clock.now = NOW + timedelta(hours=1)
    with pytest.raises(KeyRefused, match="has expired"):
        granted(keys, token)
    with pytest.raises(LibraryError, match="would have expired already"):
        keys.make("past", people.kim, expires=NOW)


def test_when_it_was_used_is_written_at_most_once_a_minute(
    keys: ApiKeys, clock: Clock, config: Config, people: Any
) -> None:
    token, _ = keys.make("one", people.kim)
    assert keys.list(people.kim)[0].used is None

    def used_after(seconds: int) -> datetime | None:
        clock.now = NOW + timedelta(seconds=seconds)
        granted(keys, token)
        return keys.list(people.kim)[0].used

    assert [used_after(seconds) for seconds in (0, 30, 59)] == [NOW] * 3
    assert used_after(60) == NOW + timedelta(seconds=60)


def test_a_key_is_good_while_somebody_else_writes(
    keys: ApiKeys, config: Config, people: Any, caplog: Any
) -> None:
    token, _ = keys.make("one", people.kim)
    with open_tables(config, TABLES).writing() as other, caplog.at_level(logging.WARNING):
        other.execute("UPDATE api_key SET name = name")
        assert granted(keys, token).person == people.kim
    assert "when key 1 was used is not kept" in caplog.text
    assert token not in caplog.text


@pytest.mark.parametrize("scopes", [*[(scope,) for scope in SCOPES], SCOPES])
@pytest.mark.parametrize("role", [None, *ROLES])
@pytest.mark.parametrize("is_bound", [False, True])
def test_a_key_allows_what_its_scope_and_the_role_of_its_person_allow_and_nothing_else(
    scopes: Any, role: Any, is_bound: bool, keys: ApiKeys, library: Library, people: Any
) -> None:
    """Every scope, role and action; where the key is bound to a notebook, and in another one."""
    team, other = library.make("Team", people.kim), library.make("Other", people.kim)
    for made in (team, other):
        library.share(made.id, people.lee.email, "owner", people.kim)
    token, _ = keys.make("one", people.lee, scopes=scopes, notebook=team.id if is_bound else None)
    for made in (team, other):
        library.share(made.id, people.lee.email, role, people.kim)
    grant = granted(keys, token)
    of_key = frozenset[Action]().union(*(OF_SCOPE[scope] for scope in scopes))
    for made, action in product((team, other), Action):
        opens = made is team or not is_bound
        may = opens and action in of_key and not refused(library.enter, people.lee, made.id, action)
        assert may == (not refused(grant.library.enter, grant.person, made.id, action)), action
        assert may == (not refused(grant.library.check, grant.person, made.id, action)), action
    seen = {row.id for row in grant.library.notebooks(grant.person)}
    assert seen <= {row.id for row in library.notebooks(people.lee)}
    assert not is_bound or seen <= {team.id}
    assert bool(seen) == (Action.SEE in of_key and (not is_bound or role is not None))


def refused(way_in: Any, *arguments: Any) -> bool:
    try:
        way_in(*arguments)
    except (NotAllowed, NotebookMissing):
        return True
    return False


def test_no_key_administers_anything(keys: ApiKeys, people: Any) -> None:
    for person in (people.park, people.alone):
        grant = keys.grant(keys.make("one", person)[0], people_sign_in=False)
        library, who = grant.library, grant.person
        for way_in, *arguments in (
            (library.make, "New", who),
            (library.events, who),
            (library.events, who, FIRST),
            (library.people, FIRST, who),
            (library.share, FIRST, "everybody", "editor", who),
            (library.rename, FIRST, "Mine", who),
            (library.set_settings, FIRST, {"k": 5}, who),
            (library.delete, FIRST, who),
            *[(library.enter, who, FIRST, action) for action in OF_THE_LIBRARY],
        ):
            with pytest.raises(NotAllowed, match="this API key is for ask, documents, models and does not"):
                way_in(*arguments)


def test_a_person_who_loses_a_role_loses_it_with_the_key(
    keys: ApiKeys, library: Library, people: Any
) -> None:
    team = library.make("Team", people.kim)
    library.share(team.id, people.lee.email, "editor", people.kim)
    grant = granted(keys, keys.make("one", people.lee, notebook=team.id)[0])
    opened = grant.library.open("Team", grant.person)
    assert opened.enter(Action.ADD)
    library.share(team.id, people.lee.email, "viewer", people.kim)
    with pytest.raises(NotAllowed):
        opened.enter(Action.ADD)
    library.share(team.id, people.lee.email, None, people.kim)
    with pytest.raises(NotebookMissing, match="known: -"):
        opened.enter(Action.ASK)


def test_an_admin_who_is_none_any_more_is_none_with_the_key(
    keys: ApiKeys, library: Library, config: Config, clock: Clock, people: Any
) -> None:
    token, _ = keys.make("one", people.park)
    grant = granted(keys, token)
    assert grant.library.enter(grant.person, FIRST, Action.ADD)
    later = ApiKeys(Library(config.with_(sign_in={"admins": []})), clock)
    grant = granted(later, token)
    with pytest.raises(NotAllowed):
        grant.library.enter(grant.person, FIRST, Action.ADD)


def test_a_bound_key_names_no_other_notebook(keys: ApiKeys, library: Library, people: Any) -> None:
    team = library.make("Team", people.kim)
    secret = library.make("Secret plans", people.kim)
    token, _ = keys.make("one", people.kim, notebook=team.id)
    grant = granted(keys, token)
    for wanted in ("Secret plans", f"#{secret.id}", secret.id, "main", FIRST, "#999"):
        with pytest.raises(NotebookMissing) as missing:
            grant.library.open(wanted, grant.person)
        assert str(missing.value).endswith("known: Team")
    assert grant.library.open("team", grant.person).id == team.id
    library.delete(team.id, people.kim)
    with pytest.raises(KeyRefused):  # it goes with its notebook, and does not open the others instead
        granted(keys, token)
    assert keys.list(people.kim) == []


def test_a_grant_is_of_its_person_alone(keys: ApiKeys, library: Library, people: Any) -> None:
    team = library.make("Team", people.kim)
    grant = granted(keys, keys.make("one", people.lee)[0])
    for other in (people.kim, people.park, ALONE):
        with pytest.raises(KeyRefused, match="belongs to somebody else"):
            grant.library.enter(other, team.id, Action.ASK)


def test_whoever_has_the_machine_has_keys_too_which_open_nothing_once_people_sign_in(
    empty_library: Library, clock: Clock
) -> None:
    keys = ApiKeys(empty_library, clock)
    token, _ = keys.make("script", ALONE, scopes=["ask"])
    grant = keys.grant(token, people_sign_in=False)
    assert grant.person == ALONE
    assert grant.library.enter(ALONE, FIRST, Action.ASK)
    with pytest.raises(NotAllowed):
        grant.library.enter(ALONE, FIRST, Action.ADD)
    with pytest.raises(KeyRefused, match="belongs to nobody who signs in"):
        keys.grant(token, people_sign_in=True)


def test_a_scope_of_no_notebook_is_asked_for_by_itself(keys: ApiKeys, people: Any) -> None:
    granted(keys, keys.make("rerank", people.kim, scopes=["models"])[0]).require("models")
    with pytest.raises(NotAllowed, match=r"this API key is for ask and does not allow that \(models\)"):
        granted(keys, keys.make("ask", people.kim, scopes=["ask"])[0]).require("models")


def test_people_see_and_revoke_their_own_keys_and_admins_everybodys(keys: ApiKeys, people: Any) -> None:
    _, of_kim = keys.make("kim's", people.kim)
    _, of_lee = keys.make("lee's", people.lee)
    assert [key.name for key in keys.list(people.kim)] == ["kim's"]
    with pytest.raises(NotAllowed):
        keys.list(people.kim, everybody=True)
    for number in (of_lee.id, 999, -1, 2**63 - 1):
        with pytest.raises(LibraryError, match=f"there is no key {number} of yours"):
            keys.revoke(number, people.kim)
    assert len(keys.list(people.park, everybody=True)) == 2
    keys.revoke(of_kim.id, people.park)
    keys.revoke(of_lee.id, people.alone)
    for attempt in (lambda: keys.make("no", Person("")), lambda: keys.list(Person(""))):
        with pytest.raises(NotAllowed, match="sign in first"):
            attempt()


def test_every_change_and_what_a_key_adds_is_in_the_log(keys: ApiKeys, library: Library, people: Any) -> None:
    team = library.make("Team", people.kim)
    token, key = keys.make("ci", people.kim, scopes=["documents"], notebook=team.id)
    grant = granted(keys, token)
    grant.library.enter(grant.person, team.id, Action.ADD, "a.txt")
    keys.revoke(key.id, people.park)
    said = [(event.person, event.action, event.detail) for event in library.events(people.kim, team.id)]
    about = f"ci (…{token[-4:]}): documents"
    assert said == [
        (people.park.email, "revoke key", about), (people.kim.email, "add", f"a.txt (…{token[-4:]})"),
        (people.kim.email, "make key", about), (people.kim.email, "make", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": ""}, "cannot be a key's name"),
        ({"name": "​"}, "cannot be a key's name"),
        ({"name": "x" * 81}, "cannot be a key's name"),
        ({"scopes": []}, "unknown scope"),
        ({"scopes": ["ask", "admin"]}, "unknown scope 'admin'; known: ask, documents, models"),
        ({"notebook": 999}, "no notebook '#999'"),
    ],
)
def test_a_key_that_makes_no_sense_is_not_made(given: Any, message: str, keys: ApiKeys, people: Any) -> None:
    with pytest.raises(LibraryError, match=message):
        keys.make(**{"name": "one", "person": people.kim} | given)
    assert keys.list(people.kim) == []


def test_a_person_has_only_so_many_good_keys(keys: ApiKeys, people: Any) -> None:
    for number in range(MOST_KEYS):
        keys.make(str(number), people.kim)
    with pytest.raises(LibraryError, match="you have 100 keys, and more are not kept"):
        keys.make("one more", people.kim)
    keys.revoke(1, people.kim)
    keys.make("one more", people.kim)


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("90d", NOW + timedelta(days=90)), ("12 h", NOW + timedelta(hours=12)), ("never", None),
        ("2027-01-31", datetime(2027, 2, 1, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_a_time_is_read(text: str, then: datetime | None) -> None:
    assert expiry(text, NOW) == then


@pytest.mark.parametrize(
    "text", ["", "0d", "-1d", "1w", "2027-02-30", "9999-12-31", "tomorrow", "x" * 10_000]
)
def test_what_is_no_time_is_said_to_be_none(text: str) -> None:
    with pytest.raises(ChatbotError, match="is no time; give 90d"):
        expiry(text, NOW)
