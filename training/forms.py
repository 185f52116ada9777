"""Other ways to ask the same: bare keywords, and a slip of the fingers."""

from __future__ import annotations

import random
import re

_ENGLISH_ASKING = re.compile(
    r"\b(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|can|could|should|would|will"
    r"|has|have|had|be|been|a|an|the|of|to|in|on|for|at|by|it|its|that|this|these|those|there)\b",
    re.IGNORECASE,
)
_KOREAN_ASKING = re.compile(
    r"(?:무엇|누구|어디|언제|얼마|어떤|어느|어떻게|무슨|몇|왜)\S*|(?:인가요?|입니까|일까요?|이야|인가|하는가|했는가|되었는가|되는가)\??$|\?"
)
_PARTICLE = re.compile(
    r"(?<=[가-힣]{2})(?:에서는|으로|에서|에게|까지|부터|은|는|이|가|을|를|의|에|와|과|로|도)(?=\s|$)"
)


def reworded(query: str, chosen: random.Random) -> str:
    """``query`` as keywords or with a typing error, as ``chosen`` draws; itself when too short for either."""
    return as_keywords(query) if chosen.random() < 0.5 else with_typo(query, chosen)


def as_keywords(query: str) -> str:
    """The telling words in their order; the whole query if fewer than two are left."""
    if re.search("[가-힣]", query):
        left = _PARTICLE.sub("", _KOREAN_ASKING.sub(" ", query.strip()))
    else:
        left = _ENGLISH_ASKING.sub(" ", query.rstrip(" ?.!").lower())
    words = re.sub(r"\s+", " ", left).strip(" ,?.!")
    return words if len(words.split()) > 1 else query


def with_typo(query: str, chosen: random.Random) -> str:
    """Two neighbouring letters swapped, one lost or one doubled, inside a word of four letters or more."""
    words = query.split(" ")
    places = [i for i, word in enumerate(words) if len(word) >= (3 if re.search("[가-힣]", word) else 4)]
    if not places:
        return query
    i = chosen.choice(places)
    word, at, kind = words[i], chosen.randrange(1, len(words[i]) - 1), chosen.randrange(3)
    if kind == 0:
        word = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    elif kind == 1:
        word = word[:at] + word[at + 1 :]
    else:
        word = word[: at + 1] + word[at:]
    return " ".join([*words[:i], word, *words[i + 1 :]])
