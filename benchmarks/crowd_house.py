"""Four notebooks with the same documents and codes of their own, the people in them, and a language model that hangs.

For ``benchmarks.speed.crowd``.
"""

from __future__ import annotations

import contextlib
import socketserver
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from chatbot.config import Config
from chatbot.notebooks import Action, Library, Notebook, Person, Role
from scripts.served_page import ISSUER

LETTERS = "ABCD"  # of the notebooks, and of their codes
TOPICS = (
    "harbour", "greenhouse", "archive", "workshop", "canteen", "library", "garage", "laboratory", "theatre", "boiler room",
    "reception", "observatory", "warehouse", "kitchen", "studio", "chapel",
)  # fmt: skip
# everybody who is not listed in [llm] chooses quotes; each asks faster than 20 times a minute
CONFIG = """[llm]
backend = "openai-like"
model = "hangs"
options = {{ api_base = "http://127.0.0.1:{port}/v1", is_chat_model = true }}
[limits]
questions_per_minute = 0
"""


@dataclass(frozen=True, slots=True)
class Member:
    number: int
    notebook: int  # from 0
    role: Role

    @property
    def name(self) -> str:
        return f"p{self.number:02}"

    @property
    def person(self) -> Person:
        return Person(f"{ISSUER}#{self.name}", self.name)


def code(notebook: int, topic: int) -> str:
    return f"{LETTERS[notebook]}{topic:02}-{1000 + 37 * topic + 911 * notebook}"


def document(notebook: int, topic: int) -> str:
    name = TOPICS[topic]
    return (
        f"# The {name}\n\nThe access code of the {name} is {code(notebook, topic)}.\n\n"
        f"## Opening hours\n\nThe {name} opens at {6 + topic % 5} in the morning and is closed on holidays. "
        f"Whoever leaves the {name} last turns the lights off.\n\n"
        f"## Keys\n\nThe {name} has {topic + 2} keys. A lost key of the {name} is told to the front desk within a day.\n"
    )


@contextlib.contextmanager
def hanging_server() -> Iterator[int]:
    """A language model's server that takes every request and never answers; its port."""
    ending = threading.Event()

    class Silent(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            ending.wait()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Silent) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        ending.set()
        server.shutdown()


def members_of(people: int) -> list[Member]:
    """In each notebook in turn; the first of a notebook owns it, the next two are editors."""
    roles: list[Role] = ["owner", "editor", "editor"]
    count = len(LETTERS)
    return [
        Member(n, n % count, roles[n // count] if n // count < len(roles) else "viewer")
        for n in range(people)
    ]


def bringing_people() -> list[Member]:
    """Three editors of the first notebook: two with many files, one with a small one."""
    return [Member(number, 0, "editor") for number in (800, 801, 802)]


def waiting_people() -> list[Member]:
    """Those whose language model hangs, one in each notebook."""
    return [Member(900 + number, number, "viewer") for number in range(len(LETTERS))]


def prepare(folder: Path, members: Sequence[Member]) -> list[Notebook]:
    """The notebooks with their documents and people, in ``folder / "store"``; each as its owner sees it."""
    from ingest.pipeline import run

    library = Library(Config().with_(store=folder / "store"))
    made: list[Notebook] = []
    for number, letter in enumerate(LETTERS):
        owner = next(member for member in members if member.notebook == number)
        library.meet(owner.person)
        notebook = library.make(f"House {letter}", owner.person)
        texts = folder / f"texts-{letter}"
        texts.mkdir()
        for topic, name in enumerate(TOPICS):
            (texts / f"{name.replace(' ', '-')}.md").write_text(document(number, topic), "utf-8")
        run(notebook.enter(Action.ADD), [texts])
        made.append(notebook)
    for member in members:
        library.meet(member.person)
        notebook = made[member.notebook]
        if member.person.id != notebook.person.id:
            library.share(notebook.id, member.person.id, member.role, notebook.person)
    return made
