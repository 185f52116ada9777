"""Conversations that outlive the session, and what is made of them: exports and questions for evaluation.

    record (what stays of an answer) -> conversations (SQLite beside the index) -> receipt, markdown, feedback

Private data: the file can be read by its owner only, holds no keys, and what is deleted is overwritten.
"""

from chatbot.conversations.branches import Branches, Place
from chatbot.conversations.conversation_store import ConversationRow, Conversations
from chatbot.conversations.exchange_rows import WHYS, SavedExchange, Why
from chatbot.conversations.exports.markdown import answer_to_markdown, to_markdown
from chatbot.conversations.exports.receipt import to_html
from chatbot.conversations.record import (
    AskedWith,
    ExchangeRecord,
    Fingerprints,
    GivenFile,
    Trace,
    fingerprints_of,
    record_of,
)

__all__ = [
    "WHYS", "AskedWith", "Branches", "ConversationRow", "Conversations", "ExchangeRecord", "Fingerprints", "GivenFile", "Place",
    "SavedExchange", "Trace", "Why", "answer_to_markdown", "fingerprints_of", "record_of", "to_html", "to_markdown",
]  # fmt: skip
