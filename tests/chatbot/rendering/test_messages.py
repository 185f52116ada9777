"""Every phrase of the program that can reach the page is there in Korean, with nothing lost on the way."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from chatbot import errors
from chatbot.errors import ChatbotError, Phrase
from chatbot.rendering.words.messages import MESSAGES, NOT_TAKEN, in_language
from paths import ROOT

BLANK = re.compile(r"\{(\w+)\}")
RAISED = {
    name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, ChatbotError)
}
# where messages stay on the command line, or with other people's code
ELSEWHERE = (
    "chatbot/cli/",
    "chatbot/mcp_server/",
    "chatbot/store/archives/backup.py",
    "chatbot/store/archives/exporting.py",
    "chatbot/store/postgres/check.py",
    "chatbot/store/postgres/citus.py",
    "chatbot/store/sqlite/check.py",
    "chatbot/store/vector_store.py",
    "ingest/executors/",
)


@cache
def modules() -> list[tuple[str, list[ast.AST]]]:
    """Each file with all the nodes of its tree."""
    files = [file for package in ("chatbot", "ingest") for file in sorted((ROOT / package).rglob("*.py"))]
    paths = [file.relative_to(ROOT).as_posix() for file in files]
    return [
        (path, list(ast.walk(ast.parse(file.read_text("utf-8")))))
        for path, file in zip(paths, files, strict=True)
        if not path.startswith((*ELSEWHERE, "chatbot/rendering/words/"))
    ]


def constants(node: ast.AST) -> list[str]:
    """The strings that an argument may be: itself, or either side of ``a if b else c`` and ``a or b``."""
    parts = [node]
    if isinstance(node, ast.IfExp):
        parts = [node.body, node.orelse]
    elif isinstance(node, ast.BoolOp):
        parts = list(node.values)
    return [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]


def given() -> Iterator[tuple[str, str, set[str]]]:
    """(place, template, names of its values) of every phrase and error that is made from a constant."""
    for path, nodes in modules():
        for call in (node for node in nodes if isinstance(node, ast.Call) and node.args):
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            if name == "Phrase" or name in RAISED:
                for template in constants(call.args[0]):
                    yield f"{path}:{call.lineno}", template, {str(word.arg) for word in call.keywords}


def test_every_message_is_there_in_korean_and_its_blanks_are_filled() -> None:
    found = list(given())
    assert len(found) > 120
    assert [f"{place}: {template}" for place, template, _ in found if template not in MESSAGES] == []
    assert [place for place, template, names in found if set(BLANK.findall(template)) != names] == []


def test_no_sentence_is_put_together_where_it_is_raised() -> None:
    """An f-string would be a sentence that the page does not know."""
    put_together = [
        f"{path}:{call.lineno}"
        for path, nodes in modules()
        for call in nodes
        if isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.JoinedStr)
        if getattr(call.func, "attr", getattr(call.func, "id", "")) in RAISED
    ]
    assert put_together == []


def test_every_translation_is_of_a_message_that_the_program_has() -> None:
    written = {
        node.value
        for _, nodes in modules()
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    by_pydantic = {template for template in MESSAGES if template.startswith("{key}: ")}
    assert set(MESSAGES) - written - by_pydantic - set(NOT_TAKEN) == set()  # the page's own words


def test_both_languages_have_the_same_blanks() -> None:
    for template, words in MESSAGES.items():
        korean, english = (words, template) if isinstance(words, str) else words
        assert set(BLANK.findall(template)) == set(BLANK.findall(korean)) == set(BLANK.findall(english)), (
            template
        )
        assert re.search("[가-힣]", korean) or template == "{origin}: {problems}", template


def test_no_particle_hangs_on_a_blank() -> None:
    """은 or 는, 이 or 가: that depends on the sound of what is put in."""
    hanging = re.compile(r"\}(은|는|이|가|을|를|와|과|로|으로|라|이라)(?![가-힣(])")
    korean = [words if isinstance(words, str) else words[0] for words in MESSAGES.values()]
    assert [text for text in korean if hanging.search(text)] == []


def _is_message(node: ast.AST) -> bool:
    return getattr(node, "attr", "") == "reason" or ast.unparse(node) == "str(error)"


def test_no_message_reaches_the_page_in_another_way() -> None:
    """Whatever the page makes HTML of, or puts into its own words: ``str(error)`` and ``.reason`` by ``say.error``."""
    past = []
    for file in sorted((ROOT / "chatbot" / "ui").rglob("*.py")):
        calls = [node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Call)]
        keys = {id(call.args[0]) for call in calls if getattr(call.func, "id", "") == "say" and call.args}
        for call in calls:
            if getattr(call.func, "id", "") not in {"as_html", "notice", "notice_html", "say"}:
                continue
            shown = [*call.args, *(word.value for word in call.keywords)]
            key_parts = {id(part) for node in ast.walk(call) if id(node) in keys for part in ast.walk(node)}
            parts = [part for value in shown for part in ast.walk(value) if id(part) not in key_parts]
            if any(map(_is_message, parts)) and "say.error(" not in ast.unparse(call):
                past.append(f"{file.name}:{call.lineno}: {ast.unparse(call)}")
    assert past == []


@pytest.mark.parametrize("name", ["/a; b/{reason}/{0}", "{folder}", "%s {", "\\{error}"])
def test_names_with_semicolons_and_braces_stay_as_they_are(name: str) -> None:
    phrase = Phrase("cannot write {folder}: {error}; the index is as before", folder=name, error="full")
    assert phrase == f"cannot write {name}: full; the index is as before"
    assert in_language(phrase, "ko").startswith(f"{name} 폴더에 쓸 수 없습니다.")


def test_a_phrase_that_was_stored_is_said_in_korean(tmp_path: Path) -> None:
    inner = Phrase("its part {part} is missing", part="'a; \"b\"'")
    phrase = Phrase(
        "The file is damaged: {reason}. Open it in its own program, save it again and retry.", reason=inner
    )
    kept = Phrase.from_stored(Phrase.to_stored(phrase))
    assert kept == phrase
    assert in_language(kept, "ko") == in_language(phrase, "ko") != phrase
    assert Phrase.from_stored("an old reason in words") == "an old reason in words"
