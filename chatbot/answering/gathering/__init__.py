"""Answers that are put together from several searches: comparisons, collections, several questions in one."""

from chatbot.answering.gathering.answers import gather, gather_again
from chatbot.answering.gathering.finding import DEEP, found_again, queries_of

__all__ = ["DEEP", "found_again", "gather", "gather_again", "queries_of"]
