"""What the documentation tells people to type exists: commands with these options, make targets, modules, files."""

from __future__ import annotations

import importlib.util
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

import chatbot.cli  # noqa: F401 - registers the commands
from chatbot.cli.shared import app
from paths import ROOT

PAGES = [ROOT / name for name in ("README.md", "SECURITY.md", "CHANGELOG.md")] + sorted(
    ROOT.glob("docs/*.md")
)
_BLOCK = re.compile(r"(?ms)^ *```(\w*)\n(.*?)^ *```")
_INLINE = re.compile(r"`([^`\n]+)`")
_SHELL = {"sh", "bash", "console", ""}
# at the start of a command, also behind settings of the environment
_BINARY = re.compile(r"(?:^|&& |[;|] )(?:[A-Z_]+=\S+ )*(?:\S*/bin/)?secondlook (?=[a-z-])")
_GLOBAL = {"--help", "-h", "--version"}
_ELSEWHERE = {
    "deploy/secrets.toml",
    "chatbot/models/pair_model.py",
}  # a person's own; in the history, as the page says


def _commands(text: str) -> Iterator[str]:
    """Every command line of a page: in blocks of a shell, where a line may go on in the next one, and in the text."""
    for language, block in _BLOCK.findall(text):
        if language in _SHELL:
            yield from (line.strip().removeprefix("$ ") for line in block.replace("\\\n", " ").splitlines())
    yield from _INLINE.findall(re.sub(r"(?<=\S)\n(?=\S)", " ", _BLOCK.sub("", text)))


def _words(line: str) -> list[str]:
    """Up to a comment, a pipe or the next command."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|;&")
    lexer.whitespace_split = True
    lexer.commenters = "#"
    words: list[str] = []
    try:
        for word in lexer:
            if set(word) <= set("|;&"):
                break
            words.append(word)
    except ValueError:  # an apostrophe of a sentence
        pass
    return words


def _problem(words: list[str]) -> str:
    """What of ``secondlook WORDS`` does not exist; empty if all of it does."""
    command: Any = typer.main.get_command(app)
    called = "secondlook"
    rest = list(words)
    while rest and hasattr(command, "commands") and re.fullmatch(r"[a-z][a-z-]*", rest[0]):
        if rest[0] not in command.commands:
            return "" if _takes_arguments(command) else f"{called} has no command {rest[0]}"
        command = command.commands[rest[0]]
        called += f" {rest.pop(0)}"
    known = _GLOBAL | {name for p in command.params for name in (*p.opts, *p.secondary_opts)}
    given = [word.partition("=")[0] for word in rest if re.match(r"--?[a-z]", word)]
    unknown = [name for name in given if name not in known]
    return f"{called} has no {', '.join(unknown)}" if unknown else ""


def _takes_arguments(command: Any) -> bool:
    return any(p.param_type_name == "argument" for p in command.params)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_that_a_page_names_exist_with_their_options(page: Path) -> None:
    problems = []
    for line in _commands(page.read_text("utf-8")):
        for start in _BINARY.finditer(line):
            if problem := _problem(_words(line[start.end() :])):
                problems.append(f"{problem}: {line}")
    assert problems == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_make_targets_modules_and_files_that_a_page_names_exist(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"(?m)^([a-z][a-z-]*):", makefile))
    problems = []
    for line in _commands(page.read_text("utf-8")):
        named = re.match(r"(?:.*&& )?make (?:-C \S+ )?([a-z][a-z-]*)", line)
        if named and named[1] not in targets:
            problems.append(f"no target: {line}")
        module = re.search(r"python -m ((?:benchmarks|chatbot|ingest|evaluation|scripts)[\w.]*)", line)
        if module and importlib.util.find_spec(module[1]) is None:
            problems.append(f"no module: {line}")
        file = re.fullmatch(
            r"((?:chatbot|ingest|evaluation|benchmarks|tests|scripts|deploy|docs|data)/[\w./-]*[\w/])(?:::\w+)?",
            line,
        )
        if file and file[1] not in _ELSEWHERE and not (ROOT / file[1]).exists():
            problems.append(f"no file: {line}")
    assert problems == []
