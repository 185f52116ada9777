"""``secondlook evaluate`` as a user runs it: documented JSON, wrong usage."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer

from chatbot.cli import app
from chatbot.config import Config
from command_line import secondlook_here
from paths import ROOT

DOCUMENTED = (ROOT / "docs" / "json.md").read_text("utf-8")
LIFT = {"mean", "low", "high", "p", "better", "worse", "significant"}
REPORT = {
    "name", "k", "models", "documents", "chunks", "measured", "by_language", "refusals", "latency_ms",
    "left_out", "resumed", "seconds", "wrong",
}  # fmt: skip
SWEEP = {
    "name", "questions", "sentence", "recommended", "best", "current", "frontier", "points", "notes",
    "pictures", "applied",
}  # fmt: skip
POINT = {"k", "top_n", "reranker", "splitter", "ndcg", "hit", "p50_ms", "p95_ms", "characters"}


def evaluate(*arguments: object) -> str:
    done = secondlook_here("evaluate", *arguments)
    assert done.code == 0, done.stderr
    return done.stdout


def here(*arguments: object) -> None:
    """The command without a process of its own: starting one takes longer than what it does."""
    app(["evaluate", *map(str, arguments)], standalone_mode=False)


@pytest.fixture
def settings(sample_config: Config, models_cache: Path, tmp_path: Path) -> Path:
    file = tmp_path / "secondlook.toml"
    file.write_text(f"store = '{sample_config.store}'\nmodels_cache = '{models_cache}'\n", "utf-8")
    (tmp_path / "questions.jsonl").write_text(
        '{"question": "임베딩이 뭐야?", "document": "ai-glossary-ko.txt"}\n'
        '{"question": "How many days of leave?", "document": "employee-handbook.pdf"}\n', "utf-8",
    )  # fmt: skip
    return file


def test_the_json_is_as_documented(settings: Path) -> None:
    questions = settings.with_name("questions.jsonl")
    report = json.loads(evaluate("--questions", questions, "--config", settings, "--k", 3, "--json"))
    assert report.keys() == REPORT
    assert report["measured"].keys() == {"questions", "systems", "lifts"}
    assert report["measured"]["questions"] == 2
    assert report["measured"]["lifts"]["ndcg@10"].keys() == LIFT
    assert report["refusals"].keys() == {
        "answerable", "refused_wrongly", "unanswerable", "refused_rightly"
    }  # fmt: skip
    for key in (*REPORT, *LIFT, *SWEEP, *POINT, *report["refusals"]):
        assert f"`{key}`" in DOCUMENTED, key


def test_people_get_a_table_with_the_lift(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here("--questions", settings.with_name("questions.jsonl"), "--config", settings, "--k", 3)
    shown = capsys.readouterr().out
    for word in ("lexical", "dense", "fused", "reranked", "ndcg@10", "recall@3", "Korean, 1", "p95"):
        assert word in shown, word
    assert "reranked - fused, ndcg@10: " in shown


def test_proposals_are_written_and_counted(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = settings.with_name("proposed.jsonl")
    here("propose", "--config", settings, "--out", out, "--count", 2)
    assert "2 questions added to" in capsys.readouterr().out
    assert len(out.read_text("utf-8").splitlines()) == 2


def test_a_sweep_is_drawn_and_applied(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    questions, stem = settings.with_name("questions.jsonl"), settings.with_name("found")
    options = [
        "--splitter",
        "as-is",
        "--rerankers",
        "off",
        "--ks",
        "4",
        "--top-ns",
        "2,4",
        "--apply",
        "--json",
    ]
    here("sweep", "--questions", questions, "--config", settings, "--out", stem, *options)
    sweep = json.loads(capsys.readouterr().out)
    assert sweep.keys() == SWEEP
    assert [point["top_n"] for point in sweep["points"]] == [2, 4]
    assert all(point.keys() == POINT for point in sweep["points"])
    assert all(Path(picture).stat().st_size > 10_000 for picture in sweep["pictures"])
    assert sweep["applied"]["changes"][0] == "retrieval.k: 20 -> 4"
    assert "k = 4" in settings.read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "either --questions FILE or --beir FOLDER"),
        (["sweep", "--apply"], "or secondlook evaluate sweep --feedback"),
        (["--questions", "q", "--sweep", "--apply"], "run: secondlook evaluate sweep"),
        (["--feedback", "--json"], "run: secondlook evaluate feedback"),
        (["--k", "5", "feedback"], "write the options after evaluate feedback"),
        (["--questions", "q", "--split", "dev"], "--split needs --beir"),
    ],
)
def test_wrong_usage_says_what_is_missing(arguments: list[str], said: str) -> None:
    with pytest.raises(typer.BadParameter, match=said):
        here(*arguments)
