"""A list that a question asks for by its name, "What are the ingredients?", "how do I make it?", is quoted whole and in its order.

By score its items come in any order, and no more than four of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from chatbot.citations.lead_in import is_item
from chatbot.citations.quotes import Place
from chatbot.text.asking import says_little
from chatbot.text.invisible import without_invisible
from chatbot.text.keywords import keywords_of, word_of
from chatbot.text.overlap import in_stems, terms_of
from chatbot.text.tables import is_row
from chatbot.trace import Source

_MOST = 15  # items; a longer list is for a person to read where it stands
_LONGEST_NAME = 40  # characters
_ENDS_A_SENTENCE = re.compile(r"[.!?。！？…,;][\"'”’)\]]*$|다$")
# "How do I make the cake?" names the list of its steps, whatever that is called
_MAKES = re.compile(
    r"\bhow (?:do|can|should|would) (?:i|you|we|one) (?:make|cook|bake|prepare)\b|\b(?:steps?|method|directions|instructions) (?:for|to|of)\b"
    r"|(?:만드는|조리하는|끓이는|굽는)\s?(?:법|방법|순서)|조리법|조리\s?순서|어떻게\s?(?:만들|끓이|조리|요리)",
    re.IGNORECASE,
)
_STEPS = re.compile(
    r"(?:method|preparation|directions|instructions|steps|procedure|how to (?:make|cook|bake|prepare)\b.*)"
    r"|(?:만드는|조리하는|끓이는)\s?(?:법|방법|순서)|만들기|조리법|조리\s?(?:방법|순서)|요리\s?(?:방법|순서)",
    re.IGNORECASE,
)
_MAKING = re.compile(r"make|cook|bake|prepar|만들|만드|끓이|조리|요리|방법|순서|레시피|recip", re.IGNORECASE)


def named_list(sources: Sequence[Source], question: str) -> list[Place]:
    """The items of the lists that ``question`` names, in the order of the document; none unless it names one whole.

    The name of the list stands in the question, and the other words of the question in those above it: its document's and
    its sections'.
    """
    words = [word for word in keywords_of(question) if not says_little(word_of(word))]
    if not words:
        return []
    found: list[Place] = []
    for document in dict.fromkeys(source.document for source in sources):
        of_it = sorted((s for s in sources if s.document == document), key=lambda s: s.candidate.span)
        goes_on_from = -1  # where a named list ran to the end of a passage
        seen = set[str]()
        for source in of_it:
            lists = list(_lists(source))
            for at, (name, places) in enumerate(lists):
                is_rest = at == 0 and not name and places[0] == 0 and source.candidate.span[0] <= goes_on_from
                if not is_rest and not _is_named(name, words, question, source):
                    continue
                new = [place for place in places if _said(source, place) not in seen]
                seen |= {_said(source, place) for place in new}
                found += [(source, place) for place in new]
                if places[-1] == len(source.sentences) - 1:
                    goes_on_from = source.candidate.span[1] + 2  # a line feed or two between them
        if found:
            break
    return found if 1 < len(found) <= _MOST else []


def _is_named(name: str, words: Sequence[Sequence[str]], question: str, source: Source) -> bool:
    own = terms_of(name)
    asks_how = _MAKES.search(question) is not None
    if not own or not (
        own <= frozenset().union(*map(in_stems, words)) or (asks_how and _STEPS.fullmatch(name))
    ):
        return False
    above = terms_of(source.candidate.titles) | own
    return all(
        in_stems(word) <= above or (asks_how and _MAKING.match(word_of(word)) is not None) for word in words
    )


def _lists(source: Source) -> Iterator[tuple[str, list[int]]]:
    """Each list of items in a row with what stands above it, and their places; a line that goes on is of its item."""
    name, places = "", list[int]()
    for place in range(len(source.sentences)):
        line = _said(source, place)
        if not line:
            continue
        begins = _begins_a_line(source, place)
        if (begins and is_item(line)) or (places and (not begins or _is_indented(source, place))):
            places.append(place)
        else:
            if places:
                yield name, places
            is_name = len(line) <= _LONGEST_NAME and not _ENDS_A_SENTENCE.search(line) and not is_row(line)
            name, places = (line.strip("#*_ ").rstrip(":： ") if is_name else ""), []
    if places:
        yield name, places


def _said(source: Source, place: int) -> str:
    return " ".join(without_invisible(source.text_of(source.sentences[place])).split())


def _is_indented(source: Source, place: int) -> bool:
    start = source.sentences[place].start
    return source.text[start : start + 1].isspace() or source.text[max(start - 1, 0) : start] in {" ", "\t"}


def _begins_a_line(source: Source, place: int) -> bool:
    start = source.sentences[place].start
    return not source.text[source.text.rfind("\n", 0, start) + 1 : start].strip()
