"""Many people at the page: how long each waits for an answer, and whether anybody is shown another's.

    python -m benchmarks.speed.people [--people 32] [--rounds 3] [--json]

Each person has a session of the real server over the sample documents (``benchmarks.speed.page_client``) and asks
the samples' questions, each beginning with another one and the next as soon as there is an answer. An answer has to be
the one that the same question gets when nobody else asks. Limits: 95 % of the answers within 5 s, no error, no other
answer.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import re
import time
from dataclasses import dataclass, field

from rich.console import Console

from benchmarks.report import percentile, print_verdicts, table, verdict
from benchmarks.speed.page_client import PageClient
from benchmarks.texts import sample_questions
from scripts.screenshots import page_server

SLOWEST_S = 5.0
_TEXT = re.compile(r'<div data-part="text">(.*?)</div><div data-part="below">', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


@dataclass
class Heard:
    """What all people got."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)  # answers of another question


async def person(
    address: str, asked: list[str], alone: dict[str, str], heard: Heard, ready: asyncio.Barrier
) -> None:
    try:
        async with PageClient(address) as client:
            await ready.wait()
            for question in asked:
                seconds, html = await client.ask(question)
                heard.seconds.append(seconds)
                if words(html) != alone[question]:
                    heard.other.append(f"{question}: {words(html)[:80]}")
            heard.errors.extend(client.errors)
    except (OSError, TimeoutError) as error:
        heard.errors.append(f"{type(error).__name__}: {error}")


def words(html: str) -> str:
    """The answer as it is read, without its sources and the seconds that it took."""
    found = _TEXT.search(html)
    return " ".join(_TAG.sub(" ", found[1] if found else html).split())


async def ask_alone(address: str, questions: list[str]) -> dict[str, str]:
    """What the page answers when nobody else asks; each question in a conversation of its own."""
    found = {}
    for question in questions:
        async with PageClient(address) as client:
            found[question] = words((await client.ask(question))[1])
    return found


async def measure(address: str, questions: list[str], people: int, rounds: int) -> tuple[Heard, float]:
    alone = await ask_alone(address, questions)
    heard, ready = Heard(), asyncio.Barrier(people + 1)
    tasks = [
        asyncio.create_task(
            person(address, [questions[(number + turn) % len(questions)] for turn in range(rounds)], alone, heard, ready)
        )
        for number in range(people)
    ]  # fmt: skip
    await asyncio.wait_for(ready.wait(), 120)
    start = time.perf_counter()
    await asyncio.gather(*tasks)
    return heard, time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3, help="questions of each")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    questions = sample_questions()[: options.people]
    with page_server() as (address, _, _started):
        heard, taken = asyncio.run(measure(address, questions, options.people, options.rounds))
    waits = heard.seconds or [math.inf]  # not one answer came
    facts = {
        "people": options.people,
        "answers": len(heard.seconds),
        "answers_a_second": len(heard.seconds) / taken,
        "p50_s": percentile(waits, 0.5),
        "p95_s": percentile(waits, 0.95),
        "errors": len(heard.errors),
        "others_words": len(heard.other),
    }
    verdicts = [
        verdict(f"{SLOWEST_S:.0f} s / 95th percentile", SLOWEST_S / facts["p95_s"], 1.0),
        verdict("answers without error or another's words", 1.0 - bool(heard.errors or heard.other), 1.0),
    ]
    if options.json:
        print(json.dumps({**facts, "what": heard.errors + heard.other, "limits": verdicts}, indent=2))
        return
    console = Console(highlight=False, width=120)
    console.print(
        table(
            "people at the page",
            tuple(facts),
            [[f"{value:.2f}" if isinstance(value, float) else str(value) for value in facts.values()]],
        )
    )
    for line in (heard.errors + heard.other)[:10]:
        console.print(line, markup=False)
    print_verdicts(console, verdicts)


if __name__ == "__main__":
    main()
