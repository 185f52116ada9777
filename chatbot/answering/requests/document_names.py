"""Which document a phrase names: "the employee handbook", "직원 핸드북을", "price-list.csv", "it", "all documents"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chatbot.answering.requests.plain import plain
from chatbot.answering.requests.subjects import called
from chatbot.answering.requests.words import GENERIC, KINDS, says_which_kind, words_of, written_as
from chatbot.store import DocumentName
from chatbot.store.records import name_of
from chatbot.trace import Turn

Documents = Callable[[], Sequence[DocumentName]]

_MOST = 5  # documents that one name may mean
_POINTING = re.compile(
    r"(?:it|this|that|this one|that one|them|these|those)|(?:(?:the|this|that|my|our|your|these|those) )?(?:"
    + "|".join(sorted(word for word in GENERIC if word.isascii()))
    + r")|(?:이|그|저|해당|본|위|방금|올린|업로드한|내가 올린)?\s*(?:문서|파일|자료|글|책|pdf)(?:들)?"
    r"|이것|그것|저것|이거|그거|저거|이건|그건|이게|그게|이걸|그걸"
)  # fmt: skip
_ALL = re.compile(
    r"(?:all|everything|all of (?:it|them|the documents)|(?:all|every|each)(?: of)?(?: (?:the|my|our|your|these))? (?:documents?|docs?|files?|pdfs?)"
    r"|(?:the|my|our|your|these) (?:documents|docs|files|pdfs|library|collection))"
    r"|(?:전체|전부|모두|다|모든)\s*(?:문서|파일|자료)?(?:들)?(?:\s*(?:전부|전체|모두|다))?|(?:문서|파일|자료)(?:들)?\s*(?:전체|전부|모두|다)"
)
_PARTICLE = re.compile(r"(?:들)?(?:의|을|를|은|는|이|가|에|에는|에서|도|만|좀)$")
_AND = re.compile(r",? +(?:and|&) +(?:the +)?|, +|(?<=[가-힣\w]{2})(?:이랑|와|과|랑|하고) +| +및 +")
_KOREAN_AND = re.compile(r"[가-힣](?:이랑|와|과|랑|하고) ")
_ENDING = re.compile(r"\.[a-z0-9]{1,5}$")


@dataclass(frozen=True, slots=True)
class Named:
    """What a phrase names: ``uris``, none for all documents; ``is_sure``: a document, and not the words of a topic."""

    uris: tuple[str, ...] = ()
    is_sure: bool = True


UNSURE = Named(is_sure=False)


def named(phrase: str, documents: Documents, history: Sequence[Turn], is_loose: bool = False) -> Named:
    """The documents that ``phrase`` means; ``UNSURE`` where it is no document's name.

    Args:
        documents: those that are searched; asked only where a name must be found among them.
        history: "it" is the first document that the last answer cited, or was about.
        is_loose: half of a document's name is enough, as it is for what can only be asked of a document.
    """
    said = plain(phrase)
    if not said or _either(_POINTING, said):
        return Named(_pointed_at(documents(), history))
    if _either(_ALL, said):
        return Named()
    rows = documents()
    if found := best_matches(said, rows):
        return Named(found)
    parts = [plain(part) for part in _AND.split(said)]
    each = [best_matches(part, rows) or called(part, rows, is_loose) for part in parts]
    if not all(each):
        whole = called(said, rows, is_loose) if _KOREAN_AND.search(said) else ()  # "소아과 안내서" is one
        return Named(whole) if whole else UNSURE
    return Named(each[0] if len(each) == 1 else tuple(dict.fromkeys(uris[0] for uris in each)))


def best_matches(said: str, documents: Sequence[DocumentName]) -> tuple[str, ...]:
    """Uris of the documents that have all words of ``said`` in their names or titles, best by shared words; five at most.

    A name that says what a document is ("handbook"), or a whole file name: "the robot" is no document.
    """
    endings = {said[place:] for place in range(len(said))}
    exact = tuple(row.uri for row in documents if (own := _name(row)) in endings and _is_name(said, own))
    if exact:
        return exact[:_MOST]
    wanted = frozenset(words := words_of(said))
    if not wanted:
        return ()
    is_kind = says_which_kind(words)
    scored: list[tuple[float, str]] = []
    written = [written_as(word) for word in words]
    for row in documents:
        if not _may_say(row, written):
            continue
        in_name, in_title = frozenset(words_of(_ENDING.sub("", _name(row)))), frozenset(words_of(row.title))
        if wanted <= in_name | in_title:
            share = max(_share(wanted, in_name), _share(wanted, in_title))
            if is_kind or share == 1:
                scored.append((share, row.uri))
    best = max((share for share, _ in scored), default=0.0)
    return tuple(uri for share, uri in scored if share == best)[:_MOST]


def spoken_of(question: str, documents: Sequence[DocumentName], history: Sequence[Turn]) -> tuple[str, ...]:
    """The document that is named anywhere in ``question``, or the one that it may point at; none for all of them."""
    return named_in(question, documents) or _pointed_at(documents, history)


def named_in(question: str, documents: Sequence[DocumentName]) -> tuple[str, ...]:
    """The document that is named anywhere in ``question``; empty where none is."""
    words, asked = frozenset(words_of(question)), question.casefold()
    kinds = tuple(said for word in words if word in KINDS for said in written_as(word))
    best, found = 0, ""
    for row in documents:
        if _name(row) not in asked and not _may_say(row, [kinds]):
            continue
        shared = tuple(words.intersection(words_of(f"{_ENDING.sub('', _name(row))} {row.title}")))
        score = len(words) + 1 if _name(row) in asked else len(shared)
        if score > best and (score > len(words) or says_which_kind(shared)):
            best, found = score, row.uri
    return (found,) if found else ()


def _may_say(row: DocumentName, words: Sequence[tuple[str, ...]]) -> bool:
    """Whether uri and title contain a spelling of each of ``words``; ``words_of`` takes 20 times as long to tell."""
    said = f"{row.uri}\n{row.title}".casefold()
    for spellings in words:  # no any() and all(): of 100,000 documents they take half a second
        for spelling in spellings:
            if spelling in said:
                break
        else:
            return False
    return True


def _pointed_at(documents: Sequence[DocumentName], history: Sequence[Turn]) -> tuple[str, ...]:
    """The only document, or the one that was spoken of last; none where there is no telling."""
    if len(documents) == 1:
        return (documents[0].uri,)
    last = next((turn.documents[0] for turn in reversed(history) if turn.documents), "")
    return (last,) if any(row.uri == last for row in documents) else ()


def _name(row: DocumentName) -> str:
    return name_of(row.uri).casefold()


def _is_name(said: str, name: str) -> bool:
    """Whether ``said``, which ends with ``name``, says nothing else: "the file price-list.csv"."""
    before = said[: -len(name)]
    return not words_of(before) and (not before or not before[-1].isalnum())


def _share(wanted: frozenset[str], words: frozenset[str]) -> float:
    return len(wanted & words) / len(words) if words else 0.0


def _either(rule: re.Pattern[str], said: str) -> bool:
    """Whether ``said`` fits, with or without a particle behind it."""
    return bool(rule.fullmatch(said) or rule.fullmatch(_PARTICLE.sub("", said).rstrip()))
