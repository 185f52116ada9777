"""A question with its typing errors mended, as far as its words are in the closed lists of the rules.

    respelled("emplyee handbok summry") -> "employee handbook summary"

It is used only where the question as it was typed fits no rule and the mended one does; a search gets what was typed.
"""

from __future__ import annotations

import re

from chatbot.answering.requests.words import vocabulary

_RULES = (
    "summary summarize summarise outline overview contents chapters sections points document documents files compare difference differences between"
    " thanks thank hello newest latest oldest longest largest languages questions"
)
_KNOWN = frozenset(word for word in (*_RULES.split(), *vocabulary()) if word.isascii())
_SHORTEST = 5  # letters of a word that is mended
_LONG = 8  # letters from which two errors are mended
_LONGEST = 80  # characters of a question
_WORD = re.compile(r"[a-z]+")


def respelled(asked: str) -> str:
    """``asked``, in small letters, with each word that is one error away from one known word, or two where it is long."""
    if len(asked) > _LONGEST:
        return asked
    return _WORD.sub(lambda found: _mended(found[0]), asked)


def _mended(word: str) -> str:
    if len(word) < _SHORTEST or word in _KNOWN:
        return word
    most = 2 if len(word) >= _LONG else 1
    errors = {known: _errors(word, known, most) for known in _KNOWN if abs(len(known) - len(word)) <= most}
    fewest = min(errors.values(), default=most + 1)
    near = [known for known, count in errors.items() if count == fewest <= most]
    return near[0] if len(near) == 1 else word


def _errors(one: str, other: str, most: int) -> int:
    """How many letters are wrong, missing, too many or exchanged with their neighbour; ``most`` + 1 for more than that."""
    if one[0] != other[0]:
        return most + 1  # who mistypes a word mostly begins it right
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, wanted in enumerate(other, 1):
            cost = min(last[j] + 1, row[-1] + 1, last[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
