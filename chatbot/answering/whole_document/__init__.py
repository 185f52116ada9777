"""Answers about whole documents: summary, outline, key points, what a document is about."""

from chatbot.answering.whole_document.answers import answer_whole, answer_whole_again
from chatbot.answering.whole_document.kept import KeptTexts

__all__ = ["KeptTexts", "answer_whole", "answer_whole_again"]
