"""The page's address: what it is told late, on a busy server, is not taken for a person who went back."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from chatbot.ui.chat import address


class Browser:
    """Streamlit's side of the address: ``query_params`` are what the browser had when it asked for the run."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shown: dict[str, str] = {}
        self.ends_the_run = False
        self._asked: dict[str, Any] = {}
        page = SimpleNamespace(query_params=self, session_state={})
        monkeypatch.setattr(address, "st", page)

    def get(self, name: str, default: str) -> str:
        return str(self._asked.get(name, default))

    def get_all(self, name: str) -> list[str]:
        return [str(self._asked[name])]

    def __iter__(self) -> Any:
        return iter(self._asked)

    def from_dict(self, values: dict[str, Any]) -> None:
        if self.ends_the_run:
            raise InterruptedError
        self.shown = self._asked = values

    def run(self, having: dict[str, str]) -> None:
        """A run for a browser that had this address when it asked."""
        self._asked = dict(having)


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Browser:
    return Browser(monkeypatch)


def test_an_address_whose_run_ended_before_it_was_sent_is_written_again(browser: Browser) -> None:
    browser.ends_the_run = True
    with pytest.raises(InterruptedError):
        address.write(c="5")
    browser.ends_the_run = False
    browser.run({})
    address.write(c="5")
    assert browser.shown == {"c": "5"}


def test_back_leads_to_what_the_browser_names_and_is_told_once(browser: Browser) -> None:
    address.write(c="5")
    browser.run({"c": "4", "p": "0-1"})
    assert address.here().changes() == {"c": "4", "p": "0-1"}
    assert address.here().changes() == {}


def test_another_part_of_the_page_has_an_address_of_its_own(browser: Browser) -> None:
    address.write(c="5", p="0-1")
    browser.run({"c": "5"})
    address.forget()
    address.write(p="0-1")
    assert browser.shown == {"c": ["5"], "p": "0-1"}
