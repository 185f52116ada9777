from __future__ import annotations

import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.parsing.builder import MAX_PAGES, DocumentBuilder
from ingest.parsing.clean import storable
from ingest.parsing.document import Block, ParsedDocument
from ingest.parsing.formats.text.markdown import markdown_blocks
from ingest.parsing.formats.text.plain_text import text_blocks
from ingest.parsing.limits import (
    BLOCK_BYTES,
    MAX_DOCUMENT,
    MAX_TEXT,
    TextMeter,
    document_size,
    fit_document,
    text_size,
)
from ingest.sandbox.wire import fault, pack_document, unpack_document

# pieces that mean something to Markdown, among any other text
PIECES = ["# ", "---\n", "```\n", "~~~", "| a | b |\n|---|---|\n", "- ", "1. ", "> ", "    ", "\t", "\n", "\n\n", "===\n",
          "<div>\n", "[a]: b\n", "가나다.", "\u3000", "\x0c", "\u2028", "\r\n", "title: x\n", "😀"]  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=30).map("".join)


def holds(text: str, blocks: list[Block]) -> None:
    if blocks:
        assert fault(ParsedDocument(text, tuple(blocks))) == ""
    left, position = "", 0
    for block in blocks:
        left += text[position : block.start]
        position = block.end
    assert not (left + text[position:]).strip()


@given(TEXTS)
def test_markdown_marks_are_ordered_apart_and_cover_every_word(text: str) -> None:
    text = storable(text)
    holds(text, markdown_blocks(text))


@given(TEXTS)
def test_plain_text_marks_are_ordered_apart_and_cover_every_word(text: str) -> None:
    text = storable(text)
    holds(text, text_blocks(text))


@given(st.text(st.characters()))
def test_cleaned_text_can_always_be_stored_and_cleaning_twice_changes_nothing(text: str) -> None:
    once = storable(text)
    once.encode("utf-8")
    assert not set(once) & set("\0\r\ufffe\uffff")
    assert storable(once) == once


OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(["heading", "paragraph", "list_item", "code", "table", "page"]), st.text(max_size=20)
    ),
    max_size=20,
)


@given(OPERATIONS)
def test_whatever_a_parser_adds_the_document_holds_and_survives_the_wire(
    operations: list[tuple[str, str]],
) -> None:
    builder = DocumentBuilder()
    builder.paragraph("start")
    for number, (kind, text) in enumerate(operations, 1):
        if kind == "heading":
            builder.heading(text, number % 9)
        elif kind == "table":
            builder.table([[text, "x"], ["1", text]])
        elif kind == "page":
            builder.start_page(number, text)
        else:
            getattr(builder, kind)(text)
    document = builder.finish("text", title="제목")
    holds(document.text, list(document.blocks))
    message, body = pack_document(document)
    assert unpack_document(json.loads(json.dumps(message)), body) == document


def test_text_beyond_the_limit_is_cut_and_the_document_says_so() -> None:
    builder = DocumentBuilder()
    for _ in range(3):
        builder.paragraph("가" * 4_000_000)
    builder.paragraph("never")
    document = builder.finish("text")
    assert MAX_TEXT - 4 < len(document.text.encode()) <= MAX_TEXT
    assert document.partial == "only the first 6,666,666 characters were read"
    assert fault(document) == ""


def test_pages_beyond_the_limit_are_left_out_and_the_document_says_so() -> None:
    builder = DocumentBuilder()
    for number in range(1, MAX_PAGES + 3):
        builder.start_page(number)
        builder.paragraph("words")
    document = builder.finish("text")
    assert len(document.pages) == MAX_PAGES
    assert document.partial == "only the first 5,000 pages were read"
    assert fault(document) == ""


def in_memory(text: str) -> int:
    """By the interpreter's own account, without its header of some 50 to 80 bytes."""
    return sys.getsizeof("".join([text, " "])) - 80


@given(st.lists(st.text(st.sampled_from("a1 é가한😀")), max_size=30), st.integers(0, 60))
def test_a_text_is_taken_up_to_its_limit_on_disk_and_in_memory_and_no_less(
    pieces: list[str], limit: int
) -> None:
    def size(text: str) -> int:
        return max(text_size(text), len(text.encode()))

    meter, taken, given_ = TextMeter(limit), "", ""
    for piece in pieces:
        start = meter.take(piece)
        taken += start
        given_ += piece
        if start != piece:
            break
    assert given_.startswith(taken)
    assert size(taken) <= limit
    if taken != given_:
        assert size(given_[: len(taken) + 1]) > limit


@pytest.mark.parametrize("text", ["a" * 9_000, "é" * 9_000, "가a" * 9_000, "😀a" * 9_000])
def test_the_size_of_a_text_is_what_the_interpreter_takes_for_it(text: str) -> None:
    assert abs(text_size(text) - in_memory(text)) < 100


def test_blocks_that_would_take_too_much_memory_are_joined_and_the_text_stays_whole() -> None:
    text = "# a\n\nb c\n\n" * 150_000
    blocks = [
        Block("heading" if n % 2 == 0 else "paragraph", 5 * n, 5 * n + 3, 1 - n % 2) for n in range(300_000)
    ]
    document = fit_document(ParsedDocument(text, tuple(blocks)))
    assert document.text == text
    assert fault(document) == ""
    assert text_size(text) + BLOCK_BYTES * len(document.blocks) == document_size(document) <= MAX_DOCUMENT
    holds(text, list(document.blocks))
    few = ParsedDocument(text, tuple(blocks[:1000]))
    assert fit_document(few) == few
