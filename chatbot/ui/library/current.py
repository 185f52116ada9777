"""Which notebook this visit is in, and for whom: everything that the page reads or writes is asked for here.

    enter_notebook(config) -> Entered(notebook, its config), or why not

What is drawn may lean on ``may``; what is done asks ``Notebook.enter`` or ``check``, also from a thread of its own.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial

import streamlit as st

from chatbot.config import Config
from chatbot.errors import ChatbotError, NotAllowed
from chatbot.notebooks import ALONE, FIRST, Action, Library, Notebook, NotebookRow, Person, allow
from chatbot.notebooks.people import signed_in
from chatbot.ui import choices
from chatbot.ui.jobs import attempt
from chatbot.ui.sign_in import claims, is_configured

IN_ADDRESS = "nb"  # query parameter; the first notebook needs none
_OF_ADDRESS = ("c", "p")  # query parameters: the conversation, and what stands beside it
_KEY = "notebook"
_TOLD_S = 20.0
_ALSO = "also_ask"
# of the session, about what is in a notebook
_OF_ONE = (_ALSO, "page", "address", "document_list", "find_conversation", "find_document", "not_taken_files")


@dataclass(frozen=True, slots=True)
class Entered:
    """A notebook that may be asked; ``config``: its own, with its store."""

    notebook: Notebook
    config: Config


@dataclass(slots=True)
class _Here:
    """Of one session: where it is, and who is there.

    ``also``: what is asked together with it. ``refused``: why the address led nowhere, and since when.
    """

    person: str
    number: int
    entered: Entered | None = None
    also: list[Notebook] = field(default_factory=list)
    refused: tuple[ChatbotError, float] | None = None


def enter_notebook(config: Config) -> Entered | None:
    """The notebook of this session, at first the one that the address names; ``None`` where the person has none.

    Raises:
        LibraryError: the notebooks cannot be read.
    """
    library, person = library_for(config), page_person(config)
    library.meet(person)
    here = _here(person)
    open_to = [row for row in library.notebooks(person) if allow(person, row.role, Action.ASK)]
    numbers = [row.id for row in open_to]
    if here.number not in numbers:
        if here.number and (error := attempt(lambda: library.enter(person, here.number, Action.ASK)).error):
            here.refused = error, time.monotonic()
        go_to(next(iter(numbers), 0))
    if not here.number:
        here.entered = None
        return None
    notebook = library.open(here.number, person)
    before, here.entered = here.entered, Entered(notebook, notebook.enter(Action.ASK))
    if before is not None and before.notebook.id != notebook.id:
        choices.begin(here.entered.config)
    _name_in_address(notebook.row)
    return here.entered


def go_to(number: int) -> None:
    """Be in another notebook from the next look on; what belongs to this one is left behind."""
    here: _Here = st.session_state[_KEY]
    if number == here.number:
        return
    here.number = number
    for key in _OF_ONE:
        st.session_state.pop(key, None)
    for name in {*_OF_ADDRESS} & {*st.query_params}:
        del st.query_params[name]


def also_asked(config: Config) -> list[Notebook]:
    """The other notebooks that are asked together with that of this session: those that the person may still ask."""
    here: _Here | None = st.session_state.get(_KEY)
    wanted: list[int] = st.session_state.get(_ALSO) or []
    if here is None:
        return []
    here.also = []
    if here.entered is not None and wanted:
        library, person = library_for(config), here.entered.notebook.person
        rows = [row for row in library.notebooks(person) if row.id in wanted and row.id != here.number]
        here.also = [Notebook(library, person, row) for row in rows if allow(person, row.role, Action.ASK)]
    return here.also


def still_open() -> bool:
    """Whether the person may still ask what this session asks: for what is drawn again without the rest of the page."""
    here: _Here | None = st.session_state.get(_KEY)
    if here is None:
        return not is_configured()  # a part of the page that is drawn by itself
    if here.entered is None:
        return False
    asked = [here.entered.notebook, *here.also]
    return here.entered.notebook.person.is_alone or not any(
        attempt(partial(one.check, Action.ASK)).error for one in asked
    )


def refusal() -> ChatbotError | None:
    """Why the notebook that was asked for is not shown; for a while, since a page is often drawn twice at first."""
    here: _Here | None = st.session_state.get(_KEY)
    if here is None or here.refused is None or time.monotonic() - here.refused[1] > _TOLD_S:
        return None
    return here.refused[0]


def current(config: Config) -> Notebook:
    """The notebook of this session, whose configuration is ``config``.

    Raises:
        NotAllowed: it is not.
    """
    here: _Here | None = st.session_state.get(_KEY)
    if here is None and not is_configured():  # a part of the page that is drawn by itself
        return library_for(config).open(FIRST, ALONE)
    if here is None or here.entered is None or here.entered.config.store != config.store:
        raise NotAllowed("this notebook is not open to you any more; open it again")
    return here.entered.notebook


def of_the_library(config: Config) -> Config:
    """That of the library, where ``config`` is that of the notebook of this session. Raises ``NotAllowed`` as ``current``."""
    return current(config).library.config


def ask_refused(config: Config, question: str) -> str:
    """Why ``question`` may not be asked in the notebook of this session; empty, and it is in the log if that has questions."""
    return str(attempt(lambda: current(config).enter(Action.ASK, question)).error or "")


def may(config: Config, action: Action) -> bool:
    """Whether the person may do it, as far as is known: for what is drawn."""
    return bool(attempt(lambda: current(config).may(action)).value)


def page_person(config: Config) -> Person:
    """Who uses the page. Where people sign in and this one has not, nobody: they may do nothing."""
    return signed_in(claims(), config.sign_in) if is_configured() else ALONE


def library_for(config: Config) -> Library:
    """The shared library of the index folder that the page was started with."""
    return _library(config)


@st.cache_resource(
    show_spinner=False, max_entries=8, hash_funcs={Config: lambda config: config.model_dump_json()}
)
def _library(config: Config) -> Library:
    return Library(config)


def _here(person: Person) -> _Here:
    here: _Here | None = st.session_state.get(_KEY)
    if here is None or here.person != person.id:
        if here is not None:  # somebody else signed in: nothing of the one before stays
            for key in _OF_ONE:
                st.session_state.pop(key, None)
        wanted = st.query_params.get(IN_ADDRESS, "")
        number = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 18 else FIRST
        st.session_state[_KEY] = here = _Here(person.id, number)
    return here


def _name_in_address(row: NotebookRow) -> None:
    wanted = None if row.is_first else str(row.id)
    if st.query_params.get(IN_ADDRESS) == wanted:
        return
    if wanted is None:
        del st.query_params[IN_ADDRESS]
    else:
        st.query_params[IN_ADDRESS] = wanted
