"""Two people add 200 files each; five others one each, one after the other: how long until each can be found?

    python -m benchmarks.speed.fairness [--files 200] [--json]

The queue of the page (``chatbot.ui.documents.work``), the real parser and embedding model, an index of its own. Each file
is a page of text of its own words. The others come when the first ten files are in. Limit: 10 s for the slowest, with both
uploads still under way.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
import time
from pathlib import Path
from statistics import median

from rich.console import Console

from benchmarks.report import print_verdicts, table, verdict
from chatbot.config import Config
from chatbot.retrieval.embeddings import build_embedding, store_identity
from chatbot.store import open_store
from chatbot.ui.documents.work import Work
from ingest.turns.parts import upload_in_parts

LONGEST_S = 10.0
_WORDS = [
    "shelf",
    "parcel",
    "river",
    "window",
    "garden",
    "engine",
    "letter",
    "bridge",
    "market",
    "winter",
    "table",
    "music",
    "forest",
    "silver",
    "doctor",
    "island",
    "paper",
    "summer",
    "stone",
    "ladder",
    "harbour",
    "lemon",
    "copper",
    "village",
    "candle",
    "thunder",
    "meadow",
    "needle",
    "orchard",
    "pillow",
]
_BIRDS = ("heron", "plover", "avocet", "dunlin", "curlew")


def a_page(chance: random.Random) -> bytes:
    """Some 1,500 characters: three or four chunks."""
    lines = (" ".join(chance.choices(_WORDS, k=12)).capitalize() + "." for _ in range(20))
    return "\n\n".join(lines).encode()


def is_found(config: Config, word: str) -> bool:
    """Whether a search by words finds a file."""
    store = open_store(config, store_identity(config))
    try:
        with store.reading() as view:
            return bool(view.lexical([word], 1))
    finally:
        store.close()


def measure(config: Config, files: int) -> dict[str, float | int | str]:
    embedding = build_embedding(config)
    chance = random.Random(7)
    others = [
        Work(
            "upload", files, config.store,
            upload_in_parts(config, embedding, [(f"{who}/{n}.txt", a_page(chance)) for n in range(files)]), who,
            with_parser=True,
        )
        for who in ("ann", "bob")
    ]  # fmt: skip
    while sum(work.progress.files for work in others if work.progress) < 10:
        time.sleep(0.05)
    found, waits = 0, []
    for bird in _BIRDS:
        came = time.perf_counter()
        text = f"The {bird} nests behind the pumping station.".encode()
        one = Work(
            "upload", 1, config.store, upload_in_parts(config, embedding, [(f"{bird}.txt", text)]), bird,
            with_parser=True,
        )  # fmt: skip
        one.outcome()
        found += is_found(config, bird)
        waits.append(time.perf_counter() - came)
    left = [files - work.progress.files for work in others if work.progress]
    for work in others:  # how long they take is of no account here
        work.stop()
    for work in others:
        work.outcome()
    return {
        "files": 2 * files,
        "found": found,
        "median_s": median(waits),
        "slowest_s": max(waits),
        "others_left": min(left),
        "load": os.getloadavg()[0],
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=200, help="of each of the two")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        facts = measure(Config().with_(store=Path(folder) / "store"), options.files)
    verdicts = [
        verdict(f"{LONGEST_S:.0f} s / until it is found", LONGEST_S / float(facts["slowest_s"]), 1.0),
        verdict(
            "all found, both uploads under way",
            float(facts["found"] == len(_BIRDS) and facts["others_left"]),
            1.0,
        ),
    ]
    if options.json:
        print(json.dumps({**facts, "limits": verdicts}, indent=2))
        return
    console = Console(highlight=False, width=120)
    row = [f"{value:.1f}" if isinstance(value, float) else str(value) for value in facts.values()]
    console.print(table("one file among many", tuple(facts), [row]))
    print_verdicts(console, verdicts)


if __name__ == "__main__":
    main()
