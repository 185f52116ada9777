"""What a person chooses on the page holds in their next session too; a key or an address is never kept."""

from __future__ import annotations

from collections.abc import Set
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from chatbot.config import Config
from chatbot.conversations import Conversations
from chatbot.conversations.schema import TABLES
from chatbot.llms.needs import NEEDS
from chatbot.llms.permission import for_page
from chatbot.ui.choices import Settings, settings_of

CANARY = "sk-canary-3141592"
CONFIG = Config()
DOCUMENTS = {"data/a.md", "data/b.md"}


def page(config, kept_in, documents, changes):  # type: ignore[no-untyped-def]  # only its source is used
    from chatbot.ui import choices

    choices.restore(config, kept_in, documents)
    if changes:
        choices.choose(config, **changes)


def session(
    kept_in: Conversations, documents: Set[str] = DOCUMENTS, config: Config = CONFIG, **changes: object
) -> Settings:
    """The settings of a new session of the page, in which ``changes`` are chosen."""
    given = {"config": config, "kept_in": kept_in, "documents": documents, "changes": changes}
    ran = AppTest.from_function(page, default_timeout=60, kwargs=given).run()
    assert not ran.exception
    found: Settings = ran.session_state["settings"]
    return found


@pytest.fixture
def kept_in(tmp_path: Path) -> Conversations:
    return Conversations.open(tmp_path, "a@example")


def test_settings_and_chosen_documents_hold_in_the_next_session_of_the_same_person(
    kept_in: Conversations, tmp_path: Path
) -> None:
    assert session(kept_in) == settings_of(CONFIG)
    chosen = {"k": 8, "top_n": 2, "rerank": False, "budget_ms": 250.0, "filters": ("data/b.md",)}
    before = session(kept_in, **chosen)
    assert session(Conversations.open(tmp_path, "a@example")) == before
    assert session(Conversations.open(tmp_path, "b@example")) == settings_of(CONFIG)
    assert session(kept_in, {"data/a.md"}).filters == (), "a document that is gone is not searched"


def test_a_model_is_chosen_for_the_next_session_too_and_one_that_cannot_be_used_is_not(
    kept_in: Conversations,
) -> None:
    config = CONFIG.with_(llm={"backend": "openai-like", "options": {"api_base": "http://127.0.0.1:1/v1"}})
    session(kept_in, config=config, llm=config.llm.model_copy(update={"model": "qwen"}))
    again = session(kept_in, config=config).llm
    assert (again.backend, again.model, again.options) == ("openai-like", "qwen", config.llm.options)
    assert session(kept_in).llm.options == config.llm.options, "that address, and nothing else"


def test_an_address_that_was_typed_is_kept_and_gets_no_key_that_is_meant_for_another(
    kept_in: Conversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_LIKE_API_KEY", CANARY)
    options = {"api_base": "http://127.0.0.1:1/v1", "api_key": CANARY, "timeout": 3}
    config = for_page(CONFIG.with_(llm={"backend": "openai-like", "options": options}), is_shared=False)
    typed = config.llm.model_copy(update={"options": {"api_base": "http://127.0.0.1:2/v1"}})
    session(kept_in, config=config, llm=typed)
    again = session(kept_in, config=config).llm
    assert again.options == {"api_base": "http://127.0.0.1:2/v1"}
    assert NEEDS["openai-like"].key(again) == ""
    shared = for_page(config, is_shared=True)
    assert session(kept_in, config=shared).llm == shared.llm, "there nobody types an address"


def test_no_key_and_no_password_is_kept(kept_in: Conversations, tmp_path: Path) -> None:
    options = {"api_base": f"http://user:{CANARY}@127.0.0.1:1/v1", "api_key": CANARY}
    session(kept_in, llm=CONFIG.llm.model_copy(update={"backend": "openai-like", "options": options}))
    assert kept_in.settings()
    for file in tmp_path.glob(f"{TABLES.file}*"):
        assert CANARY.encode() not in file.read_bytes()
    assert session(kept_in).llm == CONFIG.llm


@pytest.mark.parametrize(
    "kept",
    [
        "", "{", "[]", "7", "{}", '{"k": 0, "top_n": 1}', '{"backend": "no such", "model": "", "k": 5, "top_n": 2}',
        '{"backend": "extractive", "model": "", "k": 5, "top_n": 9, "rerank": true, "budget_ms": 0, "filters": []}',
        '{"backend": "extractive", "model": "", "k": "x", "top_n": 2, "rerank": true, "budget_ms": 0, "filters": []}',
        '{"backend": "extractive", "model": "", "k": 5, "top_n": 2, "rerank": true, "budget_ms": 0, "filters": [[1]]}',
    ],
)  # fmt: skip
def test_what_this_program_cannot_have_kept_counts_for_nothing(kept_in: Conversations, kept: str) -> None:
    kept_in.keep_setting("settings", kept)
    assert session(kept_in) == settings_of(CONFIG)


def test_what_cannot_be_kept_holds_for_this_session(kept_in: Conversations, tmp_path: Path) -> None:
    (tmp_path / TABLES.file).write_bytes(b"no database at all" * 100)
    assert session(kept_in, k=7).k == 7
