"""Scripted conversations: the file, and what becomes of a turn."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chatbot import Chatbot
from chatbot.answering.extractive import ExtractiveWriter
from evaluation.conversations.play import ConversationReport, KindFigures, play
from evaluation.conversations.scenario import SAMPLE, Scenario, read_scenarios
from evaluation.questions import QuestionsError, group_of


def played(chatbot: Chatbot, *turns: dict[str, object]) -> ConversationReport:
    scenario = Scenario.model_validate({"name": "test", "turns": turns})
    return play(chatbot, [scenario], ExtractiveWriter(), lambda *_: None)


def test_what_went_otherwise_is_said_turn_by_turn(sample_chatbot: Chatbot) -> None:
    report = played(
        sample_chatbot,
        {"ask": "How long is parental leave?", "kind": "look_up", "must": ["20  WEEKS|ten weeks"], "cites": ["employee-handbook.pdf"]},
        {"ask": "How long is parental leave?", "must": ["21 weeks"], "must_not": ["full pay"], "cites": ["price-list.csv"]},
        {"ask": "What is the capital of Australia?", "refused": True},
        {"ask": "What is the capital of Australia?"},
        {"ask": "hello", "kind": "look_up"},
    )  # fmt: skip
    assert [outcome.problems for outcome in report.outcomes] == [
        (),
        ("lacks '21 weeks'", "holds 'full pay'", "cites employee-handbook.pdf"),
        (),
        ("refused",),
        ("taken for talk",),
    ]
    assert report.by_kind() == [
        KindFigures("any", 3, 3, 1, 1),
        KindFigures("look_up", 2, 1, 1, 0),
        KindFigures("all", 5, 4, 2, 1),
    ]
    json.dumps(report.as_json())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"name": "a", "turns": []}', "line 2: turns"),
        ('{"name": "a", "turns": [{"ask": "b", "kind": "dance"}]}', "line 2: turns.0.kind"),
        ('{"name": "a", "turns": [{"ask": "b", "musst": ["c"]}]}', "line 2: turns.0.musst"),
        ("no json", "line 2"),
    ],
)
def test_a_line_that_is_wrong_is_named(tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / "s.jsonl"
    file.write_text(f'{{"name": "a", "turns": [{{"ask": "b"}}]}}\n{line}\n')
    with pytest.raises(QuestionsError, match=said):
        read_scenarios(file)


def test_a_file_without_a_conversation_is_no_measurement(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(QuestionsError, match="holds no conversation"):
        read_scenarios(tmp_path / "empty.jsonl")
    with pytest.raises(QuestionsError, match="cannot read"):
        read_scenarios(tmp_path / "none.jsonl")


def test_the_sample_is_in_both_languages_and_of_every_kind() -> None:
    turns = [turn for scenario in read_scenarios(SAMPLE) for turn in scenario.turns]
    languages = [group_of(turn.ask) for turn in turns]
    assert languages.count("ko") >= 0.35 * len(turns)
    assert languages.count("mixed") >= 0.05 * len(turns)
    assert {turn.kind for turn in turns} >= {"look_up", "talk", "library", "whole_document", "table"}
