"""A stranger tries the library a thousand times: nothing is read, nothing is written, and nothing is learnt."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import Config
from chatbot.errors import ChatbotError
from chatbot.notebooks import FIRST, Action, Library, Person
from chatbot.notebooks.loading import load_chatbot
from chatbot.notebooks.schema import TABLES
from chatbot.store.tables import open_tables
from fakes.stores import small_store

SECRET = "zebrafish"
CALLS = 1000


@pytest.fixture
def closed(library: Library, people: Any) -> Library:
    """Two notebooks of Kim's that nobody else may see; the first one is open to nobody either."""
    for name in (f"{SECRET} one", f"{SECRET} two"):
        made = library.make(name, people.kim)
        small_store(made.enter(Action.ADD).store, {f"{SECRET}.txt": [(SECRET, None)]}).close()
    library.share(FIRST, "everybody", None, people.alone)
    library.share(2, people.lee.id, "viewer", people.kim)
    return library


def all_of(config: Config) -> dict[str, Any]:
    """Everything that the library has, in files and in tables."""
    folder, found = config.store, dict[str, Any]()
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            found[str(file.relative_to(folder))] = file.read_bytes()
    with open_tables(config, TABLES).reading() as connection:
        for table in ("notebook", "person", "member", "gone", "event", "api_key"):
            found[table] = connection.execute(f"SELECT * FROM {table}").fetchall()
    return found


def strangers(rng: random.Random) -> list[Person]:
    """People without a role; some call themselves as those who have one."""
    ids = [
        "",
        "kim",
        "https://login.example",
        "https://login.example#KIM",
        "https://login.example#kim ",
        "' OR 1=1 --",
        "*",
    ]
    return [
        *(Person(number, "Kim", "kim@example.org") for number in ids),
        Person("https://evil.example#kim", "Kim", "kim@example.org"),
        Person(f"https://evil.example#{rng.random()}", is_admin=False),
    ]


def one_call(library: Library, config: Config, person: Person, rng: random.Random, target: Path) -> Any:
    number: Any = rng.choice([1, 2, 3, 0, -1, 4, 2**63, 2**70, True])
    name: Any = rng.choice(
        [f"{SECRET} one", "#2", "#3", "main", "", "#-1", "' OR 1=1", "../..", f"{SECRET.upper()} TWO"]
    )
    action: Any = rng.choice([*Action, "ask", "", None])
    who = rng.choice([person.id, person.email, "kim@example.org", "everybody"])
    role: Any = rng.choice(["viewer", "editor", "owner", None, "root"])
    calls = [
        lambda: library.enter(person, number, action, "detail"),
        lambda: library.check(person, number, action),
        lambda: library.open(rng.choice([name, number]), person),
        lambda: library.notebooks(person, archived=True) or _nothing(),
        lambda: library.rename(number, "mine", person),
        lambda: library.archive(number, person, back=rng.random() < 0.5),
        lambda: library.delete(number, person),
        lambda: library.set_settings(number, {"k": 5}, person),
        lambda: library.people(number, person),
        lambda: library.readers(number, person),
        lambda: library.share(number, who, role, person),
        lambda: library.leave(number, person),
        lambda: library.export(number, target, person),
        lambda: library.events(person, rng.choice([number, None])),
        lambda: load_chatbot(config, rng.choice([name, [name, "#3"], None]), person),
    ]
    return rng.choice(calls)()


def _nothing() -> None:
    raise ChatbotError("nothing is there")


@pytest.mark.parametrize("seed", range(3))
def test_a_thousand_calls_of_a_stranger_read_and_write_nothing(
    seed: int, closed: Library, config: Config, tmp_path: Path
) -> None:
    rng, before = random.Random(seed), all_of(config)
    outcomes: Counter[str] = Counter()
    for _ in range(CALLS):
        person = rng.choice(strangers(rng))
        try:
            got = one_call(closed, config, person, rng, tmp_path / "out.zip")
        except ChatbotError as error:
            assert SECRET not in str(error).replace(f"{SECRET} one", "").replace(f"{SECRET.upper()} TWO", "")
            outcomes[type(error).__name__] += 1
        else:
            outcomes[f"read {got!r}"] += 1
    assert {name for name in outcomes if name.startswith("read")} == set(), outcomes
    assert sum(outcomes.values()) == CALLS
    assert all_of(config) == before
    assert not (tmp_path / "out.zip").exists()
