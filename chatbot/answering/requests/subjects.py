"""The document that is named by what it is about: "the beekeeping guide" is the one called "Keeping bees in the city".

Only where no document has all the words of the name. What is said of its kind may be missing from the document's name,
but must not contradict it: a contract is no manual. A name without a kind must be half of the document's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from chatbot.answering.requests.words import KINDS, words_of
from chatbot.store import DocumentName
from chatbot.store.records import name_of

_MOST_DOCUMENTS = 20_000  # whose names are compared letter by letter: 0.1 s
_HALF = 0.5  # of a document's own words
_BEGINNING = {
    True: 3,
    False: 2,
}  # letters of a word that its document's name has too; of a Latin word, of a Korean one
_SHORTEST = 2  # letters of a Korean word that is part of another
# kinds that people exchange
_FAMILIES = (
    {"guide", "manual", "handbook", "textbook", "notes", "readme", "faq", "paper", "presentation"}, {"contract", "terms", "quotation", "proposal", "plan"},
    {"report", "minutes", "paper", "statement", "presentation", "notes"}, {"list", "spreadsheet", "schedule", "statement", "invoice", "quotation"},
    {"letter", "notes"}, {"glossary", "list"}, {"specification", "manual", "list"}, {"resume"},
)  # fmt: skip
_ENDING = re.compile(r"\.[a-z0-9]{1,5}$")
_STEM = re.compile(r"(?<=[a-z]{3})(?:ing|ies|es|e|s|y)$")
_FORM = re.compile(r"(?<=[가-힣]{2})[서표집안록본책]$")  # "근로계약서" of "근로계약"
# "20250102", "rev", "v", "최종" in a file's name
_OF_A_VERSION = re.compile(
    r"\d+[월년분기차호회주]*|[a-z]|rev|ver|version|final|copy|draft|new|old|[가-힣]{0,2}(?:최종|수정|사본|초안|개정|원본)[본판안]?"
)
_LATIN = re.compile(r"[a-z]")


def called(said: str, documents: Sequence[DocumentName], is_loose: bool) -> tuple[str, ...]:
    """The uri of the only document that ``said`` can mean; empty where there is none, or more than one.

    Args:
        is_loose: a name without a kind counts too, as in "summarise the lease".
    """
    words = words_of(said)
    subject = [word for word in words if word not in KINDS]
    kinds = {word for word in words if word in KINDS}
    if not subject or len(documents) > _MOST_DOCUMENTS or not (kinds or is_loose):
        return ()
    possible = [row for row in documents if _may_be(row, subject)]
    found = [row.uri for row in possible if _is_called(row, said, subject, kinds)]
    return tuple(found) if len(found) == 1 else () if found or kinds else _but_for_versions(subject, possible)


def _but_for_versions(subject: Sequence[str], possible: Sequence[DocumentName]) -> tuple[str, ...]:
    """The only document that has all of ``subject`` in its name, where that is half of what is no version of a file."""
    having = [
        (row.uri, names)
        for row in possible
        if (names := [words_of(text) for text in _names(row)])
        and all(_is_said(word, [own for words in names for own in words]) for word in subject)
    ]
    if len(having) != 1:
        return ()
    uri, names = having[0]
    return (uri,) if any(_is_half(subject, _saying(words)) for words in names) else ()


def _may_be(row: DocumentName, subject: Sequence[str]) -> bool:
    """Whether its name begins to say every word, in any place: quickly told."""
    text = f"{row.uri}\n{row.title}".casefold()
    return all(
        word[: _BEGINNING[bool(_LATIN.match(word))]] in text or _in_words(word, row) for word in subject
    )


def _in_words(word: str, row: DocumentName) -> bool:
    """A word of the list, which may stand there in the other language."""
    return any(word in words_of(text) for text in _names(row))


def _is_called(row: DocumentName, said: str, subject: Sequence[str], kinds: set[str]) -> bool:
    names = [words_of(text) for text in _names(row)]
    own_kinds = {word for words in names for word in words if word in KINDS}
    if kinds and own_kinds and not _are_alike(kinds, own_kinds):
        return False
    if any(_joined(said) == _joined(text) for text in _names(row)):
        return True
    every = [word for words in names for word in words]
    if not all(_is_said(word, every) for word in subject):
        return False
    return bool(kinds) or any(_is_half(subject, _without_kinds(words)) for words in names)


def _is_half(subject: Sequence[str], words: Sequence[str]) -> bool:
    """Whether ``subject`` says half of ``words`` of a name."""
    said = sum(any(_is_said(word, [own]) for word in subject) for own in words)
    return bool(words) and said >= _HALF * len(words)


def _without_kinds(words: Sequence[str]) -> Sequence[str]:
    """ "Residential Lease Agreement" is about a residential lease."""
    return [word for word in words if word not in KINDS] or words


def _saying(words: Sequence[str]) -> list[str]:
    """``words`` of a name without those that say which of its versions a file is, where others are left."""
    return [word for word in words if not _OF_A_VERSION.fullmatch(word)]


def _names(row: DocumentName) -> Iterator[str]:
    yield _ENDING.sub("", name_of(row.uri).casefold())
    if row.title:
        yield row.title.casefold()


def _are_alike(kinds: set[str], own: set[str]) -> bool:
    return any(kinds & family and own & family for family in ({*family} for family in (*_FAMILIES, kinds)))


def _joined(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _is_said(word: str, words: Sequence[str]) -> bool:
    """Whether ``words`` have it: as it is, in another number, as two words, or in Korean as a part of a longer one."""
    if word in words:
        return True
    if not _LATIN.match(word):
        bare = _FORM.sub("", word)
        is_part = any(
            len(bare) >= _SHORTEST and (own.startswith(bare) or own.endswith(bare)) for own in words
        )
        return is_part or any(first + second in (word, bare) for first, second in pairwise(words))
    latin = [own for own in words if _LATIN.match(own)]
    stem = _STEM.sub("", word)
    if stem in (_STEM.sub("", own) for own in latin):
        return True
    pairs = [*pairwise(latin), *((second, first) for first, second in pairwise(latin))]
    return any(_is_made_of(stem, first, _STEM.sub("", second)) for first, second in pairs)


def _is_made_of(stem: str, first: str, second: str) -> bool:
    """Whether a stem is two words: "beekeep" of "bees" and "keep"."""
    firsts = (first, first.removesuffix("s"), _STEM.sub("", first))
    return any(stem == each + second for each in firsts)
