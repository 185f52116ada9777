"""Conversations that outlive the session, and what is made of them: exports and questions for evaluation.

    record (what stays of an answer) -> conversations (SQLite beside the index) -> receipt, markdown, feedback

Private data: the file can be read by its owner only, holds no keys, and what is deleted is overwritten.
"""

from chatbot.conversations.conversation_store import ConversationRow, Conversations, SavedExchange
from chatbot.conversations.exports.markdown import to_markdown
from chatbot.conversations.exports.receipt import to_html
from chatbot.conversations.record import (
    AskedWith,
    ExchangeRecord,
    Fingerprints,
    Trace,
    fingerprints_of,
    record_of,
)

__all__ = [
    "AskedWith", "ConversationRow", "Conversations", "ExchangeRecord", "Fingerprints", "SavedExchange", "Trace",
    "fingerprints_of", "record_of", "to_html", "to_markdown",
]  # fmt: skip
