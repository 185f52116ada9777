"""The chatbot in LlamaIndex's own kinds: a retriever with the second look, and a query engine with checked citations."""

from __future__ import annotations

from chatbot.answering.llama_index.query_engine import ChatbotQueryEngine
from chatbot.answering.llama_index.retriever import SecondLookRetriever

__all__ = ["ChatbotQueryEngine", "SecondLookRetriever"]
