from __future__ import annotations

import re
from itertools import pairwise
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.config import SplitterConfig
from ingest.parsing.document import Block, BlockKind, Page, ParsedDocument
from ingest.splitting.split import Chunk, split, splitter_fingerprint
from paths import ROOT, SHARED

KEYWORDS = SHARED / "data" / "seed" / "appendix-keywords.txt"
GLOSSARY = ROOT / "data" / "ai-glossary-ko.txt"


def document(*blocks: str, fmt: str = "markdown", pages: tuple[int, ...] = ()) -> ParsedDocument:
    """Blocks joined by blank lines; ``#`` makes a heading, ``|`` a table, a fence code.

    ``pages``: indices of the blocks that open the second, third... page.
    """
    text, found, starts = "", [], [0]
    for i, block in enumerate(blocks):
        text += "\n\n" if text else ""
        if i in pages:
            starts.append(len(text))
        marks = len(block) - len(block.lstrip("#"))
        kind: BlockKind = (
            "heading"
            if marks
            else "table"
            if block[0] == "|"
            else "code"
            if block[:3] == "```"
            else "paragraph"
        )
        found.append(Block(kind, len(text), len(text) + len(block), marks))
        text += block
    ends = [*starts[1:], len(text)]
    numbered = tuple(Page(n, *span) for n, span in enumerate(zip(starts, ends, strict=True), start=1))
    return ParsedDocument(text, tuple(found), numbered if pages else (), format=fmt)


def plain(text: str) -> ParsedDocument:
    blocks = [Block("paragraph", m.start(), m.end()) for m in re.finditer(r"\S.*(?:\n[^\S\n]*\S.*)*", text)]
    return ParsedDocument(text, tuple(blocks))


def texts(chunks: list[Chunk]) -> list[str]:
    return [chunk.text for chunk in chunks]


def assert_exact_and_complete(source: ParsedDocument, chunks: list[Chunk], size: int) -> None:
    covered = [False] * len(source.text)
    position = -1
    for chunk in chunks:
        assert source.text[chunk.start : chunk.end] == chunk.text
        assert chunk.text
        assert chunk.text == chunk.text.strip()
        assert len(chunk.text) <= size
        assert chunk.start > position
        position = chunk.start
        covered[chunk.start : chunk.end] = [True] * len(chunk.text)
        holders = [page.number for page in source.pages if page.start <= chunk.start < page.end]
        assert chunk.page == (holders[0] if holders else None)
    assert all(seen or character.isspace() for seen, character in zip(covered, source.text, strict=True))


@st.composite
def documents(draw: st.DrawFn) -> ParsedDocument:
    """Any text under any valid blocks (ordered, disjoint, gaps allowed) and pages."""
    alphabet = st.sampled_from("가나다 a.bA1:\n\n-|#`!\u3000\u00a0\r") | st.characters(codec="utf-8")
    text = draw(st.text(alphabet=alphabet, max_size=400))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=16)))
    kinds = st.sampled_from(("heading", "paragraph", "table", "code"))
    blocks = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        kind: BlockKind = draw(kinds)
        blocks.append(Block(kind, start, end, draw(st.integers(1, 6)) if kind == "heading" else 0))
    edges = [0, *sorted(draw(st.lists(st.integers(0, len(text)), max_size=4))), len(text)]
    spans = pairwise(edges)
    pages = [Page(i, *span) for i, span in enumerate(spans, start=1)] if draw(st.booleans()) else []
    return ParsedDocument(
        text, tuple(blocks), tuple(pages), format=draw(st.sampled_from(["text", "pdf", "pptx"]))
    )


@given(documents(), st.sampled_from(["structure", "recursive"]), st.integers(50, 120), st.integers(0, 49))
def test_every_chunk_is_an_exact_span_and_no_visible_character_is_lost(
    source: ParsedDocument, kind: str, size: int, overlap: int
) -> None:
    config = SplitterConfig.model_validate({"kind": kind, "chunk_size": size, "chunk_overlap": overlap})
    assert_exact_and_complete(source, split(source, config), size)


# --- structure ------------------------------------------------------------------------------------

SMALL = SplitterConfig(chunk_size=100, chunk_overlap=40)


def test_a_chunk_starts_at_a_heading_and_carries_its_path() -> None:
    source = document(
        "# Robot R1",
        "## Charging ##",
        "Put the robot on its dock. Charging takes four hours.",
        "## Cleaning",
        "Empty the bin after every run. Wash the filter once a week.",
    )
    assert [(chunk.heading, chunk.text) for chunk in split(source, SMALL)] == [
        (
            ("Robot R1", "Charging"),
            "# Robot R1\n\n## Charging ##\n\nPut the robot on its dock. Charging takes four hours.",
        ),
        (
            ("Robot R1", "Cleaning"),
            "## Cleaning\n\nEmpty the bin after every run. Wash the filter once a week.",
        ),
    ]


def test_tiny_sections_of_one_parent_share_a_chunk_under_the_path_they_share() -> None:
    source = document(
        "# 요금", "기본 요금입니다.", "## 서울", "천 원.", "## 부산", "이천 원.", "# 문의", "전화하세요."
    )
    assert [(chunk.heading, chunk.text) for chunk in split(source, SplitterConfig(chunk_size=200))] == [
        (("요금",), "# 요금\n\n기본 요금입니다.\n\n## 서울\n\n천 원.\n\n## 부산\n\n이천 원."),
        (("문의",), "# 문의\n\n전화하세요."),
    ]


def test_a_heading_is_never_alone_at_the_end_of_a_chunk() -> None:
    source = document("Opening words. " * 6 + "End.", "## Next", "Sentence one is here. " * 8 + "End.")
    chunks = split(source, SMALL)
    assert not any(text.endswith("## Next") for text in texts(chunks))
    assert any(text.startswith("## Next\n\nSentence one is here.") for text in texts(chunks))


def test_a_long_paragraph_is_cut_at_sentence_ends_and_repeats_whole_sentences() -> None:
    source = document(
        "첫째 문장은 청소 방법을 길게 설명하고 있습니다. 둘째 문장은 필터를 설명합니다. "
        "셋째 문장은 배터리를 오래 쓰는 법을 자세히 알려 줍니다. 넷째 문장은 보관하는 법입니다."
    )
    assert texts(split(source, SplitterConfig(chunk_size=60, chunk_overlap=20))) == [
        "첫째 문장은 청소 방법을 길게 설명하고 있습니다. 둘째 문장은 필터를 설명합니다.",
        "둘째 문장은 필터를 설명합니다. 셋째 문장은 배터리를 오래 쓰는 법을 자세히 알려 줍니다.",
        "넷째 문장은 보관하는 법입니다.",
    ]


def test_nothing_is_repeated_across_a_heading() -> None:
    source = document("## A", "Alpha is short. " * 5 + "End A.", "## B", "Beta is short. " * 5 + "End B.")
    chunks = split(source, SMALL)
    first_of_b = next(chunk for chunk in chunks if "Beta" in chunk.text)
    assert first_of_b.text.startswith("## B")


def test_a_sentence_longer_than_a_chunk_is_cut_at_spaces_and_a_longer_word_anywhere() -> None:
    words = "word " * 30 + "x" * 130
    chunks = texts(split(document(words), SplitterConfig(chunk_size=50, chunk_overlap=0)))
    assert chunks[0] == ("word " * 10).strip()
    assert {len(text) for text in chunks if set(text) == {"x"}} == {50, 30}


def test_a_glossary_entry_is_one_chunk_even_where_its_term_touches_the_entry_before() -> None:
    entries = [
        f"{term}\n\n정의: {term}은 자연어를 다루는 방법의 하나로 널리 쓰입니다.\n예시: {term}을 이렇게 씁니다.\n연관키워드: 검색, 모델"
        for term in ("임베딩", "토큰", "LLM (Large Language Model)", "FAISS")
    ]
    source = plain(f"{entries[0]}\n\n{entries[1]}\n{entries[2]}\n\n{entries[3]}")
    assert texts(split(source, SplitterConfig(chunk_size=300, chunk_overlap=60))) == entries


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_a_term_stays_with_its_entry_however_the_parser_grouped_them(gap: str) -> None:
    entries = [f"용어{n}{gap}정의: {'뜻을 설명하는 문장입니다. ' * 4}" for n in range(3)]
    blocks, text = [], ""
    for entry in entries:
        start = len(text)
        text += entry.strip()
        blocks.append(Block("paragraph", start, len(text)))
        text += "\n\n"
    chunks = texts(
        split(ParsedDocument(text, tuple(blocks)), SplitterConfig(chunk_size=200, chunk_overlap=50))
    )
    assert chunks == [entry.strip() for entry in entries]


def test_a_table_that_fits_is_whole_and_a_longer_one_is_cut_between_rows() -> None:
    rows = ["| pen | 2500 |", "| ink | 9000 |", "| cup | 18000 |", "| bag | 31000 |"]
    table = "\n".join(["| item | won |", "|---|---|", *rows])
    prose = "These prices hold until the end of June and include tax."
    assert texts(split(document(prose, table), SMALL)) == [prose, table]
    assert texts(split(document(table), SplitterConfig(chunk_size=50, chunk_overlap=20))) == [
        "| item | won |\n|---|---|\n| pen | 2500 |",
        "| ink | 9000 |\n| cup | 18000 |\n| bag | 31000 |",
    ]


def test_code_that_fits_is_whole() -> None:
    code = "```\nmake install\n\nmake run\nmake test\n```"
    prose = "Three commands are all that you need. Run them in this order, please."
    assert texts(split(document(prose, code), SMALL)) == [
        prose,
        f"Run them in this order, please.\n\n{code}",
    ]


def test_slides_never_share_a_chunk() -> None:
    source = document("# Plan", "Ship it.", "# Team", "Mina.", fmt="pptx", pages=(2,))
    assert [(chunk.page, chunk.text) for chunk in split(source, SMALL)] == [
        (1, "# Plan\n\nShip it."),
        (2, "# Team\n\nMina."),
    ]


def test_only_an_unfinished_paragraph_runs_over_a_page_break() -> None:
    unfinished = "The lease ends after two years unless both of the parties agree in"
    finished = document(unfinished + " writing.", "Pets are welcome.", fmt="pdf", pages=(1,))
    assert [chunk.page for chunk in split(finished, SplitterConfig())] == [1, 2]
    running = document(unfinished, "writing. Pets are welcome.", fmt="pdf", pages=(1,))
    assert [(chunk.page, chunk.text) for chunk in split(running, SplitterConfig())] == [(1, running.text)]


def test_a_running_title_goes_with_the_section_below_it() -> None:
    source = document(
        "# Leave", "Take it by March.", "Staff Handbook", "# Travel", "Book by rail.", fmt="pdf", pages=(2,)
    )
    assert [(chunk.page, chunk.heading, chunk.text) for chunk in split(source, SMALL)] == [
        (1, ("Leave",), "# Leave\n\nTake it by March."),
        (2, ("Travel",), "Staff Handbook\n\n# Travel\n\nBook by rail."),
    ]


def test_text_outside_every_block_is_kept() -> None:
    source = ParsedDocument("before\n\nblock\n\nafter", (Block("paragraph", 8, 13),))
    assert texts(split(source, SplitterConfig())) == [source.text]


@pytest.mark.parametrize("kind", ["structure", "recursive"])
@pytest.mark.parametrize("text", ["", " \n\u3000\n "])
def test_a_document_without_text_has_no_chunks(kind: str, text: str) -> None:
    config = SplitterConfig.model_validate({"kind": kind})
    assert split(ParsedDocument(text, ()), config) == []


def test_each_entry_of_our_own_glossary_is_one_chunk() -> None:
    text = GLOSSARY.read_text("utf-8")
    chunks = texts(split(plain(text), SplitterConfig()))
    assert len(chunks) == text.count("정의:")
    assert all(chunk.count("정의:") == 1 and "\n연관키워드:" in chunk for chunk in chunks)


# --- recursive ------------------------------------------------------------------------------------


def langchain_split(
    text: str, size: int, overlap: int, separators: tuple[str, ...] = ("\n\n", "\n", " ", "")
) -> list[str]:
    """LangChain's published algorithm on strings, as plainly as it can be written: the oracle."""
    separator = next(s for s in separators if s in text)
    finer = separators[separators.index(separator) + 1 :]
    first, *others = re.split(f"({re.escape(separator)})", text) if separator else ["", *text]
    parts = [first, *(map("".join, zip(others[::2], others[1::2], strict=True)) if separator else others)]
    result: list[str] = []
    small: list[str] = []

    def merge() -> None:
        window: list[str] = []
        for part in small:
            if window and len("".join(window)) + len(part) > size:
                result.append("".join(window).strip())
                while window and (len("".join(window)) > overlap or len("".join(window)) + len(part) > size):
                    window.pop(0)
            window.append(part)
        result.append("".join(window).strip())
        small.clear()

    for part in filter(None, parts):
        if len(part) < size:
            small.append(part)
            continue
        merge()
        result += langchain_split(part, size, overlap, finer) if finer else [part]
    merge()
    return [chunk for chunk in result if chunk]


@given(st.text(alphabet=st.sampled_from("가나 b\n"), max_size=300), st.integers(50, 80), st.integers(0, 49))
def test_recursive_chunks_are_those_of_langchain(text: str, size: int, overlap: int) -> None:
    config = SplitterConfig(kind="recursive", chunk_size=size, chunk_overlap=overlap)
    assert texts(split(ParsedDocument(text, ()), config)) == langchain_split(text, size, overlap)


def test_recursive_chunks_merge_up_to_the_size_and_repeat_at_most_the_overlap() -> None:
    text = "\n\n".join(f"{letter * 24}" for letter in "ABCD")
    config = SplitterConfig(kind="recursive", chunk_size=60, chunk_overlap=30)
    a, b, c, d = text.split("\n\n")
    assert texts(split(ParsedDocument(text, ()), config)) == [f"{a}\n\n{b}", f"{b}\n\n{c}", f"{c}\n\n{d}"]


def test_recursive_chunks_know_their_page_and_heading() -> None:
    source = document("# One", "a" * 60, "# Two", "b" * 60, pages=(2,))
    chunks = split(source, SplitterConfig(kind="recursive", chunk_size=70, chunk_overlap=0))
    assert [(chunk.page, chunk.heading, chunk.text[:7]) for chunk in chunks] == [
        (1, ("One",), "# One\n\n"),
        (2, ("Two",), "# Two\n\n"),
    ]


@pytest.mark.skipif(not KEYWORDS.exists(), reason="the tutorial's glossary (../shared/data/seed) is not here")
def test_the_tutorials_glossary_is_split_at_500_100_as_in_the_tutorial() -> None:
    text = KEYWORDS.read_text("utf-8")
    config = SplitterConfig(kind="recursive")
    chunks = split(plain(text), config)
    assert texts(chunks) == langchain_split(text, 500, 100)
    assert_exact_and_complete(plain(text), chunks, 500)
    word2vec = [
        chunk.text for chunk in split(plain(text), SplitterConfig()) if "정의: Word2Vec" in chunk.text
    ]
    assert len(word2vec) == 1
    assert word2vec[0].startswith("Word2Vec\n\n정의: Word2Vec은")
    assert word2vec[0].endswith("연관키워드: 자연어 처리, 임베딩, 의미론적 유사성")


def test_the_fingerprint_tells_every_setting_apart() -> None:
    configs = [
        SplitterConfig(),
        SplitterConfig(kind="recursive"),
        SplitterConfig(chunk_size=400),
        SplitterConfig(chunk_overlap=50),
    ]
    assert len({splitter_fingerprint(config) for config in configs}) == len(configs)
    assert splitter_fingerprint(SplitterConfig()) == splitter_fingerprint(SplitterConfig())


# table headers

HEADER = "| Country | Days |\n| --- | --- |"


@pytest.mark.parametrize("kind", ["structure", "recursive"])
def test_a_chunk_that_continues_a_table_knows_its_header_row(kind: Literal["structure", "recursive"]) -> None:
    table = "\n".join([HEADER, *(f"| Country {n} | {n} days of leave |" for n in range(80))])
    parsed = document("Leave by country.", table, "These are calendar days.")
    start = parsed.text.index(HEADER)
    chunks = split(parsed, SplitterConfig(kind=kind, chunk_size=300, chunk_overlap=0))
    assert len(chunks) > 5
    for chunk in chunks:
        assert chunk.header == (HEADER if start < chunk.start < start + len(table) else "")


def test_a_header_row_as_long_as_a_chunk_is_not_repeated() -> None:
    header = "| " + " | ".join(f"column number {n}" for n in range(40)) + " |"
    parsed = document("\n".join([header, "| 1 " * 40 + "|", "| 2 " * 40 + "|"]))
    chunks = split(parsed, SplitterConfig(chunk_size=200, chunk_overlap=0))
    assert len(chunks) > 2
    assert {chunk.header for chunk in chunks} == {""}
