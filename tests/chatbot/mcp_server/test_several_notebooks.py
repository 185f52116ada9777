"""One call to several notebooks: each is asked for by itself, and every passage leads to its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from chatbot.api.people import Caller
from chatbot.api.service import Service
from chatbot.config import Config
from chatbot.mcp_server.arguments import MOST_NOTEBOOKS
from chatbot.mcp_server.server import build_server
from chatbot.mcp_server.stdio import OnePerson
from chatbot.mcp_server.visits import Visit
from chatbot.notebooks import Action, Library, Person
from chatbot.notebooks.loading import MOST
from fakes.assistant import Assistant, assistant_of, text_of
from ingest.pipeline import run

KIM = Person("https://id.example#kim", "Kim", "kim@example.org")
LEE = Person("https://id.example#lee", "Lee", "lee@example.org")
ASKED = "What is the access code of the harbour? What is the access code of the windmill?"
Greet = Callable[..., Assistant]


@pytest.fixture(scope="module")
def greet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Greet]:
    """``greet(person, only=...)``: Kim's notebooks ``C++`` and ``Minutes`` with a document each; Lee may ask ``C++``."""
    folder: Path = tmp_path_factory.mktemp("several")
    config = Config().with_(store=folder / "store", llm={"backend": "extractive"})
    library = Library(config)
    library.meet(KIM)
    library.meet(LEE)
    for name, place, code in (("C++", "harbour", "B4711"), ("Minutes", "windmill", "D0815")):
        notebook = library.make(name, KIM)
        document = folder / name / "codes" / "code.txt"
        document.parent.mkdir(parents=True)
        document.write_text(f"The access code of the {place} is {code}.\n", "utf-8")
        run(notebook.enter(Action.ADD), [document.parent])
    library.share(2, LEE.email, "viewer", KIM)
    service = Service(config, is_open=False, library=library)
    with ExitStack() as opened:

        def greeted(person: Person = KIM, only: int | None = None) -> Assistant:
            visit = Visit(service, Caller(person, library), only=only)
            server = build_server(OnePerson(lambda: visit, visit.adding))
            return opened.enter_context(assistant_of(server, "legacy"))

        yield greeted
    service.close()


@pytest.mark.parametrize(
    "named", [{"notebooks": ["C++", "Minutes"]}, {"notebook": "#2", "notebooks": ["#3", "c++"]}]
)
def test_each_passage_says_its_notebook_and_is_read_by_its_id_alone(
    greet: Greet, named: dict[str, object]
) -> None:
    assistant = greet()
    result = assistant.call("search", query=ASKED, **named)
    found = result.structured_content
    assert (found["notebook"], found["notebooks"]) == (2, [2, 3])
    assert {(c["notebook"], c["document"]) for c in found["candidates"]} == {
        (2, "codes/code.txt"), (3, "codes/code.txt"),
    }  # fmt: skip
    assert "C++/codes/code.txt" in text_of(result)
    assert "Minutes/codes/code.txt" in text_of(result)
    for candidate in found["candidates"]:
        read = assistant.call("read_source", passage=candidate["passage"]).structured_content
        assert (read["notebook"], read["document"]) == (candidate["notebook"], "codes/code.txt")
        assert read["passage"] == candidate["text"]
        assert read["first_passage"] == candidate["passage"]
        elsewhere = assistant.call(
            "read_source", passage=candidate["passage"], notebook=f"#{5 - read['notebook']}"
        )
        assert elsewhere.is_error


def test_an_answer_cites_both(greet: Greet) -> None:
    answered = greet().call("ask", question=ASKED, notebooks=["C++", "Minutes"]).structured_content
    assert "B4711" in answered["answer"]
    assert "D0815" in answered["answer"]
    cited = {c["notebook"] for c in answered["candidates"] if c["fate"] == "cited"}
    assert cited == set(answered["notebooks"]) == {2, 3}


@pytest.mark.parametrize(("tool", "words"), [("search", "query"), ("ask", "question")])
def test_whoever_may_not_ask_one_of_them_is_told_nothing_of_any(greet: Greet, tool: str, words: str) -> None:
    for assistant in (greet(LEE), greet(KIM, only=2)):
        assert not assistant.call(tool, **{words: ASKED}, notebooks=["C++"]).is_error
        for named in (
            {"notebooks": ["C++", "Minutes"]},
            {"notebook": "C++", "notebooks": ["#3"]},
            {"notebooks": ["#3", "#2"]},
        ):
            refused = assistant.call(tool, **{words: ASKED}, **named)
            assert refused.is_error
            assert "notebook" in text_of(refused)
            assert "D0815" not in text_of(refused)


def test_a_passage_of_a_notebook_that_one_may_not_read_is_not_there(greet: Greet) -> None:
    found = greet().call("search", query=ASKED, notebooks=["C++", "Minutes"]).structured_content
    (secret,) = [c["passage"] for c in found["candidates"] if c["notebook"] == 3]
    for assistant in (greet(LEE), greet(KIM, only=2)):
        refused = assistant.call("read_source", passage=secret)
        assert refused.is_error
        assert "search again" in text_of(refused)
        assert "Minutes" not in text_of(refused)


def test_no_more_can_be_asked_than_the_program_takes(greet: Greet) -> None:
    assert MOST_NOTEBOOKS == MOST
    refused = greet().call("search", query=ASKED, notebooks=["#2"] * (MOST + 1))
    assert refused.is_error
    assert "notebooks" in text_of(refused)
