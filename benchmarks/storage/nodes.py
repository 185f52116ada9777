"""Ingest on three Ray nodes of which one is removed, while workers are killed: is it what one process makes of the files?

    SECONDLOOK_DSN=... python -m benchmarks.storage.nodes --data FOLDER [--kills 24] [--config FILE] [--local FOLDER] [--keep]

one process: secondlook ingest            -> an index in a folder (``--local``: one that is there already)
three nodes: secondlook ingest --executor ray, kills, one node removed  -> an index in the database, and removed again

Half of the killed workers are at a lot of which nothing is committed since the last look, half have just committed a
document of theirs. Both indexes are compared, document by document. Ray rewrites loopback addresses to those of the machine,
and whoever reaches it runs programs: everything runs in a network (and among processes) of its own, in which there is
loopback alone.
The database must be reached by a Unix socket.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.report import OFFLINE
from benchmarks.storage.compared import compare
from chatbot.config import Config, load_config
from chatbot.errors import StoreMissing
from chatbot.retrieval.embeddings import store_identity
from chatbot.store import Store, open_store
from chatbot.store.engines import discard

_INSIDE = "SECONDLOOK_NODES_INSIDE"
_SCHEMA = "secondlook_nodes"
_OUTCOMES = ("indexed", "partial", "refused", "unchanged", "removed", "renamed")
_OBJECTS = 200 * 2**20
_MEMORY = 4 * 2**30
_LOOK_S = 0.2
_AT_WORK = b"ray::Worker.carry_out"
# no token: nobody else is in this network, and one would be written into the home folder
_QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_memory_monitor_refresh_ms": "0", "RAY_AUTH_MODE": "disabled"}


class Killer(threading.Thread):
    """Kills workers at their work, and removes a node when a third of the documents is there.

    Args:
        files: how many documents there will be, so that the kills are spread over them.
    """

    def __init__(self, config: Config, files: int, kills: int, remove_node: Any) -> None:
        super().__init__(daemon=True)
        self._config, self._files, self._kills, self._remove_node = config, files, kills, remove_node
        self._over = threading.Event()
        self._dice = random.Random(17)
        self._store: Store | None = None
        self.before_a_commit = self.after_a_commit = self.nodes_removed = 0

    def run(self) -> None:
        documents = 0
        while not self._over.wait(_LOOK_S):
            with suppress(StoreMissing):
                self._store = self._store or open_store(self._config, store_identity(self._config))
            if self._store is None:
                continue
            with self._store.reading() as view:
                now = len(view.document_names())
            grown, documents = now > documents, now
            killed = self.before_a_commit + self.after_a_commit
            if not self.nodes_removed and documents >= self._files // 3:
                self._remove_node()
                self.nodes_removed = 1
            elif killed < self._kills and documents >= self._files * killed // (self._kills + 1):
                wants_commit = bool(killed % 2)
                if wants_commit == grown and self._kill_one():
                    self.after_a_commit += wants_commit
                    self.before_a_commit += not wants_commit

    def end(self) -> None:
        self._over.set()
        self.join()
        if self._store is not None:
            self._store.close()

    def _kill_one(self) -> bool:
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if (entry / "cmdline").read_bytes().startswith(_AT_WORK):
                    found.append(int(entry.name))
        if not found:
            return False
        with suppress(ProcessLookupError):
            os.kill(self._dice.choice(sorted(found)), signal.SIGKILL)
            return True
        return False


def on_three_nodes(data: Path, settings: Path, files: int, kills: int) -> dict[str, Any]:
    """The report of the run, and what was done to it."""
    from ray.cluster_utils import Cluster

    room = {"num_cpus": 1, "object_store_memory": _OBJECTS, "memory": _MEMORY, "node_ip_address": "127.0.0.1"}
    cluster = Cluster(initialize_head=True, head_node_args={**room, "include_dashboard": False})
    nodes = [cluster.add_node(**room) for _ in range(2)]
    killer = Killer(
        load_config(settings), files, kills, lambda: cluster.remove_node(nodes[0], allow_graceful=False)
    )
    began = time.perf_counter()
    killer.start()
    try:
        report = _ingest(data, settings, "--executor", "ray", RAY_ADDRESS=cluster.address)
    finally:
        killer.end()
        cluster.shutdown()
    return {
        "report": report, "seconds": round(time.perf_counter() - began, 1), "nodes_removed": killer.nodes_removed,
        "killed_before_a_commit": killer.before_a_commit, "killed_after_a_commit": killer.after_a_commit,
    }  # fmt: skip


def measured(
    data: Path, kills: int, given: Path | None, local: Path | None, work: Path, keep: bool
) -> dict[str, Any]:
    one, nodes = (_settings(given, work, backend, local) for backend in ("sqlite", "postgres"))
    here, there = load_config(one), load_config(nodes)
    alone = _ingest(data, one) if local is None else None
    files = sum(file.is_file() for file in data.rglob("*"))
    discard(there)
    try:
        result = on_three_nodes(data, nodes, files, kills)
        print(json.dumps(result, ensure_ascii=False), file=sys.stderr)  # comparing may yet go wrong
        compared = asdict(compare(here, there))
        with closing(open_store(there, store_identity(there))) as store:
            faults = store.faults()
    finally:
        if not keep:
            discard(there)
    report = result.pop("report")
    return {
        **result, **compared, "faults": faults, "notes": report["notes"],
        "outcomes": {name: len(report[name]) for name in _OUTCOMES},
        "one_process_seconds": alone and alone["seconds"],
        "reports_are_equal": alone and all(alone[name] == report[name] for name in _OUTCOMES),
    }  # fmt: skip


def _ingest(data: Path, settings: Path, *more: str, **environment: str) -> dict[str, Any]:
    command = [
        sys.executable,
        "-m",
        "chatbot",
        "ingest",
        str(data),
        "--json",
        "--config",
        str(settings),
        *more,
    ]
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True)
    if done.returncode or not done.stdout.startswith("{"):
        sys.exit(
            f"{' '.join(command)} failed ({done.returncode}):\n{done.stdout[:2000]}\n{done.stderr[-3000:]}"
        )
    return dict(json.loads(done.stdout))


def _settings(given: Path | None, work: Path, backend: str, local: Path | None) -> Path:
    """``given``, with an index of this program's own under ``[store]``."""
    folder = local if local is not None and backend == "sqlite" else work / backend
    store = {"backend": backend, "path": str(folder), "schema": _SCHEMA}
    lines = ["[store]", *(f"{key} = {json.dumps(value)}" for key, value in store.items())]
    file = work / f"{backend}.toml"
    file.write_text("\n".join([*lines, given.read_text("utf-8") if given else ""]), "utf-8")
    return file


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--kills", type=int, default=24)
    parser.add_argument("--config", type=Path)
    parser.add_argument("--local", type=Path, help="an index of the same files, made by one process")
    parser.add_argument("--keep", action="store_true", help="leave the index in the database")
    arguments = parser.parse_args()
    if os.environ.get(_INSIDE) != "yes":
        _in_a_network_of_its_own()
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with tempfile.TemporaryDirectory(prefix="nodes-") as work:
        result = measured(
            arguments.data.resolve(),
            arguments.kills,
            arguments.config,
            arguments.local,
            Path(work),
            arguments.keep,
        )
    print(json.dumps(result, ensure_ascii=False, indent=1))


def _in_a_network_of_its_own() -> None:
    """This process becomes the same command in there; whatever it leaves running ends with it."""
    root = [] if os.geteuid() == 0 else ["--map-root-user"]
    command = [
        "unshare", *root, "--net", "--pid", "--fork", "--kill-child", "--mount-proc",
        sys.executable, "-W", "ignore", "-m", "benchmarks.storage.nodes", *sys.argv[1:],
    ]  # fmt: skip
    os.execvpe(command[0], command, os.environ | OFFLINE | _QUIET | {_INSIDE: "yes"})


if __name__ == "__main__":
    main()
