"""The dashboard and the rules for alerts ask for what there is: every name and every label of every query."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from chatbot.telemetry.facts import INGESTED, LLM_ERRORS, OUTCOMES, REFUSALS, REQUESTS, STAGES
from chatbot.telemetry.metrics import KINDS, OTHER, Metrics
from paths import ROOT

DASHBOARD = ROOT / "deploy" / "grafana" / "second-look.json"
RULES = ROOT / "deploy" / "prometheus" / "alerts.yaml"
SCRAPE = ROOT / "deploy" / "prometheus" / "scrape.yaml"
OF_PROMETHEUS = {"job", "instance"}
WORDS = {
    "secondlook_questions_total": {"kind": KINDS, "request": REQUESTS, "outcome": OUTCOMES},
    "secondlook_refusals_total": {"reason": REFUSALS},
    "secondlook_llm_errors_total": {"kind": LLM_ERRORS},
    "secondlook_ingested_files_total": {"outcome": INGESTED},
    "secondlook_stage_seconds": {"stage": STAGES},
    "secondlook_question_seconds": {"kind": KINDS},
    "secondlook_first_token_seconds": {"kind": KINDS},
}


def _samples() -> dict[str, set[str]]:
    """Name of each sample -> its labels, from the registry itself after each was counted once."""
    metrics = Metrics()
    metrics.question("ask", "answered", {"request": "look_up"}, "improbable")
    metrics.took("ask", 1.0, 0.5)
    metrics.stage("rerank", 0.1)
    metrics.count("llm_errors", "slow")
    metrics.count("ingested_files", "indexed")
    return {
        sample.name: set(sample.labels) for family in metrics.registry.collect() for sample in family.samples
    }


def _queries() -> Iterator[tuple[str, str]]:
    """Where it stands, and what is asked."""
    board: dict[str, Any] = json.loads(DASHBOARD.read_text("utf-8"))
    for panel in board["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["name"], variable["query"]["query"]
    for group in yaml.safe_load(RULES.read_text("utf-8"))["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]


@pytest.mark.parametrize(("place", "query"), list(_queries()))
def test_every_query_asks_for_names_labels_and_words_that_there_are(place: str, query: str) -> None:
    samples = _samples()
    used = re.findall(r"\b(secondlook_\w+)(?:\{([^}]*)\})?", query)
    assert used or query.startswith("up{"), place
    for name, conditions in used:
        assert name in samples, f"{place}: {name}"
        words = WORDS.get(re.sub(r"_(bucket|sum|count)$", "", name), {})
        for label, value in re.findall(r"(\w+)\s*(?:=~|!=|=|!~)\s*\"([^\"]*)\"", conditions):
            assert label in samples[name] | OF_PROMETHEUS, f"{place}: {name}{{{label}}}"
            if label in words:
                assert set(value.split("|")) <= {*words[label], OTHER}, f"{place}: {value}"
    labels = set().union(*(samples[name] for name, _ in used)) if used else set()
    for grouped in re.findall(r"\bby \(([^)]*)\)", query):
        assert {label.strip() for label in grouped.split(",")} <= labels | OF_PROMETHEUS, (
            f"{place}: {grouped}"
        )


def test_every_metric_is_on_the_dashboard() -> None:
    board = DASHBOARD.read_text("utf-8")
    for name in _samples():
        if not name.endswith("_created"):
            assert re.sub(r"_(bucket|sum|count)$", "", name) in board, name


def test_the_dashboard_is_one_that_can_be_imported() -> None:
    board = json.loads(DASHBOARD.read_text("utf-8"))
    assert board["uid"] == "second-look"
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    for panel in board["panels"]:
        assert panel["datasource"]["uid"] == "${datasource}"  # no data source of somebody's own
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
    assert "http" not in DASHBOARD.read_text("utf-8")


def test_the_example_asks_this_machine_for_the_metrics() -> None:
    scrape = yaml.safe_load(SCRAPE.read_text("utf-8"))["scrape_configs"][0]
    assert scrape["metrics_path"] == "/metrics"
    assert scrape["static_configs"][0]["targets"] == ["127.0.0.1:8501"]
    assert scrape["job_name"] in RULES.read_text("utf-8")
