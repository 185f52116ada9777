"""What a person had is counted for all programs together where they share a database."""

from __future__ import annotations

import math
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest

from chatbot.config import Config
from chatbot.errors import StoreError
from chatbot.limits import shared_counts
from chatbot.limits.allowance import Refusal, take_question, take_upload
from chatbot.limits.shared_counts import SharedCounts
from chatbot.store.tables import open_tables

_NUMBERS = count(1)


@pytest.fixture
def shared(postgres: str, tmp_path: Path) -> Config:
    """Settings of one of several programs; nothing is counted yet."""
    index = {"backend": "postgres", "schema": f"counted_{next(_NUMBERS)}"}
    return Config.model_validate({"store": tmp_path / "here", "index": index})


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds by the clock of the server, which pass when they are told to."""
    now = [600_000.0]
    monkeypatch.setattr(shared_counts, "_now", lambda _: now[0])
    return now


def rows_of(config: Config) -> list[tuple[str, int]]:
    with open_tables(config, shared_counts._TABLES).reading() as connection:
        return connection.execute("SELECT person, amount FROM had ORDER BY person, slot").fetchall()


def test_the_limit_counts_for_each_person_and_kind_and_says_when_it_ends(
    shared: Config, clock: list[float]
) -> None:
    counts = SharedCounts(shared, "questions", 60)
    assert [counts.take("ann", 1, 3) for _ in range(3)] == [0, 0, 0]
    clock[0] += 20
    assert counts.take("ann", 1, 3) == 41  # to the end of the slot, one second, in which it was
    assert SharedCounts(shared, "questions", 60).take("bob", 1, 3) == 0
    assert SharedCounts(shared, "texts", 60).take("ann", 1, 3) == 0
    clock[0] += 40
    assert counts.take("ann", 1, 3) == 1  # being refused does not count
    clock[0] += 1
    assert counts.take("ann", 1, 3) == 0
    assert math.isinf(counts.take("ann", 4, 3))


def test_much_at_once_waits_until_enough_of_it_is_over(shared: Config, clock: list[float]) -> None:
    counts = SharedCounts(shared, "texts", 60)
    for _ in range(4):
        counts.take("ann", 10, 40)
        clock[0] += 10
    assert counts.take("ann", 15, 40) == 31  # the first two, of 40 and 30 seconds ago


def test_what_is_given_back_counts_no_longer(shared: Config, clock: list[float]) -> None:
    counts = SharedCounts(shared, "files", 3600)
    counts.take("ann", 5, 5)
    counts.give_back("ann", 5)
    counts.give_back("nobody", 5)
    assert counts.take("ann", 5, 5) == 0
    del clock


def test_a_person_has_a_row_for_each_slot_at_most_and_what_is_over_is_taken_away(
    shared: Config, clock: list[float]
) -> None:
    counts = SharedCounts(shared, "questions", 60)
    for _ in range(40):
        counts.take("ann", 1, 1000)
        counts.take("bob", 1, 1000)
        clock[0] += 0.25
    assert rows_of(shared) == [("ann", 4)] * 10 + [("bob", 4)] * 10
    clock[0] += 61
    counts.take("cem", 1, 1)
    assert rows_of(shared) == [("cem", 1)]


def test_by_the_clock_of_the_server_what_was_just_had_counts(shared: Config) -> None:
    counts = SharedCounts(shared, "questions", 3600)
    assert counts.take("ann", 2, 2) == 0
    assert 3500 < counts.take("ann", 1, 2) <= 3660


def test_threads_that_ask_at_once_get_as_many_as_there_are(shared: Config) -> None:
    with ThreadPoolExecutor(8) as pool:
        waits = list(
            pool.map(lambda _: SharedCounts(shared, "questions", 3600).take("ann", 1, 10), range(40))
        )
    assert waits.count(0.0) == 10


def test_two_programs_count_together(shared: Config) -> None:
    config = shared.with_(
        limits={"questions_per_minute": 3, "upload_files_per_hour": 2, "upload_mb_per_hour": 5}
    )
    program = (
        "import sys\n"
        "from chatbot.config import Config\n"
        "from chatbot.limits.allowance import take_question, take_upload\n"
        "config = Config.model_validate_json(sys.argv[1])\n"
        "print([take_question(config, 'ann', is_shared=True) for _ in range(2)])\n"
        "print(take_upload(config, 'ann', 2, 10, lambda: 0, is_shared=True))\n"
    )
    elsewhere = config.model_copy(update={"store": config.store / "of another machine"})
    done = subprocess.run(
        [sys.executable, "-c", program, elsewhere.model_dump_json()],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.split() == ["[None,", "None]", "None"], done.stderr
    assert take_question(config, "ann", is_shared=True) is None
    for _ in range(2):
        refusal = take_question(config, "ann", is_shared=True)
        assert isinstance(refusal, Refusal)
        assert (refusal.kind, refusal.most) == ("questions", 3)
        assert 0 < refusal.wait_s <= 61
    assert take_question(config, "bob", is_shared=True) is None
    refusal = take_upload(config, "ann", 1, 10, lambda: 0, is_shared=True)
    assert refusal is not None
    assert refusal.kind == "files"
    refused = take_upload(config, "bob", 2, 6 * 10**6, lambda: 0, is_shared=True)
    assert refused == Refusal("megabytes", 5, math.inf)
    assert (
        take_upload(config, "bob", 2, 10**6, lambda: 0, is_shared=True) is None
    )  # the files were given back


def test_a_database_that_cannot_be_asked_is_one_sentence(
    shared: Config, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECONDLOOK_DSN", f"{postgres} port=1")
    with pytest.raises(StoreError, match="what you may do is not known now: PostgreSQL cannot be reached"):
        take_question(shared, "ann", is_shared=True)
