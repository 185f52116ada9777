from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from chatbot import Chatbot
from chatbot.config import Config, SplitterConfig
from chatbot.errors import ConfigError
from evaluation.evaluate import file_task
from evaluation.sweeping.apply import apply_choice
from evaluation.sweeping.plot import draw_sweep
from evaluation.sweeping.points import OFF, Choice, Point, frontier, recommend
from evaluation.sweeping.sweep import Grid, Sweep, run_sweep, splitters
from ingest.pipeline import ModelOnce, run

RERANKER = Config().reranker.model


def point(k: int, ms: float, *values: float, reranker: str = RERANKER) -> Point:
    scores = np.array(values)
    return Point(Choice(None, reranker, k, 1), float(scores.mean()), 1.0, ms, 2 * ms, 500, scores)


def test_the_frontier_is_what_no_other_beats_in_both() -> None:
    slow, fast = point(40, 400, 0.9, 0.9), point(5, 50, 0.5, 0.5)
    worse, equal, middle = point(20, 450, 0.8, 0.8), point(30, 500, 0.9, 0.9), point(10, 100, 0.7, 0.7)
    assert frontier([slow, worse, fast, equal, middle]) == [fast, middle, slow]


def test_a_faster_setting_is_recommended_if_the_best_is_no_better_than_chance() -> None:
    best = point(40, 400, 1.0, 1.0, 0.5, 1.0)
    as_good = point(10, 100, 1.0, 1.0, 1.0, 0.4)  # .02 less on average, with one better and one worse
    clearly_worse = point(5, 50, 0.5, 0.5, 0.4, 0.5)
    assert recommend([best, as_good, clearly_worse]) is as_good
    assert recommend([best, clearly_worse]) is best


def test_the_sentence_names_the_setting_the_best_and_what_is_configured() -> None:
    best, chosen = point(40, 400, 1.0, 1.0, 0.5, 1.0), point(10, 100, 1.0, 1.0, 1.0, 0.4, reranker=OFF)
    found = Sweep("mine", 4, [best, chosen], [chosen, best], chosen, best, [])
    assert found.sentence == (
        "Use k = 10, top_n = 1, no reranker: nDCG 0.850 in 100 ms; the best, 0.875 in 400 ms, is within one standard"
        " error of it on 4 questions; what is configured gives 0.875 in 400 ms."
    )


def test_overlaps_keep_their_share_and_without_kinds_the_other_splitter_is_tried() -> None:
    now = SplitterConfig(kind="structure", chunk_size=500, chunk_overlap=100)
    found = splitters(now, [], [250, 500])
    assert [(s.kind, s.chunk_size, s.chunk_overlap) for s in found] == [
        ("structure", 250, 50), ("structure", 500, 100), ("recursive", 500, 100)
    ]  # fmt: skip


def test_a_grid_in_which_nothing_fits_is_refused() -> None:
    with pytest.raises(ConfigError, match="larger than every k"):
        Grid((5,), (10,), (OFF,))


@pytest.mark.slow
def test_a_sweep_of_ones_own_index_measures_draws_and_recommends(
    sample_chatbot: Chatbot, models_cache: Path, tmp_path: Path
) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "leave.md").write_text(
        "# Leave\n\n## Annual\n\nThere are 25 days of annual leave. Ask for them in the portal.\n\n"
        "## Sickness\n\nCall your lead before ten. A note is needed from the third day.\n", "utf-8",
    )  # fmt: skip
    (docs / "coffee.txt").write_text(
        "The coffee machine is cleaned on Mondays by the first to come.\n", "utf-8"
    )
    config = Config().with_(
        store=tmp_path / "store", models_cache=models_cache, retrieval={"k": 3, "top_n": 2}
    )
    model = ModelOnce(config, sample_chatbot.embedding)
    run(config, [docs], embedding=model)
    file = tmp_path / "questions.jsonl"
    file.write_text(
        '{"question": "How many days of annual leave?", "passage": "25 days of annual leave"}\n'
        '{"question": "When is the coffee machine cleaned?", "document": "coffee.txt"}\n', "utf-8",
    )  # fmt: skip
    small = SplitterConfig(kind="recursive", chunk_size=100, chunk_overlap=20)
    grid = Grid((1, 3), (1, 2), (OFF, RERANKER), (config.splitter, small))
    found = run_sweep(file_task(config, file), grid, model=model)
    # for each splitter: k = 3 without, k = 1 and k = 3 with the second look; top_n = 2 does not fit k = 1
    assert len(found.points) == 2 * (2 + 1 + 2)
    assert found.current is not None
    assert found.current.choice == Choice(config.splitter, RERANKER, 3, 2)
    assert found.recommended in found.points
    assert all(0 <= p.quality <= p.hit <= 1 and 0 < p.p50 <= p.p95 for p in found.points)
    html, png = draw_sweep(found, tmp_path / "out" / "sweep")
    assert png.read_bytes().startswith(b"\x89PNG")
    page = html.read_text("utf-8")
    assert "nDCG of the sources" in page
    assert "<script src" not in page
    assert "<link" not in page


def test_apply_keeps_comments_and_says_what_changed(tmp_path: Path) -> None:
    file = tmp_path / "secondlook.toml"
    file.write_text("# mine\n[retrieval]\nk = 30  # wide\n\n[llm]\nbackend = 'extractive'\n", "utf-8")
    config = Config().with_(retrieval={"k": 30})
    choice = Choice(SplitterConfig(chunk_size=250, chunk_overlap=50), OFF, 10, 3)
    assert apply_choice(choice, file, config) == [
        "retrieval.k: 30 -> 10", "reranker.enabled: True -> False",
        "splitter.chunk_size: 500 -> 250", "splitter.chunk_overlap: 100 -> 50",
    ]  # fmt: skip
    text = file.read_text("utf-8")
    assert text.startswith("# mine\n[retrieval]\nk = 10  # wide\n")
    assert "backend = 'extractive'" in text


def test_apply_makes_the_file_and_changes_nothing_twice(tmp_path: Path) -> None:
    file = tmp_path / "secondlook.toml"
    choice = Choice(None, RERANKER, 10, 3)
    assert apply_choice(choice, file, Config()) == ["retrieval.k: 20 -> 10"]
    from chatbot.config import load_config

    assert load_config(file).retrieval.k == 10
    assert apply_choice(choice, file, load_config(file)) == []


def test_apply_leaves_a_file_alone_that_it_cannot_read(tmp_path: Path) -> None:
    file = tmp_path / "secondlook.toml"
    file.write_text("[retrieval\n", "utf-8")
    with pytest.raises(ConfigError, match="nothing was applied"):
        apply_choice(Choice(None, OFF, 10, 3), file, Config())
    assert file.read_text("utf-8") == "[retrieval\n"
