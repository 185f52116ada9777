"""What each tool takes. Whatever else comes is refused with the argument's name and what to do."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chatbot.text.asking import LONGEST_QUESTION

MOST_ADDED = 5 * 2**20  # bytes of a document that comes in a message
MOST_NOTEBOOKS = 20  # in one question; ``chatbot.notebooks.loading.MOST``, which loads models
_NAME = 1_000  # characters of a document's name, a folder or a cursor

Notebook = Annotated[
    str | None,
    Field(
        max_length=200, description="a notebook's name or #number; the first one unless given: list_notebooks"
    ),
]

Notebooks = Annotated[
    list[Annotated[str, Field(max_length=200)]],
    Field(
        max_length=MOST_NOTEBOOKS,
        description="several notebooks at once, by name or #number, instead of `notebook`; the first has the settings",
    ),
]


class Arguments(BaseModel):
    """Of any tool: nothing is guessed, a text is no number."""

    model_config = ConfigDict(extra="forbid", strict=True)


class SearchArguments(Arguments):
    query: str = Field(
        max_length=LONGEST_QUESTION,
        description="what to look for, as a question or words, in Korean or English: the user's own words work best",
    )
    filters: list[Annotated[str, Field(max_length=_NAME)]] = Field(
        default=[],
        max_length=200,
        description="only in these documents or folders, as list_documents names them; of several notebooks with "
        "the notebook's name in front",
    )
    top_n: int | None = Field(None, ge=1, le=50, description="passages to keep; as configured unless given")
    k: int | None = Field(None, ge=1, le=200, description="candidates to look at; as configured unless given")
    rerank: bool | None = Field(
        None, description="whether to take the second look; as configured unless given"
    )
    dropped: bool = Field(
        True, description="whether to tell the candidates that were dropped, without their text"
    )
    notebook: Notebook = None
    notebooks: Notebooks = []


class Exchange(Arguments):
    """An earlier question of the conversation and its answer."""

    question: str = Field(max_length=LONGEST_QUESTION)
    answer: str = Field(max_length=40_000)


class AskArguments(Arguments):
    question: str = Field(
        max_length=LONGEST_QUESTION, description="in Korean or English: the user's own words work best"
    )
    history: list[Exchange] = Field(
        default=[],
        max_length=20,
        description="earlier questions and answers, if this one leans on them; oldest first",
    )
    filters: list[Annotated[str, Field(max_length=_NAME)]] = Field(
        default=[],
        max_length=200,
        description="only in these documents or folders, as list_documents names them; of several notebooks with "
        "the notebook's name in front",
    )
    top_n: int | None = Field(None, ge=1, le=50, description="passages to keep; as configured unless given")
    check: bool = Field(True, description="whether each cited sentence is checked against its sources")
    dropped: bool = Field(
        True, description="whether to tell the candidates that were dropped, without their text"
    )
    notebook: Notebook = None
    notebooks: Notebooks = []


class ReadArguments(Arguments):
    """A passage by its id, or a place of a document."""

    passage: int | None = Field(
        None, ge=0, le=2**63 - 1, description="the `passage` id of a search or an answer"
    )
    document: str | None = Field(None, max_length=_NAME, description="a document, as list_documents names it")
    page: int | None = Field(None, ge=1, le=10_000_000, description="of the document: where to begin")
    before: int = Field(2, ge=0, le=20, description="passages to read before it")
    after: int = Field(2, ge=0, le=20, description="passages to read after it")
    notebook: Notebook = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.passage is None) == (self.document is None):
            raise ValueError("give either `passage`, from a search, or `document`")
        if self.page is not None and self.document is None:
            raise ValueError("`page` goes with `document`")
        return self


class ListArguments(Arguments):
    folder: str | None = Field(None, max_length=_NAME, description="only this folder, as data/2024")
    contains: str | None = Field(
        None, max_length=200, description="only those with this in their name or title"
    )
    limit: int = Field(50, ge=1, le=200, description="documents in one reply")
    cursor: str | None = Field(None, max_length=_NAME, description="`next_cursor` of the reply before")
    notebook: Notebook = None


class NotebooksArguments(Arguments):
    pass


class AddArguments(Arguments):
    """One document: its text, its bytes, its address or its path."""

    name: str | None = Field(
        None,
        max_length=300,
        description="file name with its ending, as notes.md; needed with `text` and `base64`",
    )
    text: str | None = Field(
        None, max_length=MOST_ADDED, description="the content of a text or Markdown file"
    )
    base64: str | None = Field(
        None, max_length=MOST_ADDED * 4 // 3 + 4, description="the bytes of a file of any format that is read"
    )
    address: str | None = Field(
        None, max_length=2_000, description="http(s) address of a public web page or file"
    )
    path: str | None = Field(
        None,
        max_length=4_000,
        description="a file on this machine, in a folder that the server was started with",
    )
    replace: bool = Field(False, description="whether a document of that name with other content is replaced")
    notebook: Notebook = None

    @model_validator(mode="after")
    def _one_content(self) -> Self:
        given = [name for name in ("text", "base64", "address", "path") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"give one of `text`, `base64`, `address` or `path`, not {len(given)} of them")
        if given[0] in ("text", "base64") and not (self.name or "").strip():
            raise ValueError(f"give a `name` for the document, as notes.md, with `{given[0]}`")
        return self
