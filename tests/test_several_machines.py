"""Three programs on one database, each with a folder of its own, as three machines have: they share everything.

What each takes is measured and told (``-s``), and nothing here depends on how long it is.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from chatbot.config import Config, load_config
from chatbot.conversations import Conversations
from chatbot.notebooks import ALONE, ApiKeys, Library
from fakes.page_server import PageServer
from fakes.postgres_server import PostgresServer, started
from paths import ROOT
from scripts.served_page import ServedPage

pytestmark = pytest.mark.slow

MACHINES, CLIENTS = 3, 32
_PATIENCE_S = 150.0  # for models on a busy machine
_COLOURS = [
    "amber", "azure", "beige", "black", "bronze", "brown", "copper", "coral", "crimson", "cyan", "denim", "emerald",
    "fuchsia", "gold", "green", "grey", "indigo", "ivory", "jade", "khaki", "lilac", "lime", "magenta", "maroon", "mauve",
    "ochre", "olive", "orange", "pink", "purple", "ruby", "teal",
]  # fmt: skip


class House:
    """The programs, and the server of their database."""

    def __init__(self, server: PostgresServer, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self._programs: list[subprocess.Popen[bytes]] = []
        self.clients: list[httpx.Client] = []
        for number in range(MACHINES):
            file = self.configuration(number)
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = free.getsockname()[1]
            with (folder / f"{number}.log").open("wb") as log:
                command = [
                    sys.executable,
                    "-m",
                    "chatbot",
                    "serve",
                    "--port",
                    str(port),
                    "--config",
                    str(file),
                ]
                self._programs.append(
                    subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, env=_environment())
                )
            self.clients.append(httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=_PATIENCE_S))
        for client in self.clients:
            self.wait(lambda client=client: client.get("/readyz").status_code == 200)

    def configuration(self, number: int) -> Path:
        """The file of a machine, with a folder of its own."""
        file = self.folder / f"{number}.toml"
        file.write_text(f'[store]\nbackend = "postgres"\npath = "{self.folder / str(number)}"\n')
        return file

    @property
    def config(self) -> Config:
        """That of a fourth machine, which is this process."""
        return load_config(self.folder / "0.toml").with_(
            store=self.folder / "fourth", index={"backend": "postgres"}
        )

    def wait(self, is_so: Callable[[], bool]) -> float:
        """Until it is; how many seconds that took."""
        begin = time.monotonic()
        while True:
            with suppress(httpx.TransportError):
                if is_so():
                    return time.monotonic() - begin
            assert all(program.poll() is None for program in self._programs), self.logs()
            assert time.monotonic() - begin < _PATIENCE_S, self.logs()
            time.sleep(0.05)

    def logs(self) -> str:
        return "\n".join(file.read_text("utf-8", "replace") for file in sorted(self.folder.glob("*.log")))

    def close(self) -> None:
        for client in self.clients:
            client.close()
        for program in self._programs:
            program.terminate()
        for program in self._programs:
            try:
                program.wait(20)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    server = started(safe=True)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SECONDLOOK_DSN", server.dsn)
        house = House(server, tmp_path_factory.mktemp("machines"))
        try:
            add(house.clients[0], "first.txt", "The first card is white.")
            with ThreadPoolExecutor(
                MACHINES
            ) as each:  # the models of all three are loaded by their first question
                for said in each.map(
                    lambda client: ask(client, "Which colour is the first card?"), house.clients
                ):
                    assert "white" in said["answer"]
            yield house
        finally:
            house.close()
            server.close()


def add(client: httpx.Client, name: str, text: str) -> None:
    answer = client.post("/api/documents", params={"wait": 60}, files={"files": (name, text.encode())})
    assert answer.status_code == 200, answer.text


def ask(client: httpx.Client, question: str, **more: Any) -> Any:
    answer = client.post("/api/ask", json={"question": question, "stream": False, "check": False, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_upload_through_one_is_answered_by_the_others(house: House) -> None:
    taken = []
    for number, client in enumerate(house.clients):
        add(client, f"tower-{number}.txt", f"The tower of Vell{number}ham is {300 + number} metres high.")
        for other in house.clients[number + 1 :] + house.clients[:number]:
            begin = time.monotonic()
            said = ask(other, f"How high is the tower of Vell{number}ham?")
            taken.append(time.monotonic() - begin)
            assert f"{300 + number} metres" in said["answer"]
    print(f"\nanswered by another machine after its upload: {[f'{s * 1000:.0f} ms' for s in taken]}")


def test_a_conversation_that_begins_at_one_goes_on_at_another(house: House) -> None:
    first, second, third = house.clients
    said = ask(first, "Which colour is the first card?", store=True)
    number, conversation, position = map(int, said["receipt"]["id"].split("-"))
    assert second.get(said["receipt"]["path"]).json()["received"] == said["answer"]
    kept = Conversations.open(house.config)
    (begun,) = kept.exchanges(conversation)
    place = kept.add(conversation, begun.record, after=position)  # as a page on another machine does
    assert (place.position, place.follows) == (position + 1, position)
    there = third.get(f"/api/receipts/{number}-{conversation}-{place.position}")
    assert there.json()["question"] == "Which colour is the first card?"
    kept.delete(conversation)
    assert all(client.get(said["receipt"]["path"]).status_code == 404 for client in house.clients)


def test_a_page_beside_them_shows_what_a_program_has_kept_and_recovers_from_a_killed_server(
    house: House,
) -> None:
    ask(house.clients[0], "Which colour has the first card?", store=True)
    arguments = ["--config", str(house.configuration(MACHINES))]
    with ServedPage(house.folder, arguments) as page, PageServer(page).visit() as visit:
        assert "Which colour has the first card?" in visit.draw()
        house.server.kill()
        assert "PostgreSQL" in visit.draw()
        house.server.start()
        house.wait(lambda: "Which colour has the first card?" in visit.draw())
        assert not [line for line in page.log if "Traceback" in line]


def test_thirty_two_clients_ask_at_once_and_each_gets_its_own(house: House) -> None:
    for number, client in enumerate(house.clients):
        cards = [
            ("files", (f"card-{c}{n}.txt", f"The secret word of card {c}{n} is word-{c}-{n}.".encode()))
            for n, c in enumerate(_COLOURS)
            if n % MACHINES == number
        ]
        answer = client.post("/api/documents", params={"wait": 60}, files=cards)
        assert answer.status_code == 200, answer.text
    before = len(Conversations.open(house.config).list())

    def one(client: int) -> tuple[str, str]:
        name = f"{_COLOURS[client]}{client}"
        asked = f"What is the secret word of card {name}?"
        said = ask(house.clients[client % MACHINES], asked, store=True, top_n=1)
        kept = house.clients[(client + 1) % MACHINES].get(said["receipt"]["path"]).json()
        assert (kept["question"], kept["received"]) == (asked, said["answer"])
        return f"word-{_COLOURS[client]}-{client}", said["answer"]

    begin = time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as clients:
        answers = list(clients.map(one, range(CLIENTS)))
    print(f"\n{CLIENTS} clients at {MACHINES} machines: {time.monotonic() - begin:.1f} s")
    assert [(word, answer) for word, answer in answers if word not in answer] == []
    others = [
        (word, other)
        for word, answer in answers
        for other, _ in answers
        if other != word and f"{other}." in answer
    ]
    assert others == []
    listed = Conversations.open(house.config).list()
    assert len(listed) - before == CLIENTS
    assert len({row.title for row in listed}) >= CLIENTS


def test_the_server_of_the_database_is_killed_and_started_and_all_recover_by_themselves(house: House) -> None:
    house.server.kill()
    for client in house.clients:
        answer = client.post(
            "/api/ask", json={"question": "Which colour is the first card?", "stream": False}
        )
        assert answer.status_code == 503, answer.text
        assert "PostgreSQL cannot be reached or used" in answer.json()["detail"]
        assert "try again in a moment" in answer.json()["detail"]
        assert client.get("/healthz").status_code == 200
    house.server.start()
    taken = [
        house.wait(lambda client=client: "white" in client.post("/api/ask", json=_ASKED).text)  # type: ignore[misc]
        for client in house.clients
    ]
    print(f"\nwell again after {[f'{s * 1000:.0f} ms' for s in taken]}")
    assert "Traceback" not in house.logs()


_ASKED = {"question": "Which colour is the first card?", "stream": False, "check": False}


def test_a_key_that_is_revoked_at_one_is_refused_at_the_others_at_once(house: House) -> None:
    keys = ApiKeys(Library(house.config))
    token, key = keys.make("ci", ALONE)
    for client in house.clients:
        assert client.post("/api/ask", json=_ASKED).status_code == 401, (
            "from now on one is needed, everywhere"
        )
        client.headers["Authorization"] = f"Bearer {token}"
        assert client.post("/api/ask", json=_ASKED).status_code == 200
    keys.revoke(key.id, ALONE)
    refused = [client.post("/api/ask", json=_ASKED) for client in house.clients]
    assert [answer.status_code for answer in refused] == [401] * MACHINES
    assert "was revoked" in json.dumps(refused[0].json())
    assert token not in house.logs()
