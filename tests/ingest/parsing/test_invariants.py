from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.parsing.builder import MAX_CHARS, DocumentBuilder
from ingest.parsing.clean import readable, storable
from ingest.parsing.document import Block, ParsedDocument
from ingest.parsing.markdown import markdown_blocks
from ingest.parsing.plaintext import text_blocks
from ingest.parsing.wire import fault, pack_document, unpack_document

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
    text = readable(text)
    holds(text, text_blocks(text))


@given(st.text(st.characters()))
def test_cleaned_text_can_always_be_stored_and_cleaning_twice_changes_nothing(text: str) -> None:
    for clean in (storable, readable):
        once = clean(text)
        once.encode("utf-8")
        assert not set(once) & set("\0\r\ufffe\uffff")
        assert clean(once) == once


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
    assert unpack_document(pack_document(document)) == document


def test_text_beyond_the_limit_is_cut_and_the_document_says_so() -> None:
    builder = DocumentBuilder()
    for _ in range(3):
        builder.paragraph("가" * (MAX_CHARS // 2))
    builder.paragraph("never")
    document = builder.finish("text")
    assert len(document.text) <= MAX_CHARS
    assert document.partial == "only the first 20,000,000 characters were read"
    assert fault(document) == ""
