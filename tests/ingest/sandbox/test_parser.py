from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.errors import DocumentRefused
from chatbot.text.hidden import HiddenText
from fakes.opened_files import parsed, parsed_ahead
from ingest.parsing.document import Block, ParsedDocument
from ingest.parsing.limits import MAX_DOCUMENT, MAX_HIDDEN, MAX_HIDDEN_PIECES, MAX_PAGES, MAX_TEXT
from ingest.parsing.parse import parse
from ingest.sandbox import parser_worker
from ingest.sandbox.ahead import one_ahead
from ingest.sandbox.parser import ParserProcess
from ingest.sandbox.process import worker_environment
from ingest.sandbox.wire import MAX_BODY, WireError, fault, pack_document, receive, send, unpack_document
from paths import ROOT

limited = pytest.mark.skipif(sys.platform != "linux", reason="the memory limit is only enforced on Linux")


@pytest.fixture(scope="module")
def process() -> Iterator[ParserProcess]:
    with ParserProcess() as running:
        yield running


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "note.md"
    path.write_text("# 제목\n\n본문 text 😀\n", encoding="utf-8")
    return path


def memory_bomb(path: Path) -> Path:
    """47 KB that the size check lets pass (48 MB of XML) and that become 12 million nodes of a tree."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<d><body>" + b"<p/>" * 12_000_000 + b"</body></d>")
    return path


def endless_sheet(path: Path) -> Path:
    """A million empty cells in the last of 16,384 columns: seconds of reading, hardly any memory, no text."""
    book = openpyxl.Workbook()
    book.active["A1"] = 1
    plain = BytesIO()
    book.save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            content = source.read(member)
            if member.filename == "xl/worksheets/sheet1.xml":
                rows = b"".join(
                    b'<row r="%d"><c r="XFD%d"/></row>' % (row, row) for row in range(2, 1_000_000)
                )
                content = content.replace(b"</sheetData>", rows + b"</sheetData>")
            target.writestr(member, content)
    return path


def test_a_document_comes_out_of_the_subprocess_as_it_went_in(process: ParserProcess, note: Path) -> None:
    assert parsed(process, note) == parse(note)
    assert parsed(process, note, "note.txt").format == "text"


def test_a_refusal_keeps_its_reason(process: ParserProcess, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7 cut off")
    with pytest.raises(DocumentRefused, match="damaged or cut off"):
        parsed(process, tmp_path / "a.pdf")


@limited
def test_a_memory_bomb_is_refused_and_the_next_file_is_parsed(tmp_path: Path, note: Path) -> None:
    bomb = memory_bomb(tmp_path / "bomb.docx")
    with ParserProcess(memory=512 * 2**20) as process:
        results = dict(parsed_ahead(process, [bomb, note, bomb, note]))
        assert isinstance(results[note], ParsedDocument)
        assert isinstance(results[bomb], DocumentRefused)
        assert "0.5 GB of memory" in str(results[bomb])


def test_a_file_that_takes_too_long_is_refused_and_the_next_one_is_parsed(tmp_path: Path, note: Path) -> None:
    sheet = endless_sheet(tmp_path / "endless.xlsx")
    with ParserProcess(seconds=1) as process:
        with pytest.raises(DocumentRefused, match="longer than 1 s"):
            parsed(process, sheet)
        assert parsed(process, note).title == "제목"


def test_an_abandoned_run_does_not_wait_for_the_file_at_hand(tmp_path: Path, note: Path) -> None:
    sheet = endless_sheet(tmp_path / "endless.xlsx")
    with ParserProcess(seconds=3600) as process:  # waiting for the sheet would outlast any patience
        results = parsed_ahead(process, [note, sheet, note])
        assert next(results)[0] == note
        results.close()
        assert parsed(process, note).title == "제목"


@pytest.mark.skipif(not hasattr(os, "waitid"), reason="no waitid on this system")
def test_a_subprocess_killed_between_two_files_is_replaced_and_no_file_is_blamed(note: Path) -> None:
    with ParserProcess() as process:
        parsed(process, note)
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert parsed(process, note).title == "제목"


def test_parse_many_keeps_the_order_reads_ahead_a_little_and_stops_with_its_caller(
    process: ParserProcess, tmp_path: Path, note: Path
) -> None:
    asked: list[int] = []

    def items() -> Iterator[Path | tuple[Path, str | None]]:
        for number in range(50):
            asked.append(number)
            yield (note, "renamed.txt") if number % 2 else tmp_path / "missing.md"

    results = parsed_ahead(process, items())
    first, second = next(results), next(results)
    assert isinstance(first[1], DocumentRefused)
    assert isinstance(second[1], ParsedDocument)
    assert second[1].format == "text"
    # two taken, one on its way
    assert len(asked) <= 3
    results.close()
    assert len(asked) <= 3
    assert parsed(process, note).format == "markdown"


def test_an_error_of_the_caller_s_list_reaches_the_caller(process: ParserProcess, note: Path) -> None:
    def items() -> Iterator[Path]:
        yield note
        raise OSError("the folder went away")

    results = parsed_ahead(process, items())
    next(results)
    with pytest.raises(OSError, match="went away"):
        next(results)


def test_a_bug_in_a_parser_does_not_end_the_worker(monkeypatch: pytest.MonkeyPatch, note: Path) -> None:
    def broken(*_: object) -> ParsedDocument:
        raise ZeroDivisionError

    monkeypatch.setattr(parser_worker, "parse", broken)
    assert "ZeroDivisionError" in parser_worker.answer({"name": "note.md"}, note)[0]["crashed"]


def test_the_worker_gets_no_secret_and_loads_no_model_and_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    assert "sk-secret" not in worker_environment().values()
    code = "import sys, ingest.sandbox.parser_worker; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert not {"torch", "llama_index", "streamlit", "transformers", "numpy", "pypdfium2"} & set(
        loaded.split()
    )


def test_messages_survive_the_wire_and_a_cut_or_false_one_is_noticed() -> None:
    stream = BytesIO()
    send(stream, {"text": "가😀", "n": 1}, b"body")
    data = stream.getvalue()
    assert receive(BytesIO(data), 4) == ({"text": "가😀", "n": 1}, b"body")
    assert receive(BytesIO(data[:-1]), 4) is None
    assert receive(BytesIO(data[:-5]), 4) is None
    assert receive(BytesIO(b"")) is None
    with pytest.raises(WireError):
        receive(BytesIO(data), 3)
    none = bytes(4)
    for false in (b"\xff\xff\xff\xff" + none, none + b"\xff\xff\xff\xff", b"\0\0\0\1" + none + b"x",
                  b"\0\0\0\2" + none + b"[]", b"\0\1\0\0" + none + b"[" * 2**16):  # fmt: skip
        with pytest.raises(WireError):
            receive(BytesIO(false))


def sent(document: ParsedDocument, **changes: object) -> BytesIO:
    """What the parser process writes, with some of it changed."""
    stream = BytesIO()
    message, body = pack_document(document)
    send(stream, message | changes, body)
    stream.seek(0)
    return stream


def received(stream: BytesIO) -> ParsedDocument:
    answer = receive(stream, MAX_BODY)
    assert answer is not None
    return unpack_document(*answer)


@pytest.mark.parametrize("text", ["abcd", "café", "가나다라", "a가😀\n", "é" * 300_000, "가😀" * 200_000])
def test_a_text_of_any_characters_crosses_the_wire(text: str) -> None:
    hidden = (HiddenText(1, "숨은 말", "colour"), HiddenText(len(text), "x", "marked"))
    document = ParsedDocument(
        text, (Block("paragraph", 0, len(text.rstrip())),), title="제목 😀", hidden=hidden, hidden_words=3
    )
    assert received(sent(document)) == document


@pytest.mark.parametrize(
    "changes",
    [
        {"blocks": 0},
        {"blocks": 2},
        {"blocks": -1},
        {"blocks": MAX_DOCUMENT // 100},
        {"blocks": "x"},
        {"blocks": float("inf")},
        {"pages": 7},
        {"pages": [[1, 0, 4, ""]] * (MAX_PAGES + 1)},
        {"pages": [[2**63, 0, 4, ""]]},
        {"pages": [[1, 3, 3, ""]]},
        {"pages": [[1, 0, 4, "x" * 1_000]]},
        {"pages": [[1, 0]]},
        {"title": "x" * 100_000},
        {"title": "\0"},
        {"hidden": [[5, "x", "colour"]]},
        {"hidden": [[0, "x", "magic"]]},
        {"hidden": [[0, "\0", "colour"]]},
        {"hidden": [[0, "x", "colour"]] * (MAX_HIDDEN_PIECES + 1)},
        {"hidden": [[0, "x" * (MAX_HIDDEN + 1), "colour"]]},
        {"hidden": 7},
        {"hidden_words": -1},
    ],
)
def test_a_false_announcement_is_not_believed(changes: dict[str, object]) -> None:
    with pytest.raises(WireError):
        received(sent(ParsedDocument("abcd", (Block("paragraph", 0, 4),)), **changes))


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("abcd", (Block("paragraph", 0, 99),)),
        ("abcd", (Block("paragraph", 2, 4), Block("paragraph", 0, 2))),
        ("abcd", (Block("paragraph", 0, 4, 7),)),
        ("ab  ", (Block("paragraph", 2, 4),)),
        ("abcd", ()),
        ("a\0cd", (Block("paragraph", 0, 4),)),
        ("a" * (MAX_TEXT // 4) + "😀", (Block("paragraph", 0, 4),)),  # 5 MB that become 20 in memory
        ("ab " * 60_000, tuple(Block("paragraph", 3 * n, 3 * n + 2) for n in range(60_000)) * 3),
    ],
)
def test_an_answer_whose_marks_do_not_hold_is_not_believed(text: str, blocks: tuple[Block, ...]) -> None:
    with pytest.raises(WireError):
        received(sent(ParsedDocument(text, blocks)))


def test_an_answer_that_ends_early_or_is_no_utf_8_is_noticed() -> None:
    data = sent(ParsedDocument("가나", (Block("paragraph", 0, 2),))).getvalue()
    assert receive(BytesIO(data[:-1]), MAX_BODY) is None
    with pytest.raises(WireError):
        received(BytesIO(data[:-1] + b"a"))


@given(st.binary(max_size=200), st.integers(0, 20))
def test_whatever_bytes_a_worker_sends_end_in_one_error(body: bytes, blocks: int) -> None:
    stream = BytesIO()
    message, _ = pack_document(ParsedDocument("abcd", (Block("paragraph", 0, 4),)))
    send(stream, message | {"blocks": blocks}, body)
    for data in (stream.getvalue(), body):
        try:
            answer = receive(BytesIO(data), MAX_BODY)
            if answer is not None:
                document = unpack_document(*answer)
                assert fault(document) == ""
        except WireError:
            pass


@limited
def test_the_process_says_which_protections_hold_and_this_one_keeps_its_own_freedom(note: Path) -> None:
    with ParserProcess() as process:
        assert {"memory", "processor time", "files"} <= set(process.protections())
        parsed(process, note)
    with socket.socket() as free:
        assert free.fileno() >= 0
    note.write_text("changed")


@pytest.mark.slow
@limited
def test_two_largest_documents_one_after_the_other_grow_the_program_by_less_than_70_mb(
    watched_parse: Callable[..., Any], tmp_path: Path
) -> None:
    ascii_, mixed = tmp_path / "a.txt", tmp_path / "b.md"
    ascii_.write_text("word " * (MAX_TEXT // 5 + 1_000))
    mixed.write_text("글자 " * 2_300_000, encoding="utf-8")
    watched = watched_parse([ascii_, mixed, ascii_, mixed])
    sizes = [outcome.chars for outcome in watched.outcomes.values()]
    assert sizes[0] > 19_900_000
    assert sizes[1] > 6_800_000
    assert watched.grown <= 70 * 10**6


def test_a_name_that_is_not_utf_8_reaches_the_parser(process: ParserProcess, tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))
    try:
        path.write_text("words")
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    assert parsed(process, path).text == "words"


def test_what_begins_just_as_the_caller_goes_away_is_abandoned_too() -> None:
    begun, ends = threading.Event(), threading.Semaphore(0)

    def read(item: int) -> int:
        if item == 2:
            begun.set()
            for _ in range(2):  # the first attempt came a moment too early
                assert ends.acquire(timeout=30)
        return item

    results = one_ahead(map(read, [1, 2, 3]), ends.release)
    assert next(results) == 1
    assert begun.wait(30)
    results.close()
    assert not any(thread.name.startswith("parser-reader") for thread in threading.enumerate())


@pytest.mark.slow
@limited
def test_a_large_program_does_not_make_its_parser_seem_large(note: Path) -> None:
    """A child begins with its parent's peak in ``getrusage``; it was then replaced after every file."""
    script = """
import sys
from pathlib import Path
from ingest.sandbox.opened import OpenedFile
from ingest.sandbox.parser import ParserProcess
models = bytearray(700 * 2**20)
for at in range(0, len(models), 4096):
    models[at] = 1
with ParserProcess() as process, OpenedFile(Path(sys.argv[1])) as file:
    process.parse(file)
    first = process.pid
    process.parse(file)
    print(first is not None and first == process.pid)
"""
    done = subprocess.run([sys.executable, "-c", script, str(note)], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "True", done.stderr
