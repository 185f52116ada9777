from __future__ import annotations

from dataclasses import replace

from llama_index.core.schema import MetadataMode

from chatbot.store import ChunkRow
from chatbot.store.nodes import to_node
from chatbot.store.records import context_of, embedded_text


def _chunk(text: str, heading: tuple[str, ...] = ()) -> ChunkRow:
    return ChunkRow(7, "data/handbook.pdf", 3, 12, 100, 100 + len(text), heading, text)


def test_a_node_carries_where_its_text_comes_from() -> None:
    node = to_node(_chunk("10 days a year.", ("Leave", "Annual leave")))
    assert node.node_id == "7"
    assert node.ref_doc_id == "data/handbook.pdf"
    assert (node.start_char_idx, node.end_char_idx) == (100, 115)
    assert node.metadata["document"] == "data/handbook.pdf"
    assert node.metadata["page"] == 12
    assert node.metadata["heading"] == ["Leave", "Annual leave"]
    assert (node.metadata["char_start"], node.metadata["char_end"]) == (100, 115)


def test_models_read_the_chunk_under_its_headings_and_no_file_name() -> None:
    for text, heading in [
        ("10 days a year.", ("Leave", "Annual leave")),
        ("연차는 15일입니다.", ("휴가", "연차 휴가")),
        ("plain", ()),
        ("Annual leave\n10 days.", ("Leave", "Annual leave")),
        ("curly {braces} and {value}", ("{metadata_str}",)),
    ]:
        node = to_node(_chunk(text, heading))
        assert node.get_content(MetadataMode.EMBED) == embedded_text(text, heading)
        assert node.get_content(MetadataMode.LLM) == text
        assert node.get_content(MetadataMode.NONE) == node.text == text


def test_rows_of_a_table_are_read_under_its_header_row_by_the_llm_too() -> None:
    header = "| Years | Days |\n| --- | --- |"
    node = to_node(replace(_chunk("| 1-2 | 15 |", ("Leave",)), header=header))
    assert node.get_content(MetadataMode.EMBED) == f"Leave\n{header}\n| 1-2 | 15 |"
    assert node.get_content(MetadataMode.LLM) == f"{header}\n| 1-2 | 15 |"
    assert node.text == "| 1-2 | 15 |"


def test_a_heading_that_the_chunk_begins_with_is_not_repeated() -> None:
    assert context_of("Annual leave\n10 days.", ("Leave", "Annual leave")) == "Leave"
    assert context_of("## Annual leave\n10 days.", ("Annual leave",)) == ""
    assert context_of("10 days.", ("Leave", "Annual leave")) == "Leave > Annual leave"
