"""A person's questions, texts, uploads and storage: no limit alone, sane ones among people, what is set in any case."""

from __future__ import annotations

import math
from contextlib import ExitStack

import pytest

from chatbot.config import Config, LimitsConfig
from chatbot.limits import allowance
from chatbot.limits.allowance import (
    Refusal,
    answering,
    in_force,
    take_question,
    take_texts,
    take_upload,
)
from fakes.allowance import nobody_had_anything

NONE = LimitsConfig(**dict.fromkeys(LimitsConfig.model_fields, 0))


@pytest.fixture(autouse=True)
def _no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody_had_anything(monkeypatch, lambda: 0.0)


def test_alone_there_is_no_limit_and_among_people_there_are_sane_ones() -> None:
    assert in_force(LimitsConfig(), is_shared=False) == NONE
    shared = in_force(LimitsConfig(), is_shared=True)
    assert all(shared.model_dump().values())
    assert in_force(LimitsConfig(questions_per_minute=0), is_shared=True).questions_per_minute == 0
    assert in_force(LimitsConfig(storage_mb=5), is_shared=False).storage_mb == 5


def with_limits(**limits: int) -> Config:
    return Config().with_(limits=limits)


def _not_asked() -> int:
    raise AssertionError("what an index takes is counted where there is a limit")


def test_each_kind_says_how_many_there_may_be_and_when_there_is_room_again() -> None:
    limits = with_limits(
        questions_per_minute=1, texts_per_minute=10, upload_files_per_hour=2, upload_mb_per_hour=3
    )
    for who in ("ann", "bob"):  # each for themselves
        assert take_question(limits, who, is_shared=False) is None
        assert take_question(limits, who, is_shared=False) == Refusal("questions", 1, 60.0)
        assert take_texts(limits, who, 8, is_shared=False) is None
        assert take_texts(limits, who, 3, is_shared=False) == Refusal("texts", 10, 60.0)
        assert take_texts(limits, who, 11, is_shared=False) == Refusal("texts", 10, math.inf)
        assert take_upload(limits, who, 1, 10**6, _not_asked, is_shared=False) is None
        assert take_upload(limits, who, 2, 10, _not_asked, is_shared=False) == Refusal("files", 2, 3600.0)
        assert take_upload(limits, who, 1, 4 * 10**6, _not_asked, is_shared=False) == Refusal(
            "megabytes", 3, math.inf
        )
        assert (
            take_upload(limits, who, 1, 10, _not_asked, is_shared=False) is None
        )  # what was refused does not count


def test_so_many_answers_are_under_way_and_a_place_is_free_when_one_has_ended_or_failed() -> None:
    limits = LimitsConfig(answers_at_once=2)
    with ExitStack() as under_way:
        for _ in range(2):
            assert under_way.enter_context(answering(limits, "ann", is_shared=False)) is None
        with answering(limits, "ann", is_shared=False) as refusal:
            assert refusal == Refusal("answers", 2, 1.0)
        with answering(limits, "bob", is_shared=False) as refusal:
            assert refusal is None
    for _ in range(5):
        with pytest.raises(ZeroDivisionError), answering(limits, "ann", is_shared=False) as refusal:
            assert refusal is None
            raise ZeroDivisionError
    assert not allowance._answers  # nobody is remembered


def test_an_index_takes_no_more_than_it_may() -> None:
    limits = with_limits(storage_mb=2)
    assert take_upload(limits, "ann", 1, 400_000, lambda: 1_600_000, is_shared=False) is None
    assert take_upload(limits, "ann", 1, 400_001, lambda: 1_600_000, is_shared=False) == Refusal(
        "storage", 2, math.inf
    )


def test_limits_are_set_in_the_configuration() -> None:
    config = Config().with_(limits={"questions_per_minute": 5})
    assert config.limits.questions_per_minute == 5
