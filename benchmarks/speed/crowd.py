"""A full house: many people ask in four notebooks while others upload and a language model hangs.

    python -m benchmarks.speed.crowd [--people 32] [--files 200] [--seconds 300] [--json]

Everybody has signed in and has a session of the real server (``benchmarks.speed.page_client``), with a role in one of
four notebooks: an owner, two editors, else viewers. They ask one question after the other, and come anew after every
fourth. Meanwhile two editors of the first notebook add ``--files`` files each, four people wait for a language model
that never says a word, and a third person adds one small file three times. It ends when the uploads are in, or after
``--seconds``.

Every notebook has the same documents with codes of its own. An answer is right if it holds the code that was asked
for. It is cross-talk if anything of what is shown, sources included, holds a code of another notebook or words of
another person's question, or if a conversation is kept for somebody who did not have it. Limits: no error, no cross-talk, the
small file found within 10 s.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import re
import tempfile
import time
from collections.abc import AsyncIterator, Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.crowd_house import (
    CONFIG,
    LETTERS,
    TOPICS,
    Member,
    bringing_people,
    code,
    hanging_server,
    members_of,
    prepare,
    waiting_people,
)
from benchmarks.report import percentile, print_verdicts, table, verdict
from benchmarks.speed.fairness import a_page, is_found
from benchmarks.speed.page_client import PageClient
from chatbot.conversations import Conversations
from chatbot.notebooks import Action, Notebook
from chatbot.retrieval.embeddings import store_identity
from chatbot.store import open_store
from scripts.served_page import ServedPage

LONGEST_S = 10.0
QUESTIONS_A_VISIT = 4
SMALL_FILES = 3
_CODE = re.compile(r"\b([A-D])\d\d-\d{4}\b")
_ASKED_BY = re.compile(r"\bp\d{2,4}q\d{1,4}\b")
_TAG = re.compile(r"<[^>]+>")
_LOOK_S = 0.25
_GIVEN_UP_S = 60.0  # for a small file
_AFTER_S = 10.0  # for what the last ones leave behind


@dataclass
class Seen:
    """What became of it all."""

    seconds: list[float] = field(default_factory=list)
    wrong: int = 0  # answers without the code that was asked for: a matter of the search, and no cross-talk
    crossed: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    hung: int = 0  # questions that wait for the model that hangs
    found_s: list[float] = field(default_factory=list)
    uploads_s: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class House:
    """The server and its notebooks; ``over``: everybody is to go."""

    page: ServedPage
    notebooks: Sequence[Notebook]
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @contextlib.asynccontextmanager
    async def visit(self, member: Member) -> AsyncIterator[PageClient]:
        query = f"nb={self.notebooks[member.notebook].id}"
        async with PageClient(self.page.address, self.page.cookies(member.name), query) as client:
            yield client


async def ask_on(house: House, member: Member, seen: Seen) -> None:
    """Question after question until all is over; each visit begins a new conversation."""
    turn = 0
    while not house.over.is_set():
        async with house.visit(member) as client:
            await client.click("pick-extractive")
            for _ in range(QUESTIONS_A_VISIT):
                if house.over.is_set():
                    break
                await ask_once(client, member, turn, seen)
                turn += 1
            seen.errors.extend(client.errors)


async def ask_once(client: PageClient, member: Member, turn: int, seen: Seen) -> None:
    topic = (member.number * 5 + turn) % len(TOPICS)
    tag = f"{member.name}q{turn}"
    seconds, html = await client.ask(f"What is the access code of the {TOPICS[topic]}? ({tag})")
    shown = _TAG.sub("", html)
    seen.seconds.append(seconds)
    seen.wrong += code(member.notebook, topic) not in shown
    others = {found[0] for found in _CODE.finditer(shown) if found[1] != LETTERS[member.notebook]}
    others |= set(_ASKED_BY.findall(shown)) - {tag}
    if others:
        seen.crossed.append(f"{tag} was shown {', '.join(sorted(others))}")
    if "sl-warn" in html:
        seen.errors.append(f"{tag}: {' '.join(_TAG.sub(' ', html).split())[:120]}")


async def wait_in_vain(house: House, member: Member, seen: Seen) -> None:
    """Ask the model that hangs, which is the configured one, and look on."""
    async with house.visit(member) as client:
        await client.begin_to_ask(f"What are the keys of the {TOPICS[member.number % 16]}?")
        seen.hung += 1
        await house.over.wait()
        seen.errors.extend(client.errors)


async def bring(house: House, member: Member, files: int, seen: Seen) -> None:
    """Upload so many files at once and wait until they are in."""
    chance = random.Random(member.number)
    async with house.visit(member) as client:
        await client.go("documents")
        start = time.perf_counter()
        codes = await client.upload([(f"{member.name}-{n}.txt", a_page(chance)) for n in range(files)])
        seen.errors.extend(f"upload: {status}" for status in codes if status != 204)
        await client.until(lambda: "sl-work sl-over" in client.text() or house.over.is_set(), 600)
        seen.errors.extend(client.errors)
        if "sl-work sl-over" in client.text():
            seen.uploads_s.append(time.perf_counter() - start)


async def bring_small_ones(house: House, member: Member, seen: Seen) -> None:
    """One small file after the other, each until it is found."""
    config = house.notebooks[member.notebook].enter(Action.INSPECT)
    async with house.visit(member) as client:
        await client.go("documents")
        for bird in ("heron", "plover", "avocet")[:SMALL_FILES]:
            await asyncio.sleep(4)
            if house.over.is_set():
                return
            came = time.perf_counter()
            text = f"The {bird} nests behind the pumping station."
            codes = await client.upload([(f"{bird}.txt", text.encode())])
            seen.errors.extend(f"small upload: {status}" for status in codes if status != 204)
            async with asyncio.timeout(_GIVEN_UP_S):
                while not await asyncio.to_thread(is_found, config, bird):
                    await asyncio.sleep(_LOOK_S)
            seen.found_s.append(time.perf_counter() - came)
        seen.errors.extend(client.errors)


def memory_mb(process: int) -> float:
    """Resident memory of a process and of those that it started, now."""
    total, children = 0.0, []
    with contextlib.suppress(OSError):
        total = int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20
        for task in Path(f"/proc/{process}/task").glob("*/children"):
            children += task.read_text().split()
    return total + sum(memory_mb(int(child)) for child in children)


async def measure(house: House, people: int, files: int, longest_s: float) -> dict[str, Any]:
    """Have all of it happen; the figures, and under ``what`` what went wrong."""
    assert house.page.process is not None
    process, seen, peak = house.page.process.pid, Seen(), 0.0
    members = members_of(people)
    async with house.visit(members[0]) as client:  # the models are loaded when the others come
        await client.click("pick-extractive")
        await client.ask("What is the access code of the harbour?")
    start = memory_mb(process)
    *loaded, third = bringing_people()
    began = time.perf_counter()
    uploads = [asyncio.create_task(told(bring(house, one, files, seen), one, seen)) for one in loaded]
    doing = [
        *((wait_in_vain(house, one, seen), one) for one in waiting_people()),
        *((ask_on(house, one, seen), one) for one in members),
        (bring_small_ones(house, third, seen), third),
    ]
    others = [asyncio.create_task(told(task, one, seen)) for task, one in doing]
    while time.perf_counter() - began < longest_s and not all(task.done() for task in uploads):
        peak = max(peak, memory_mb(process))
        await asyncio.sleep(_LOOK_S)
    house.over.set()
    taken = time.perf_counter() - began
    await asyncio.gather(*uploads, *others)
    await asyncio.sleep(_AFTER_S)
    seen.crossed.extend(kept_for_others(house, members))
    came = files_of(house, loaded)
    return {
        **report(seen, people, taken),
        "files_in": came,
        "start_mb": start,
        "peak_mb": peak,
        "end_mb": memory_mb(process),
    }


async def told(task: Coroutine[None, None, None], who: Member, seen: Seen) -> None:
    """What somebody does, with whatever becomes of it."""
    try:
        await task
    except Exception as error:  # whatever it is, the others go on
        seen.errors.append(f"{who.name}: {type(error).__name__} {error}"[:200])


def kept_for_others(house: House, members: Sequence[Member]) -> list[str]:
    """Questions that are kept in somebody's name who did not ask them."""
    found = []
    for member in members:
        folder = house.notebooks[member.notebook].enter(Action.ASK).store
        kept_in = Conversations.open(folder, member.person.id)
        for conversation in kept_in.list():
            for exchange in kept_in.exchanges(conversation.id):
                tags = _ASKED_BY.findall(exchange.record.question)
                found += [
                    f"{tag} is kept for {member.name}"
                    for tag in tags
                    if not tag.startswith(f"{member.name}q")
                ]
    return found


def files_of(house: House, members: Sequence[Member]) -> int:
    """How many of the files that they brought are in the index."""
    config = house.notebooks[members[0].notebook].enter(Action.INSPECT)
    store = open_store(config, store_identity(config))
    try:
        with store.reading() as view:
            names = [row.name for row in view.documents()]
    finally:
        store.close()
    return sum(name.startswith(tuple(f"{member.name}-" for member in members)) for name in names)


def report(seen: Seen, people: int, taken: float) -> dict[str, Any]:
    return {
        "people": people,
        "seconds": taken,
        "answers": len(seen.seconds),
        "answers_a_second": len(seen.seconds) / taken,
        "p50_s": percentile(seen.seconds or [0.0], 0.5),
        "p95_s": percentile(seen.seconds or [0.0], 0.95),
        "slowest_s": max(seen.seconds, default=0.0),
        "without_the_code": seen.wrong,
        "errors": len(seen.errors),
        "cross_talk": len(seen.crossed),
        "uploads_s": max(seen.uploads_s, default=0.0),
        "small_files": len(seen.found_s),
        "small_file_s": max(seen.found_s, default=0.0),
        "hanging": seen.hung,
        "what": [*seen.errors, *seen.crossed],
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=32)
    parser.add_argument("--files", type=int, default=200, help="of each of the two who upload")
    parser.add_argument("--seconds", type=float, default=300, help="at most")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place, hanging_server() as port:
        folder = Path(place)
        (folder / "secondlook.toml").write_text(CONFIG.format(port=port), "utf-8")
        notebooks = prepare(folder, [*members_of(options.people), *bringing_people(), *waiting_people()])
        arguments = ["--store", str(folder / "store"), "--config", str(folder / "secondlook.toml")]
        with ServedPage(folder, arguments, sign_in=True) as page:
            facts = asyncio.run(
                measure(House(page, notebooks), options.people, options.files, options.seconds)
            )
    what = facts.pop("what")
    verdicts = [
        verdict("answers without error or another's words", 1.0 - bool(what or not facts["answers"]), 1.0),
        verdict(
            f"{LONGEST_S:.0f} s / until each of {SMALL_FILES} small files is found",
            (facts["small_files"] == SMALL_FILES) * LONGEST_S / max(facts["small_file_s"], 0.001), 1.0,
        ),
    ]  # fmt: skip
    if options.json:
        print(json.dumps({**facts, "what": what, "limits": verdicts}, indent=2))
        return
    console = Console(highlight=False, width=120)
    rows = [
        [name, f"{value:.2f}" if isinstance(value, float) else str(value)] for name, value in facts.items()
    ]
    console.print(table("a full house", ("what", "figure"), rows))
    for line in what[:20]:
        console.print(line, markup=False)
    print_verdicts(console, verdicts)


if __name__ == "__main__":
    main()
