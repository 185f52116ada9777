"""The shape of the house: imports go one way, rooms stay small, and what is not needed is not loaded."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from paths import ROOT

MOST_SIBLINGS = 16  # modules and folders in one folder, without __init__ and __main__
MOST_ROOMS = 21  # in chatbot/ and chatbot/ui/, whose entries are rooms and not modules of one thing

# folder, or file beside the folders -> what it may import besides itself, lowest first
ALLOWED = {
    "chatbot.errors": "",
    "chatbot.config": "errors",
    "chatbot.text": "",
    "chatbot.trace": "",
    "chatbot.telemetry.seat": "trace",  # what the core calls: nothing is loaded for it
    "chatbot.telemetry": "errors config limits trace store telemetry.seat",
    "chatbot.models": "errors",
    "chatbot.store": "errors config models text store.sqlite telemetry.seat",
    "chatbot.store.sqlite": "errors config models text store telemetry.seat",  # an engine: nobody else knows it
    "chatbot.retrieval": "errors config text trace models store",
    "chatbot.reranking": "errors config text trace models retrieval telemetry.seat",
    "chatbot.citations": "errors text trace models store retrieval",
    "chatbot.answering.requests": "errors text trace store",
    "chatbot.answering": "errors text trace store retrieval reranking citations answering.requests rendering",
    "chatbot.llms": "errors config text trace models citations answering telemetry.seat",
    "chatbot.engine": "errors config text trace models store retrieval reranking citations answering answering.requests llms telemetry.seat",
    "chatbot.rendering": "errors text trace citations",
    "chatbot.conversations": "errors config text trace models store retrieval citations answering engine rendering",
    "chatbot.notebooks": "errors config text models store retrieval engine",
    "chatbot.limits": "errors config store",
    "chatbot.api": "errors config limits text trace models store retrieval reranking citations answering llms engine rendering conversations notebooks ingest ingest.web telemetry.seat telemetry",
    "chatbot.ui": "api mcp_server errors config limits text trace models store citations answering llms engine rendering conversations notebooks ingest ingest.watching ingest.viewing ingest.web telemetry.seat telemetry",
    "chatbot.cli": "api mcp_server chatbot errors config text trace models store retrieval answering llms engine rendering conversations notebooks ingest ingest.watching ingest.sandbox ingest.executors ingest.web evaluation telemetry.seat telemetry",
    "chatbot": "errors config trace citations answering engine notebooks cli",  # the public names
    "chatbot.mcp_server": "api errors config limits text trace store retrieval citations answering llms engine notebooks ingest ingest.web telemetry",
    "ingest.parsing": "errors text",
    "ingest.sandbox": "errors text ingest.parsing",
    "ingest.splitting": "config text ingest.parsing",
    "ingest.viewing": "errors text trace store citations ingest.parsing ingest.sandbox",
    "ingest.watching": "errors config store ingest",
    "ingest": "errors config text store retrieval reranking ingest.parsing ingest.sandbox ingest.splitting ingest.executors telemetry.seat",
    "ingest.executors": "errors config store retrieval ingest.parsing ingest.sandbox ingest",
    "ingest.web": "errors config store ingest",
    "evaluation": "errors config text trace models store retrieval citations answering llms engine conversations chatbot ingest",
}


def _modules() -> dict[str, Path]:
    """Dotted name -> file, of everything that is shipped."""
    files = (
        file for package in ("chatbot", "ingest", "evaluation") for file in (ROOT / package).rglob("*.py")
    )
    return {
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
        for file in files
    }


MODULES = _modules()


@cache
def _imports(file: Path) -> set[str]:
    """The modules of this project that ``file`` imports, also inside functions and for type checking."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in MODULES else node.module for name in names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found & MODULES.keys()


def _room(module: str) -> str:
    return max((room for room in ALLOWED if f"{module}.".startswith(f"{room}.")), key=len)


def _full(name: str) -> str:
    return name if name in ALLOWED else f"chatbot.{name}"


@pytest.mark.parametrize("room", ALLOWED)
def test_a_room_imports_only_what_stands_below_it(room: str) -> None:
    allowed = {room, *map(_full, ALLOWED[room].split())}
    wrong = [
        f"{name} imports {imported}"
        for name, file in MODULES.items()
        if _room(name) == room
        for imported in _imports(file)
        if _room(imported) not in allowed
    ]
    assert wrong == []


def test_no_circle_of_files() -> None:
    list(TopologicalSorter({name: _imports(file) - {name} for name, file in MODULES.items()}).static_order())


@pytest.mark.parametrize("top", ["chatbot", "ingest", "evaluation", "benchmarks", "scripts"])
def test_no_folder_is_a_warehouse(top: str) -> None:
    crowded = {}
    for folder in (ROOT / top, *(ROOT / top).rglob("*/")):
        siblings = [entry for entry in folder.glob("[!_.]*") if _is_room(entry)]
        if len(siblings) > (
            MOST_ROOMS if folder in (ROOT / "chatbot", ROOT / "chatbot" / "ui") else MOST_SIBLINGS
        ):
            crowded[folder.relative_to(ROOT).as_posix()] = len(siblings)
    assert crowded == {}


def _is_room(entry: Path) -> bool:
    """A module or a folder of some; ``py.typed`` is a mark."""
    return entry.name != "py.typed" and (entry.is_file() or any(entry.rglob("*.py")))


def test_the_page_on_the_architecture_names_what_is_there_and_all_rooms() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    named = set(re.findall(r"[\w/]+\.(?:py|js|css)\b", page))
    tops = ("chatbot", "ingest", "tests", "scripts")
    files = [f"/{file.as_posix()}" for top in tops for file in (ROOT / top).rglob("*.*")]
    files += [f"/{file.name}" for file in ROOT.glob("*.py")]
    assert {name for name in named if not any(file.endswith(f"/{name}") for file in files)} == set()
    rooms = {
        f"{room.name}/"
        for top in ("chatbot", "ingest")
        for room in (ROOT / top).iterdir()
        if any(room.glob("*.py"))
    }
    assert {room for room in rooms if f"\n  {room}" not in page} == set()


def _modules_after(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_library_does_not_load_streamlit() -> None:
    assert "streamlit" not in _modules_after("from chatbot import load_chatbot")


def test_every_public_name_is_there() -> None:
    import chatbot

    assert [name for name in chatbot.__all__ if getattr(chatbot, name) is None] == []


def test_the_command_line_starts_without_torch_or_llama_index() -> None:
    loaded = _modules_after("import chatbot.cli")
    assert not loaded & {
        "opentelemetry",
        "prometheus_client",
        "torch",
        "transformers",
        "llama_index",
        "llama_index.core",
        "streamlit",
        "faiss",
        "numpy",
    }


def test_the_parser_process_loads_no_model_library() -> None:
    loaded = _modules_after("import ingest.sandbox.parser_worker")
    assert not loaded & {"torch", "transformers", "llama_index.core", "streamlit"}
