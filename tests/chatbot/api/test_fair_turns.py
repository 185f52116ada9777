"""Documents that come through programs wait in the queue of the page: who brings many does not hold up who brings one."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chatbot.api.people import Caller
from chatbot.api.service import Service
from chatbot.config import Config
from chatbot.llms.wire.stopping import Stop
from chatbot.mcp_server.arguments import AddArguments
from chatbot.mcp_server.tools.add_document import add_document
from chatbot.mcp_server.visits import Adding, Visit
from chatbot.mcp_server.working import Call
from chatbot.notebooks import Action, ApiKeys, Library, Person
from chatbot.ui.documents.work import Work
from fakes.api_client import client_of
from fakes.ngram_embedding import NgramEmbedding
from ingest.report import IngestReport
from ingest.turns import change, parts
from ingest.turns.change import Change
from ingest.turns.parts import upload_in_parts
from ingest.turns.queue import turns_of

KIM, LEE, MAY = (Person(f"https://id.example#{name}", name, f"{name}@example.org") for name in "klm")
MANY = 12


def test_many_files_through_a_key_starve_neither_a_key_nor_the_page_nor_an_assistant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change, "_TURN_S", 0.0)
    monkeypatch.setattr(parts, "FILES_AT_ONCE", 4)
    order: list[list[str]] = []  # of each turn its files
    real = parts.uploads.upload

    def noted(config: Config, files: Iterable[tuple[str, bytes]], *rest: Any) -> IngestReport:
        files = list(files.items() if isinstance(files, dict) else files)
        order.append([name for name, _ in files])
        return real(config, files, *rest)

    monkeypatch.setattr(parts.uploads, "upload", noted)
    monkeypatch.setattr("chatbot.mcp_server.tools.add_document.upload", noted)
    monkeypatch.setattr(Service, "embedding", NgramEmbedding())
    there = SimpleNamespace(embedding=NgramEmbedding())
    monkeypatch.setattr("chatbot.mcp_server.tools.add_document._existing", lambda *_: there)
    library = Library(Config(store=tmp_path / "store"))
    for person in (KIM, LEE, MAY):
        library.meet(person)
    team = library.make("Team", KIM)
    for person in (LEE, MAY):
        library.share(team.id, person.email, "editor", KIM)
    keys = ApiKeys(library)
    service = Service(library.config, is_open=False, library=library, keys=keys)
    config = team.enter(Action.ADD)
    gate = threading.Event()

    def held(_: Change) -> IngestReport:
        gate.wait(60)
        return IngestReport()

    first = Work("upload", 1, config.store, held, "whoever was there before")
    with client_of(service) as client:

        def send(person: Person, names: list[str]) -> str:
            answer = client.post(
                "/api/documents", files=[("files", (name, name.encode())) for name in names],
                data={"notebook": "Team"}, params={"wait": 0},
                headers={"Authorization": f"Bearer {keys.make('one', person)[0]}"},
            )  # fmt: skip
            assert answer.status_code == 202, answer.text
            return str(answer.json()["id"])

        many = [send(KIM, [f"k{upload}-{n}.txt" for n in range(MANY)]) for upload in (1, 2)]
        one = send(LEE, ["l.txt"])
        page = Work(
            "upload", 1, config.store, upload_in_parts(config, NgramEmbedding(), [("p.txt", b"p")]), "p"
        )
        visit = Visit(service, Caller(MAY, library), Adding(True))
        call = Call(visit, Stop(), lambda _: None)
        given = AddArguments(name="m.txt", text="m", notebook="Team", replace=True)
        assistant = threading.Thread(target=add_document, args=(call, given))
        assistant.start()
        while turns_of(config.store).waiting < 5:
            assert assistant.is_alive()
        gate.set()
        assistant.join()
        for number, person in ((one, LEE), *((number, KIM) for number in many)):
            job = service.jobs.job(number, person.id)
            assert job.is_over.wait(60)
            assert job.error is None
            assert job.report is not None
            assert len(job.report.indexed) == (1 if person is LEE else MANY)
    assert first.outcome().error is page.outcome().error is None
    turns = ["".join(sorted({name[0] for name in files})) for files in order]
    assert sorted(turns[:4]) == ["k", "l", "m", "p"]  # each of the others after one turn of the many
    assert set(turns[4:]) == {"k"}
    service.close()
