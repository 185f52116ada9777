"""The default beside an earlier version of itself: what SQLite costs since there is a second engine.

    git worktree add ../earlier 1098422           # the last commit before the store had a seam
    python -m benchmarks.storage.earlier ../earlier [--rounds 8]

The samples and 300 small files are indexed, indexed again unchanged and changed, 20 questions are asked, and 40 conversations
of three exchanges are made, kept and listed. Each version runs in its own fresh process, in turn; the figures are medians of
processor seconds (with the parser's process) and of seconds. The limit is 5 % more processor time. Models are loaded before.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

LIMIT = 1.05
HERE = Path(__file__).resolve().parents[2]
QUESTIONS = (
    "How many days of leave are there?", "연차는 며칠인가요?", "What does the second look do?",
    "Who has the key of room 49?",
)  # fmt: skip
_FILES, _CONVERSATIONS = 300, 40


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("earlier", type=Path, help="a work tree of the earlier version")
    parser.add_argument("--rounds", type=int, default=8)
    given = parser.parse_args()
    trees = {"earlier": given.earlier.resolve(), "now": HERE}
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in trees}
    for number in range(given.rounds):
        for name in sorted(trees, reverse=bool(number % 2)):
            found[name].append(_measured(trees[name]))
    print(f"{'':24}{'earlier':>10}{'now':>10}{'ratio':>8}{'seconds':>12}{'now':>10}")
    for what in found["now"][0]:
        cpu, wall = (
            [median(each[what][kind] for each in found[name]) for name in trees] for kind in ("cpu", "wall")
        )
        verdict = "" if cpu[1] <= LIMIT * cpu[0] else "  MISSED"
        print(
            f"{what:24}{cpu[0]:10.4f}{cpu[1]:10.4f}{cpu[1] / cpu[0]:8.3f}{wall[0]:12.4f}{wall[1]:10.4f}{verdict}"
        )


def _measured(tree: Path) -> dict[str, Any]:
    """What ``_figures`` finds with the packages of ``tree``."""
    done = subprocess.run(
        [sys.executable, "-P", __file__, "--one"], cwd=tree, env={**os.environ, "PYTHONPATH": str(tree)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{tree}: {done.stderr[-2000:]}")
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _figures() -> dict[str, dict[str, float]]:
    """By what both versions have, called in the same way."""
    from chatbot.config import Config
    from chatbot.conversations import AskedWith, Conversations
    from chatbot.conversations.record import record_of
    from chatbot.engine import load_chatbot
    from chatbot.retrieval.embeddings import build_embedding
    from ingest.pipeline import run

    found: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        root, config = Path(folder), Config(store=Path(folder) / "index")
        files, model = _written(root / "files"), build_embedding(config)
        run(Config(store=root / "warm"), [Path("data")], embedding=model)
        with _timed(found, "the samples"):
            run(config, [Path("data")], embedding=model)
        for what in (f"{_FILES} files", "the same again"):
            with _timed(found, what):
                run(config, [files], embedding=model)
        for file in files.iterdir():
            file.write_text(f"{file.read_text('utf-8')}\nChanged.\n", encoding="utf-8")
        with _timed(found, "all of them changed"):
            run(config, [files], embedding=model)
        bot = load_chatbot(config)
        answers = [bot.ask(question) for question in QUESTIONS]
        with _timed(found, "20 questions"):
            for question in QUESTIONS * 5:
                bot.ask(question)
        assert answers[0].text  # written to its end
        record = record_of(answers[0], AskedWith("extractive", "", 20, 5, True, (), 0.0))
        assert record is not None
        kept = Conversations.open(root / "kept")
        _each(found, kept, record)
    return found


def _each(found: dict[str, dict[str, float]], kept: Any, record: Any) -> None:
    """Conversations: medians of single calls."""
    calls: dict[str, list[dict[str, dict[str, float]]]] = {}

    def call(what: str, action: Callable[[], Any]) -> Any:
        one: dict[str, dict[str, float]] = {}
        with _timed(one, what):
            result = action()
        calls.setdefault(what, []).append(one)
        return result

    for _ in range(_CONVERSATIONS):
        number, after = call("a conversation", kept.create), None
        for _ in range(3):
            after = call("an exchange", partial(kept.add, number, record, after=after)).position
        call("the list", kept.list)
    for what, ones in calls.items():
        found[what] = {kind: median(one[what][kind] for one in ones) for kind in ("cpu", "wall")}


def _written(folder: Path) -> Path:
    folder.mkdir()
    for number in range(_FILES):
        text = f"# Note {number}\n\nRoom {number * 7} is used by team {number % 13}. Ask {number * 31} for the key.\n"
        (folder / f"note{number:03}.md").write_text(text, encoding="utf-8")
    return folder


@contextmanager
def _timed(found: dict[str, dict[str, float]], what: str) -> Iterator[None]:
    wall, cpu = time.perf_counter(), _cpu()
    yield
    found[what] = {"wall": time.perf_counter() - wall, "cpu": _cpu() - cpu}


def _cpu() -> float:
    """Of this process, and of those that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


if __name__ == "__main__":
    if sys.argv[1:] == ["--one"]:
        print(json.dumps(_figures()))
    else:
        main()
