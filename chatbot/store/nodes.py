"""Stored chunks as LlamaIndex nodes, and back."""

from __future__ import annotations

from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode

from chatbot.store.records import ChunkRow, context_of

_PROVENANCE = ["document", "page", "heading", "char_start", "char_end"]


def to_node(chunk: ChunkRow) -> TextNode:
    """A node whose text is the chunk, and whose embed text is what the models read: ``embedded_text``.

    An LLM gets the header row of a table above the rows that continue it, but not the headings.

    Provenance stays out of both: a file name that is embedded or reranked is noise.
    """
    context = context_of(chunk.text, chunk.heading)
    return TextNode(
        id_=str(chunk.id),
        text=chunk.text,
        start_char_idx=chunk.start,
        end_char_idx=chunk.end,
        metadata={
            "document": chunk.document,
            "page": chunk.page,
            "heading": list(chunk.heading),
            "char_start": chunk.start,
            "char_end": chunk.end,
            **({"context": context} if context else {}),
            **({"table_header": chunk.header} if chunk.header else {}),
        },
        metadata_template="{value}",
        text_template="{metadata_str}\n{content}",
        excluded_embed_metadata_keys=_PROVENANCE,
        excluded_llm_metadata_keys=[*_PROVENANCE, "context"],
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=chunk.document)},
    )
