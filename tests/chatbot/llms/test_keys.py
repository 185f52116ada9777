"""Pasted keys: one place each, no file, no message, and the system's keyring only where somebody asks for it."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail

from chatbot.config import LLMConfig
from chatbot.errors import ConfigError
from chatbot.llms import keys
from chatbot.llms.failures import masked
from chatbot.llms.keys import Place
from chatbot.llms.needs import NEEDS

CANARY = "sk-canary-20261129"
CLAUDE = Place.of("anthropic", "https://api.anthropic.com")


class Desktop(KeyringBackend):
    """A keyring as a desktop has one, in memory."""

    priority = 5

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.is_locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.is_locked:
            raise keyring.errors.KeyringLocked(CANARY)
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.is_locked:
            raise keyring.errors.KeyringLocked(CANARY)
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[service, username]


def forget_all() -> None:
    """As in a new process."""
    keys._kept.clear()
    keys._remembered.clear()


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    before = keyring.get_keyring()
    found = Desktop()
    keyring.set_keyring(found)
    forget_all()
    yield found
    keyring.set_keyring(before)
    forget_all()


@pytest.fixture
def nowhere() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]  # what the package gives where there is none
    forget_all()
    yield
    keyring.set_keyring(before)
    forget_all()


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://API.anthropic.com/v1/messages", "https://api.anthropic.com:443"),
        ("http://api.anthropic.com", "http://api.anthropic.com:80"),
        ("http://[::1]:8080/v1", "http://[::1]:8080"),
        ("localhost:11434", "http://localhost:11434"),
    ],
)
def test_a_place_is_a_scheme_a_host_and_a_port(url: str, address: str) -> None:
    assert Place.of("x", url) == Place("x", address)


@pytest.mark.usefixtures("nowhere")
def test_a_key_goes_to_the_place_it_was_pasted_for_and_to_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    before = keys.changes()
    keys.keep(CLAUDE, f" {CANARY}\n")
    assert keys.changes() > before
    own = LLMConfig(backend="anthropic")
    elsewhere = own.model_copy(update={"options": {"base_url": "https://claude.example"}})
    assert NEEDS["anthropic"].key(own) == CANARY
    assert NEEDS["anthropic"].lacks(elsewhere) == "key"
    assert keys.held(Place("openai", CLAUDE.address)) == ""
    assert not keys.can_remember()
    keys.forget(CLAUDE)
    assert NEEDS["anthropic"].lacks(own) == "key"


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize("wrong", ["", "  ", "a b", "키", "x" * 1001, "a\nb"])
def test_what_is_no_key_is_refused_without_repeating_it(wrong: str) -> None:
    with pytest.raises(ConfigError) as refused:
        keys.keep(CLAUDE, wrong)
    assert not wrong.strip() or wrong not in str(refused.value)
    assert keys.held(CLAUDE) == ""


@pytest.mark.usefixtures("nowhere")
def test_no_message_shows_a_pasted_key() -> None:
    keys.keep(CLAUDE, "unusual*key*without*a*prefix")
    assert masked("you sent unusual*key*without*a*prefix!") == "you sent ***!"


def test_a_key_outlives_the_process_only_where_that_is_asked_for(desktop: Desktop) -> None:
    keys.keep(CLAUDE, CANARY)
    assert desktop.entries == {}
    assert not keys.is_remembered(CLAUDE)
    keys.keep(CLAUDE, CANARY, remember=True)
    assert list(desktop.entries.values()) == [CANARY]
    forget_all()
    assert keys.held(CLAUDE) == CANARY
    assert keys.is_remembered(CLAUDE)
    keys.forget(CLAUDE)
    assert desktop.entries == {}
    forget_all()
    assert keys.held(CLAUDE) == ""


def test_a_locked_keyring_is_one_sentence_and_the_key_is_kept_for_now(
    desktop: Desktop, caplog: pytest.LogCaptureFixture
) -> None:
    desktop.is_locked = True
    with caplog.at_level(logging.DEBUG):
        with pytest.raises(ConfigError, match="keyring refused") as refused:
            keys.keep(CLAUDE, CANARY, remember=True)
        assert CANARY not in str(refused.value)
        assert keys.held(CLAUDE) == CANARY
        forget_all()
        assert keys.held(CLAUDE) == ""
    assert CANARY not in caplog.text
