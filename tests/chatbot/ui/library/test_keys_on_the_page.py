"""API keys on the page: made with what was chosen, shown once, listed without the key, revoked; each person's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from chatbot.config import Config
from chatbot.errors import KeyRefused
from chatbot.notebooks import ALONE, ApiKeys, Library, Person

KIM = Person("https://login.example#kim", "Kim", "kim@example.org")
PARK = Person("https://login.example#park", "Park", "park@example.org", is_admin=True)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    found = Library(Config(store=tmp_path / "store").with_(sign_in={"admins": [PARK.email]}))
    found.meet(KIM)
    found.meet(PARK)
    found.make("Team", KIM)
    return found


def dialog(library: Library, person: Person, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The dialog as it is drawn on the page, for ``person``."""
    monkeypatch.setattr("chatbot.ui.library.api_keys.page_person", lambda _: person)
    monkeypatch.setattr("chatbot.ui.library.api_keys.library_for", lambda _: library)
    st.cache_resource.clear()

    def script() -> None:
        from chatbot.config import Config
        from chatbot.rendering.words import Say
        from chatbot.ui.library.api_keys import draw_keys_dialog

        draw_keys_dialog(Config(), lambda: None, Say("en"))

    return AppTest.from_function(script, default_timeout=30).run()


def html(page: AppTest) -> str:
    assert not page.exception
    return "\n".join(str(element.proto.body) for element in page.get("html"))


def pressed(page: AppTest, key: str) -> AppTest:
    next(button for button in page.button if button.key == key).click()
    return page.run()


def test_a_key_is_made_with_what_was_chosen_and_shown_until_it_is_copied(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = dialog(library, KIM, monkeypatch)
    assert "There is no key yet." in html(page)
    page.text_input(key="api_key_name").set_value("editor")
    page.selectbox(key="api_key_notebook").set_value(2)
    page.selectbox(key="api_key_expires").set_value("30d")
    page = pressed(page, "api_key_make")
    token = page.code[0].value
    key = ApiKeys(library).grant(token, people_sign_in=True).key
    assert (key.name, key.person, key.notebook) == ("editor", KIM, 2)
    assert key.expires is not None
    assert (key.expires - key.made).days == 30
    page = pressed(page, "api_key_copied")
    shown = html(page)
    assert not page.code
    assert f"<b>editor</b> <code>…{token[-4:]}</code>" in shown
    assert token[3:-4] not in shown
    assert "made_api_key" not in page.session_state


def test_a_key_without_a_name_is_not_made(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    page = pressed(dialog(library, KIM, monkeypatch), "api_key_make")
    assert "cannot be a key&#x27;s name; give 1 to 80 characters" in html(page)
    assert ApiKeys(library).list(KIM) == []


def test_a_key_is_revoked(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = ApiKeys(library)
    token, key = keys.make("leaked", KIM)
    page = pressed(dialog(library, KIM, monkeypatch), f"revoke-{key.id}")
    with pytest.raises(KeyRefused):
        keys.grant(token, people_sign_in=True)
    assert "revoked 20" in html(page)
    assert f"revoke-{key.id}" not in {button.key for button in page.button}


def test_everybody_sees_their_own_keys_and_an_admin_those_of_all(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    ApiKeys(library).make("kim's <b>", KIM)
    page = dialog(library, PARK, monkeypatch)
    assert "kim" not in html(page)
    page = page.toggle(key="api_keys_of_all").set_value(True).run()
    assert "<b>kim&#x27;s &lt;b&gt;</b>" in html(page)
    assert "kim@example.org" in html(page)
    page = dialog(library, KIM, monkeypatch)
    assert not page.toggle


def test_the_one_person_of_a_machine_has_keys_too(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    page = dialog(library, ALONE, monkeypatch)
    page.text_input(key="api_key_name").set_value("script")
    page = pressed(page, "api_key_make")
    assert ApiKeys(library).grant(page.code[0].value, people_sign_in=False).person == ALONE


def test_a_page_that_strangers_reach_without_signing_in_makes_no_keys(
    monkeypatch: pytest.MonkeyPatch, library: Library
) -> None:
    from chatbot.ui.library import switcher

    config = library.config
    shared: dict[str, Any] = {"value": False}
    monkeypatch.setattr(switcher, "is_shared", lambda _: shared["value"])
    monkeypatch.setattr(switcher, "page_person", lambda _: ALONE)
    assert switcher._may_have_keys(config)
    shared["value"] = True
    assert not switcher._may_have_keys(config)
    monkeypatch.setattr(switcher, "page_person", lambda _: KIM)
    assert switcher._may_have_keys(config)
