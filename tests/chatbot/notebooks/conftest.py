"""A library with three people, made without any model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from chatbot.config import Config
from chatbot.notebooks import ALONE, Library, Person

KIM = Person("https://login.example#kim", "Kim", "kim@example.org")
LEE = Person("https://login.example#lee", "Lee", "lee@example.org")
PARK = Person("https://login.example#park", "Park", "park@example.org", is_admin=True)


@dataclass(frozen=True, slots=True)
class People:
    """``kim`` and ``lee`` are people like others, ``park`` is an admin; ``alone`` is whoever has the machine."""

    kim: Person = KIM
    lee: Person = LEE
    park: Person = PARK
    alone: Person = ALONE


@pytest.fixture(scope="session")
def people() -> People:
    return People()


@pytest.fixture
def config(of_either_engine: Config) -> Config:
    """Settings under which a library is kept by either engine."""
    return of_either_engine.with_(sign_in={"admins": [PARK.email]})


@pytest.fixture
def in_folder(tmp_path: Path) -> Config:
    """Settings of a library in a folder."""
    return Config().with_(store=tmp_path / "store", sign_in={"admins": [PARK.email]})


@pytest.fixture
def empty_library(config: Config) -> Library:
    """One that nobody has ever signed in to."""
    return Library(config)


@pytest.fixture
def library(empty_library: Library) -> Library:
    """One to which all three have signed in."""
    for person in (KIM, LEE, PARK):
        empty_library.meet(person)
    return empty_library
