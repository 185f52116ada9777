"""What a thing is called: how its name is shown, and whether a text says it.

A text names it by all of its words, whole ones: "probability" does not name a probation.
"""

from __future__ import annotations

from chatbot.citations.markers import in_parentheses
from chatbot.text.invisible import clean_line
from chatbot.text.keywords import keywords_of, word_of

_SHORTEST = 4  # letters of a word whose plural's "s" is not looked for


def as_title(name: str) -> str:
    """``name`` on one line of an answer: a number in it is no citation."""
    return clean_line(in_parentheses(name))


def is_named(title: str, text: str) -> bool:
    """Whether every keyword of ``title`` stands in ``text``, in its singular or plural; in Korean without spaces."""
    words = [word_of(terms) for terms in keywords_of(title)] or title.casefold().split()
    said = text.casefold()
    joined = "".join(said.split())
    return all(_singular(word.casefold()) in (said if word.isascii() else joined) for word in words)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > _SHORTEST and word.endswith("s") and not word.endswith("ss") else word
