"""What a person may do on the page holds for the programs that come with their keys, by the same counts."""

from __future__ import annotations

import random
from contextlib import ExitStack, closing

import pytest

from chatbot.api.limits import count_question, count_texts, count_upload, under_way
from chatbot.api.people import Caller, caller_of
from chatbot.api.problems import Problem
from chatbot.api.service import Service
from chatbot.config import Config
from chatbot.limits import allowance
from chatbot.notebooks import ALONE, FIRST, ApiKeys, Library, Person
from chatbot.retrieval.embeddings import store_identity
from chatbot.store import create_store
from chatbot.telemetry import seat
from fakes.allowance import nobody_had_anything
from fakes.api_client import client_of

KIM = Person("https://id.example#1", "Kim", "kim@example.org")


@pytest.fixture(autouse=True)
def _no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody_had_anything(monkeypatch, lambda: 0.0)


@pytest.fixture
def service(empty: Config) -> Service:
    limits = {
        "questions_per_minute": 2, "texts_per_minute": 10, "answers_at_once": 1, "upload_mb_per_hour": 1,
        "upload_files_per_hour": 2, "storage_mb": 1,
    }  # fmt: skip
    config = empty.with_(limits=limits)
    library = Library(config)
    library.meet(KIM)
    return Service(config, is_open=False, library=library, keys=ApiKeys(library))


def caller(service: Service, person: Person = KIM) -> Caller:
    return caller_of(service, ApiKeys(service.library).make("one", person)[0])


def refused(action: object, *arguments: object) -> Problem:
    with pytest.raises(Problem) as problem:
        action(*arguments)  # type: ignore[operator]
    return problem.value


def test_every_key_of_a_person_and_their_page_count_together(service: Service) -> None:
    first, second = caller(service), caller(service)
    count_question(first, service)
    assert allowance.take_question(service.config, KIM.id, is_shared=True) is None  # the page
    problem = refused(count_question, second, service)
    assert (problem.status, problem.code, problem.headers) == (
        429,
        "rate_limit_exceeded",
        {"Retry-After": "60"},
    )
    assert problem.message == "2 questions a minute are answered for each person; come again in 60 s"


def test_what_can_never_be_had_at_once_is_no_matter_of_time(service: Service) -> None:
    one = caller(service)
    assert refused(count_texts, one, service, 11).status == 413
    count_texts(one, service, 10)
    assert refused(count_texts, one, service, 1).status == 429
    assert refused(count_upload, one, service, FIRST, 1, 10**7).message == (
        "each person's notebooks together may take 1 MB; remove documents first"
    )
    count_upload(one, service, FIRST, 2, 10)
    assert refused(count_upload, one, service, FIRST, 1, 10).headers == {"Retry-After": "3600"}


def test_what_a_person_has_stored_is_in_all_of_their_notebooks_whichever_the_key_opens(
    of_either_engine: Config,
) -> None:
    config = of_either_engine.with_(limits={"storage_mb": 1})
    library = Library(config)
    library.meet(KIM)
    notebooks = [library.make(name, KIM) for name in ("Diving", "여행", "Bees")]
    service = Service(config, is_open=False, library=library, keys=ApiKeys(library))
    token, _ = ApiKeys(library).make("one", KIM, notebook=notebooks[2].id)
    one = caller_of(service, token)
    count_upload(one, service, notebooks[2].id, 1, 300_000)
    for notebook in notebooks[:2]:
        place = library.place_of(notebook.row)
        with closing(create_store(place, store_identity(place), 2)) as store:
            store.files.put("0" * 64, random.Random(1).randbytes(400_000))
    assert refused(count_upload, one, service, notebooks[2].id, 1, 300_000).message == (
        "each person's notebooks together may take 1 MB; remove documents first"
    )


def test_one_answer_after_the_other_where_only_one_may_be_under_way(service: Service) -> None:
    first, second = caller(service), caller(service)
    with ExitStack() as stack:
        stack.enter_context(under_way(first, service))
        assert refused(stack.enter_context, under_way(second, service)).headers == {"Retry-After": "1"}
    with under_way(second, service):
        pass


def test_keys_of_the_machine_are_counted_each_for_itself(empty: Config) -> None:
    config = empty.with_(limits={"questions_per_minute": 1})
    service = Service(config, is_open=True, keys=ApiKeys(Library(config)))
    first, second = caller(service, ALONE), caller(service, ALONE)
    for one in (first, second):
        count_question(one, service)
        assert refused(count_question, one, service).status == 429
    assert {one.who for one in (first, second, Caller(ALONE, service.library))} == {
        "key 1", "key 2", "whoever has the machine",
    }  # fmt: skip


def test_a_question_and_a_text_too_many_are_refused_on_the_wire(empty: Config) -> None:
    """Before anything is searched: there is nothing here, and no model."""
    limits = {"questions_per_minute": 1, "texts_per_minute": 1}
    service = Service(empty.with_(limits=limits), is_open=True)
    asked = {"model": "secondlook", "messages": [{"role": "user", "content": "How many days?"}]}
    texts = {"query": "How many days?", "documents": ["25 days.", "Lunch is at noon."]}
    with client_of(service) as client:
        assert (
            client.post("/v1/chat/completions", json=asked).status_code == 409
        )  # nothing is indexed, and it counts
        for stream in (False, True):
            refused = client.post("/v1/chat/completions", json={**asked, "stream": stream})
            assert refused.status_code == 429
            assert refused.headers["retry-after"] == "60"
            assert refused.json()["error"]["type"] == "rate_limit_error"
        assert client.post("/v1/rerank", json=texts).status_code == 413
        assert client.post("/v1/embeddings", json={"input": ["a", "b"], "model": "m"}).status_code == 413
    assert service.is_idle()


def test_a_refusal_is_counted_where_somebody_watches(service: Service) -> None:
    told: list[tuple[str, str]] = []

    class Watching:
        def count(self, what: str, label: str, amount: int) -> None:
            told.append((what, label))

    one = caller(service)
    seat.install(Watching())  # type: ignore[arg-type]
    try:
        count_question(one, service)
        count_question(one, service)
        refused(count_question, one, service)
    finally:
        seat.install(None)
    assert told == [("refusals", "limit")]


def test_an_upload_that_is_sent_again_with_its_key_counts_once(empty: Config) -> None:
    limits = {"upload_files_per_hour": 2, "upload_mb_per_hour": 2}
    service = Service(empty.with_(limits=limits), is_open=True)
    sent = [("files", ("a.txt", b"The test card is green."))]
    with client_of(service) as client:
        for _ in range(5):
            again = client.post(
                "/api/documents", files=sent, headers={"Idempotency-Key": "a"}, params={"wait": 60}
            )
            assert again.status_code == 200, again.text
        wrong = client.post(
            "/api/documents", json={"address": "http://127.0.0.1:9/x"}, headers={"Idempotency-Key": "a"}
        )
        assert wrong.status_code == 422
        other = [("files", ("b.txt", b"The test card is red."))]
        assert client.post("/api/documents", files=other, params={"wait": 60}).status_code == 200
        assert client.post("/api/documents", files=[("files", ("c.txt", b"Blue."))]).status_code == 429
