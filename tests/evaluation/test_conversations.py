"""Scripted conversations: the file, and what becomes of a turn."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from chatbot import Chatbot
from chatbot.answering.extractive import ExtractiveWriter
from chatbot.config import Config
from evaluation.conversations.kept import KeptTurns
from evaluation.conversations.outcomes import ConversationReport, TurnOutcome, figures_of
from evaluation.conversations.play import Played, Skipped, play, play_all
from evaluation.conversations.scenario import SCRIPTS, Scenario, choose_scenarios, read_scenarios
from evaluation.questions import QuestionsError, group_of
from ingest.pipeline import ModelOnce

LANGUAGES = {
    "employee-handbook.pdf": "en", "price-list.csv": "en", "reranking-guide.md": "en",
    "ai-glossary-ko.txt": "ko", "robot-vacuum-manual-ko.docx": "ko",
}  # fmt: skip


def played(chatbot: Chatbot, *turns: dict[str, object]) -> ConversationReport:
    scenario = Scenario.model_validate({"name": "test", "turns": turns})
    return ConversationReport("extractive", list(play(chatbot, scenario, ExtractiveWriter())))


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
    assert [(f.kind, f.turns, f.recognised, f.succeeded, f.refused_wrongly) for f in report.by_kind()] == [
        ("any", 3, 3, 1, 1),
        ("look_up", 2, 1, 1, 0),
        ("all", 5, 4, 2, 1),
    ]
    total = report.by_kind()[-1]
    assert total.sentences == total.cited > 0
    assert total.given_up == 0
    json.dumps(report.as_json())


def test_a_follow_up_is_compared_with_its_written_out_form(sample_chatbot: Chatbot) -> None:
    report = played(
        sample_chatbot,
        {"ask": "How long is parental leave?", "must": ["20 weeks"]},
        {"ask": "And bereavement leave?", "must": ["five days"], "alone": "How long is bereavement leave?"},
        {"ask": "And on the moon?", "must": ["crater"], "alone": "How long is leave on the moon?"},
    )
    assert report.followups == (2, 1, 1)
    assert report.as_json()["followups"] == {"all": 2, "found": 1, "found_alone": 1}


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


def test_the_scripts_are_in_both_languages_and_of_every_kind() -> None:
    scenarios = read_scenarios(SCRIPTS)
    turns = [turn for scenario in scenarios for turn in scenario.turns]
    languages = [group_of(turn.ask) for turn in turns]
    across = [
        language == "mixed" or any(LANGUAGES.get(name, language) != language for name in turn.cites)
        for turn, language in zip(turns, languages, strict=True)
    ]
    assert len(turns) >= 240
    assert languages.count("ko") >= len(turns) / 2
    assert across.count(True) >= len(turns) / 6
    assert sum(len(scenario.turns) >= 4 for scenario in scenarios) >= 30
    assert {turn.kind for turn in turns} >= {
        "look_up", "talk", "library", "whole_document", "table", "compare", "collect", "several",
    }  # fmt: skip
    assert len({scenario.name for scenario in scenarios}) == len(scenarios)


def scenario(name: str, *kinds: str, documents: tuple[str, ...] = ()) -> Scenario:
    turns = [{"ask": kind, "kind": kind} for kind in kinds]
    return Scenario.model_validate({"name": name, "turns": turns, "documents": documents})


def test_conversations_with_a_kind_end_with_their_last_turn_of_it() -> None:
    every = [scenario("a", "look_up", "talk", "table", "talk"), scenario("b", "talk"), scenario("c", "table")]
    chosen = choose_scenarios(every, ["table"])
    assert [(one.name, [turn.kind for turn in one.turns]) for one in chosen] == [
        ("a", ["look_up", "talk", "table"]),
        ("c", ["table"]),
    ]
    assert choose_scenarios(every) == every
    assert [one.name for one in choose_scenarios(every, limit=2)] == ["a", "b"]


def test_a_sample_by_kind_holds_each_kind_that_often() -> None:
    every = [scenario(name, "look_up", "talk") for name in "abcdefgh"]
    every[3:3] = [
        scenario("t1", "table", "look_up"),
        scenario("t2", "table"),
        scenario("t3", "compare", "table"),
    ]
    assert [one.name for one in choose_scenarios(every, per_kind=1)] == ["a", "t1", "t3"]
    assert [one.name for one in choose_scenarios(every, ["table"], per_kind=2)] == ["t1", "t2"]
    small, large = (
        {one.name for one in choose_scenarios(read_scenarios(SCRIPTS), per_kind=n)} for n in (2, 4)
    )
    assert small < large


@pytest.mark.slow
def test_conversations_over_other_documents_are_played_there_or_skipped(
    sample_config: Config, models_cache: Path, tmp_path: Path
) -> None:
    (tmp_path / "canteen.md").write_text("# Canteen\n\nThe canteen opens at 11:40 and closes at 13:20.\n")
    asked = {"ask": "When does the canteen open?", "kind": "look_up", "must": ["11:40"]}
    here = Scenario.model_validate({"name": "here", "turns": [{"ask": "hello"}]})
    there = Scenario.model_validate({"name": "there", "turns": [asked], "documents": ["canteen.md"]})
    nowhere = there.model_copy(update={"name": "nowhere", "documents": ("none.md",)})
    config = sample_config.with_(models_cache=models_cache)

    def done(data: Path | None) -> tuple[list[str], list[Skipped]]:
        played = play_all([config], [here, there, nowhere], data, ModelOnce(config), lambda *_: None)
        outcomes = played.reports[0].outcomes
        assert all(outcome.succeeded for outcome in outcomes), outcomes
        return [outcome.scenario for outcome in outcomes], played.skipped

    assert done(None) == (["here"], [Skipped("there", "needs --data"), Skipped("nowhere", "needs --data")])
    assert done(tmp_path) == (["here", "there"], [Skipped("nowhere", f"none.md is not in {tmp_path}")])


def test_what_an_earlier_run_played_is_not_asked_again(
    sample_config: Config, sample_chatbot: Chatbot, models_cache: Path
) -> None:
    config = sample_config.with_(models_cache=models_cache)
    greeting, question = scenario("greeting", "talk"), scenario("question", "talk", "talk")
    outcome = TurnOutcome("greeting", "talk", "en", "talk", "talk", False, "Hello\u2028there", ("lacks 'x'",))

    failed = replace(outcome, failure="gguf stopped")

    def kept(*given: Config) -> KeptTurns:
        return KeptTurns(*(given or (config,)), sample_chatbot.store)

    kept().add(greeting, [outcome])
    kept().add(question, [failed])
    kept().add(question, [failed, outcome])
    assert kept().known(greeting) == [outcome]
    assert kept().known(question) == []  # a model that was given up is asked again
    assert kept().known(greeting.model_copy(update={"turns": question.turns})) == [outcome]  # goes on
    assert kept().known(scenario("greeting", "table")) == []
    assert kept(config.with_(answer={"refuse_below": 0.9})).known(greeting) == []
    assert kept(config.with_llm("ollama:small")).known(greeting) == []

    def played(limit_s: float) -> Played:
        model = ModelOnce(config)
        return play_all([config], [question, greeting], None, model, lambda *_: None, limit_s=limit_s)

    part = played(0)
    assert (part.ended, part.planned, part.done, part.resumed) == ("time", 2, 1, 1)
    assert part.reports[0].outcomes == [outcome]
    whole = played(600)
    assert (whole.ended, whole.done, whole.resumed) == ("", 2, 1)
    assert [each.scenario for each in whole.reports[0].outcomes] == ["greeting", "question", "question"]
    assert played(600).resumed == 3


def test_the_time_and_the_failures_of_turns_are_summed_up() -> None:
    turns = [
        TurnOutcome("a", "b", "en", "", "look_up", False, "c", (), 3, 2, 1, seconds=seconds, failure=failure)
        for seconds, failure in ((1.0, ""), (2.0, "gguf stopped"), (30.0, ""))
    ]
    total = figures_of("all", turns)
    assert (total.sentences, total.cited, total.doubted) == (9, 6, 3)
    assert (total.given_up, total.median_s) == (1, 2.0)
    assert figures_of("all", []).median_s == 0
