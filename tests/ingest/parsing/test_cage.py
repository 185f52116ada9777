from __future__ import annotations

import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from chatbot.errors import DocumentRefused
from ingest.parsing import parse, worker
from ingest.parsing.cage import READ_AHEAD, ParserProcess, worker_environment
from ingest.parsing.document import Block, ParsedDocument
from ingest.parsing.wire import WireError, pack_document, receive, send, unpack_document

ROOT = Path(__file__).parents[3]
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
    """Empty cells in the last of 16,384 columns: minutes of counting, hardly any memory, no text."""
    book = openpyxl.Workbook()
    book.active["A1"] = 1
    plain = BytesIO()
    book.save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            content = source.read(member)
            if member.filename == "xl/worksheets/sheet1.xml":
                rows = b"".join(b'<row r="%d"><c r="XFD%d"/></row>' % (row, row) for row in range(2, 300_000))
                content = content.replace(b"</sheetData>", rows + b"</sheetData>")
            target.writestr(member, content)
    return path


def test_a_document_comes_out_of_the_subprocess_as_it_went_in(process: ParserProcess, note: Path) -> None:
    assert process.parse(note) == parse(note)
    assert process.parse(note, "note.txt").format == "text"


def test_a_refusal_keeps_its_reason(process: ParserProcess, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7 cut off")
    with pytest.raises(DocumentRefused, match="damaged or cut off"):
        process.parse(tmp_path / "a.pdf")


@limited
def test_a_memory_bomb_is_refused_and_the_next_file_is_parsed(tmp_path: Path, note: Path) -> None:
    bomb = memory_bomb(tmp_path / "bomb.docx")
    with ParserProcess(memory=512 * 2**20) as process:
        results = dict(process.parse_many([bomb, note, bomb, note]))
        assert isinstance(results[note], ParsedDocument)
        assert isinstance(results[bomb], DocumentRefused)
        assert "0.5 GB of memory" in str(results[bomb])


def test_a_file_that_takes_too_long_is_refused_and_the_next_one_is_parsed(tmp_path: Path, note: Path) -> None:
    sheet = endless_sheet(tmp_path / "endless.xlsx")
    with ParserProcess(seconds=5) as process:
        with pytest.raises(DocumentRefused, match="longer than 5 s"):
            process.parse(sheet)
        assert process.parse(note).title == "제목"


def test_an_abandoned_run_does_not_wait_for_the_file_at_hand(tmp_path: Path, note: Path) -> None:
    sheet = endless_sheet(tmp_path / "endless.xlsx")
    with ParserProcess(seconds=3600) as process:  # waiting for the sheet would outlast any patience
        results = process.parse_many([note, sheet, note])
        assert next(results)[0] == note
        results.close()
        assert process.parse(note).title == "제목"


@pytest.mark.skipif(not hasattr(os, "waitid"), reason="no waitid on this system")
def test_a_subprocess_killed_between_two_files_is_replaced_and_no_file_is_blamed(note: Path) -> None:
    with ParserProcess() as process:
        process.parse(note)
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert process.parse(note).title == "제목"


def test_parse_many_keeps_the_order_reads_ahead_a_little_and_stops_with_its_caller(
    process: ParserProcess, tmp_path: Path, note: Path
) -> None:
    asked: list[int] = []

    def items() -> Iterator[Path | tuple[Path, str | None]]:
        for number in range(50):
            asked.append(number)
            yield (note, "renamed.txt") if number % 2 else tmp_path / "missing.md"

    results = process.parse_many(items())
    first, second = next(results), next(results)
    assert isinstance(first[1], DocumentRefused)
    assert isinstance(second[1], ParsedDocument)
    assert second[1].format == "text"
    # two taken, READ_AHEAD waiting, one on its way
    assert len(asked) <= 2 + READ_AHEAD + 1
    results.close()
    assert len(asked) <= 2 + READ_AHEAD + 1
    assert process.parse(note).format == "markdown"


def test_an_error_of_the_caller_s_list_reaches_the_caller(process: ParserProcess, note: Path) -> None:
    def items() -> Iterator[Path]:
        yield note
        raise OSError("the folder went away")

    results = process.parse_many(items())
    next(results)
    with pytest.raises(OSError, match="went away"):
        next(results)


def test_a_bug_in_a_parser_does_not_end_the_worker(monkeypatch: pytest.MonkeyPatch, note: Path) -> None:
    def broken(*_: object) -> ParsedDocument:
        raise ZeroDivisionError

    monkeypatch.setattr(worker, "parse", broken)
    assert "ZeroDivisionError" in worker.answer(note, None)["crashed"]


def test_the_worker_gets_no_secret_and_loads_no_model_and_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    assert "sk-secret" not in worker_environment().values()
    code = "import sys, ingest.parsing.worker; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert not {"torch", "llama_index", "streamlit", "transformers", "numpy", "pypdfium2"} & set(
        loaded.split()
    )


def test_messages_survive_the_wire_and_a_cut_or_false_one_is_noticed() -> None:
    stream = BytesIO()
    send(stream, {"text": "가😀", "n": 1})
    data = stream.getvalue()
    assert receive(BytesIO(data)) == {"text": "가😀", "n": 1}
    assert receive(BytesIO(data[:-1])) is None
    assert receive(BytesIO(b"")) is None
    for false in (b"\xff\xff\xff\xff", b"\0\0\0\1x", b"\0\0\0\2[]"):
        with pytest.raises(WireError):
            receive(BytesIO(false))


@pytest.mark.parametrize(
    "changes",
    [
        {"blocks": [["paragraph", 0, 99, 0]]},
        {"blocks": [["paragraph", 2, 4, 0], ["paragraph", 0, 2, 0]]},
        {"blocks": [["script", 0, 2, 0]]},
        {"blocks": [["paragraph", "x", 2, 0]]},
        {"blocks": []},
        {"pages": [[1, 3, 3, ""]]},
        {"text": "a\0cd"},
    ],
)
def test_an_answer_whose_marks_do_not_hold_is_not_believed(changes: dict[str, object]) -> None:
    good = pack_document(ParsedDocument("abcd", (Block("paragraph", 0, 4),)))
    assert unpack_document(good).text == "abcd"
    with pytest.raises(WireError):
        unpack_document(good | changes)
