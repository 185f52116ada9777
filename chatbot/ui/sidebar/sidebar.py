"""The sidebar: the parts of the page, the conversations, what the next question is asked with, the language."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from chatbot.config import Config, LLMConfig
from chatbot.conversations import Conversations
from chatbot.llms.needs import NEEDS, Needs, leaves_this_machine
from chatbot.rendering.safe import as_html
from chatbot.rendering.words import LANGUAGES, Language, Say, preferred
from chatbot.ui import choices
from chatbot.ui.clicks import NewConversation, button_html
from chatbot.ui.documents.amounts import counted
from chatbot.ui.documents.documents_page import draw_under_way
from chatbot.ui.models.backend_cards import backend_name
from chatbot.ui.notices import notice, quiet
from chatbot.ui.page_state import PageState
from chatbot.ui.sidebar.conversation_list import draw_conversation_list
from chatbot.ui.sidebar.theme import draw_theme_switch
from chatbot.ui.sign_in import draw_sign_out

_IN_ADDRESS = "lang"  # query parameter
_CHAT = ""  # the address of the part that comes first


def chosen_language() -> Say:
    """The chosen language, which the address keeps; the browser's until the person chooses."""
    if "language" not in st.session_state:
        in_address = st.query_params.get(_IN_ADDRESS)
        st.session_state.language = in_address if in_address in LANGUAGES else preferred(st.context.locale)
    # set anew in every run: Streamlit forgets what belongs to a switch that is not drawn
    st.session_state.language = st.session_state.language
    return Say(st.session_state.language or "en")


def draw_language_switch(say: Say) -> None:
    """The switch; it takes effect in the run that it starts."""
    st.segmented_control(
        say("language"), list(LANGUAGES), format_func=_name, key="language", required=True,
        label_visibility="collapsed", width="stretch", on_change=_to_address,
    )  # fmt: skip


def draw_sidebar(
    config: Config, kept_in: Conversations | None, page: PageState, has_index: bool, say: Say
) -> None:
    """Everything below the navigation.

    Args:
        has_index: before there is one, nothing can be asked, and nothing is wrong where no conversation is kept.
    """
    if has_index:
        st.html(button_html(NewConversation(), say("new_chat")))
    said = page.chat.not_kept if page.part == _CHAT else ""  # below the answer, where it is read
    if kept_in is not None:
        draw_conversation_list(kept_in, page.chat.id, said, say)
        if page.told and page.told != said:
            notice(say("problem"), say.error(page.told))
    elif has_index and not said:
        notice(say("not_kept"), say("conversations_unusable"))
    with st.container(key="foot", gap="small"):
        draw_under_way(say)
        _draw_asked_with(config, say)
        with st.container(key="looks", horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
            draw_language_switch(say)
            draw_theme_switch(say)
        draw_sign_out(say)


def _draw_asked_with(config: Config, say: Say) -> None:
    """Who writes, where the text goes, and which documents are searched."""
    s = choices.settings(config)
    needs = NEEDS.get(s.llm.backend, Needs())
    model = needs.model_of(s.llm)
    name = " · ".join(filter(None, (backend_name(s.llm.backend, say), model)))
    quiet("fine", as_html(say("answered_by", llm=name)))
    if leaves_this_machine(s.llm):
        quiet("remote", as_html(choices.what_leaves(config, s, _where(needs, s.llm), say)))
    else:
        quiet("local", as_html(say("stays")))
    if s.filters:
        quiet("filter", as_html(counted(say, "only_in_one", "only_in_more", len(s.filters))))
        if st.button(say("all_documents"), type="tertiary", key="all_documents"):
            choices.choose(config, filters=())
            st.rerun()


def _where(needs: Needs, llm: LLMConfig) -> str:
    host = urlsplit(needs.url_of(llm)).hostname
    return f"{llm.backend} ({host})" if host else llm.backend


def _to_address() -> None:
    st.query_params[_IN_ADDRESS] = st.session_state.language


def _name(language: Language) -> str:
    return LANGUAGES[language]
