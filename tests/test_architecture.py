"""The shape of the house: imports go one way, and what is not needed is not loaded."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from paths import ROOT

# package -> the project's packages it may import
ALLOWED = {
    "chatbot/store": {"chatbot.store", "chatbot.errors", "chatbot.text.invisible", "chatbot.models.folders"},
    "chatbot/models": {"chatbot.models.folders", "chatbot.errors"},
    "chatbot/rendering": {"chatbot.rendering", "chatbot.text.invisible"},
    "chatbot": {"chatbot"},
    "ingest/parsing": {"ingest.parsing.parse", "chatbot.errors"},
    "ingest": {"ingest", "chatbot"},
    "evaluation": {"evaluation", "ingest", "chatbot"},
}
FACADES = ("chatbot/cli", "chatbot/ui")  # they show ingest's reports, as streamlit_app.py does


def _imports(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
    return {
        name for name in found if name.split(".")[0] in ("chatbot", "ingest", "evaluation", "streamlit_app")
    }


def _package_of(file: Path) -> str:
    path = file.relative_to(ROOT).as_posix()
    return max((package for package in ALLOWED if path.startswith(f"{package}/")), key=len)


@pytest.mark.parametrize("package", ["chatbot", "ingest", "evaluation"])
def test_imports_go_one_way(package: str) -> None:
    wrong = []
    for file in (ROOT / package).rglob("*.py"):
        if file.relative_to(ROOT).as_posix().startswith(FACADES):
            continue
        allowed = ALLOWED[_package_of(file)]
        wrong += [
            f"{file.relative_to(ROOT)} imports {name}"
            for name in _imports(file)
            if not any(name == a or name.startswith(f"{a}.") for a in allowed)
        ]
    assert wrong == []


def test_nothing_but_the_page_and_the_command_line_knows_them() -> None:
    wrong = [
        f"{file.relative_to(ROOT)} imports {name}"
        for file in (ROOT / "chatbot").rglob("*.py")
        if not file.relative_to(ROOT).as_posix().startswith((*FACADES, "chatbot/__main__"))
        for name in _imports(file)
        if name.startswith(("chatbot.ui", "chatbot.cli"))
    ]
    assert wrong == []


def _modules_after(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_library_does_not_load_streamlit() -> None:
    assert "streamlit" not in _modules_after("from chatbot import load_chatbot")


def test_the_command_line_starts_without_torch_or_llama_index() -> None:
    loaded = _modules_after("import chatbot.cli")
    assert not loaded & {
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
