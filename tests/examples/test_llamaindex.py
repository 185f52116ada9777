"""The examples for LlamaIndex run, with a scripted model and without a network."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

from chatbot.engine import Chatbot
from fakes.scripted_llm import ScriptedLLM
from paths import ROOT

QUESTION = "How many days of annual leave do employees get?"
NOTHING = "Who won the football world cup in 1998?"
_MODULES = ("agent", "router", "evaluation", "common")


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """``example(name)``: a module of the folder, as Python finds it when it is run there."""
    monkeypatch.syspath_prepend(str(ROOT / "examples" / "llamaindex"))
    yield importlib.import_module
    for name in _MODULES:
        sys.modules.pop(name, None)


# the library that runs agents looks at every attribute of a pydantic model, those that are deprecated too
@pytest.mark.filterwarnings("ignore::pydantic.warnings.PydanticDeprecationWarning")
@pytest.mark.filterwarnings("ignore:is_running called from within a step:DeprecationWarning")
def test_the_agent_asks_the_documents_and_names_its_sources(sample_chatbot: Chatbot, example: object) -> None:
    agent = _module(example, "agent")
    llm = ScriptedLLM(
        replies=[
            f'Thought: I need the documents.\nAction: documents\nAction Input: {{"input": "{QUESTION}"}}',
            "Thought: I can answer.\nAnswer: It says so in the manual.",
        ]
    )
    text, sources = asyncio.run(agent.answered(agent.build_agent(sample_chatbot, llm), QUESTION))
    assert text == "It says so in the manual."
    assert sources
    assert "Observation" in llm.prompts[-1]


def test_the_router_asks_the_notebook_that_the_model_chooses(
    sample_chatbot: Chatbot, example: object
) -> None:
    router = _module(example, "router")
    choice = '[{"choice": 2, "reason": "manuals hold it"}]'
    engine = router.build_router(
        {"contracts": sample_chatbot, "manuals of machines": sample_chatbot}, ScriptedLLM(replies=[choice])
    )
    response = engine.query(QUESTION)
    assert response.source_nodes
    assert response.metadata["selector_result"].ind == 1


def test_evaluators_of_llama_index_judge_answers_and_leave_out_refusals(
    sample_chatbot: Chatbot, example: object
) -> None:
    evaluation = _module(example, "evaluation")
    judged = asyncio.run(
        evaluation.evaluated(sample_chatbot, ScriptedLLM(replies=["YES"]), [QUESTION, NOTHING])
    )
    assert [(one.refused, one.faithful, one.relevant) for one in judged] == [
        (False, True, True),
        (True, None, None),
    ]


def test_each_example_says_how_it_is_called(example: object, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("agent", "router", "evaluation"):
        with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit):
            patch.setattr(sys, "argv", [name, "--help"])
            _module(example, name).main()
    assert capsys.readouterr().out.count("--model") >= 3


def _module(example: object, name: str) -> ModuleType:
    assert callable(example)
    found = example(name)
    assert isinstance(found, ModuleType)
    return found
