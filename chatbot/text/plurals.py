"""English plurals, so that a word of a question and a word of a document can be compared whichever of the two is one."""

from __future__ import annotations

import re

# the usual words in "ie"; all others in "ies" are taken for plurals of words in "y"
_OF_IE = re.compile(
    r"((?:brown|calor|cook|freeb|goal|hood|ind|mov|newb|prair|rook|self|smooth|sort|vegg|zomb)ie)s$"
)
_OF_Y = re.compile(r"([a-z]{2})ies$")
_IN_ES = re.compile(r"(ss|sh|ch|[a-z]x)es$")
_IN_S = re.compile(r"([a-z][a-rt-z])s$")


def without_plural(word: str) -> str:
    """``word`` in lower case -> its singular, to compare with: "class" for "class" and "classes".

    It may be no word: "statu" for "status". What is not English stays as it is. Irregular plurals are not known, nor are
    those of words in "us": "buses" ends as "houses" does.
    """
    if not word.endswith("s") or not word.isascii():
        return word
    for plural, singular in ((_OF_IE, r"\1"), (_OF_Y, r"\1y"), (_IN_ES, r"\1"), (_IN_S, r"\1")):
        if plural.search(word):
            return plural.sub(singular, word)
    return word
