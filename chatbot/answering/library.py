"""What the program itself says about the documents that it searches, from the index's own facts: no search, no model.

However many there are, it names a few and counts the rest: twenty documents, eight folders, five that were not read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from chatbot.answering.talk import examples
from chatbot.rendering.words.messages import in_language
from chatbot.store import DocumentRow
from chatbot.text.language import hangul_share
from chatbot.text.literal import literally

LOOKED_AT = 200  # documents whose language is told from their beginning; a question waits for it
READ = 2000  # characters of each

_NAMED, _FOLDERS, _PROBLEMS = 20, 8, 5
_KOREAN_FROM = (
    0.3  # share of Hangul among the letters; Korean prose has .8 to 1, with much code or English .4
)

_SAID = {
    # key: (Korean, English)
    "can_be_searched": (
        "문서 {documents}개를 찾아볼 수 있습니다(발췌문 {chunks}개).",
        "{documents} documents can be searched, in {chunks} passages.",
    ),
    "one": ("문서 1개를 찾아볼 수 있습니다(발췌문 {chunks}개).", "One document can be searched, in {chunks} passages."),
    "one_passage": ("문서 1개를 찾아볼 수 있습니다(발췌문 1개).", "One document can be searched, in one passage."),
    "none": ("찾아볼 수 있는 문서가 없습니다.", "There is no document that can be searched."),
    "chosen": ("골라 둔 문서만 셌습니다.", "Only the chosen documents are counted."),
    "more": ("그 밖에 {count}개가 더 있습니다. 폴더별로는:", "{count} more. By folder:"),
    "more_folders": ("그 밖의 폴더 {count}개", "{count} more folders"),
    "partial": ("일부만 읽었습니다: {reason}", "read in part: {reason}"),
    "refused": ("읽지 못했습니다: {reason}", "not read: {reason}"),
    "problems": ("다 읽지 못한 문서가 {count}개 있습니다:", "{count} documents were not read, or only in part:"),
    "one_problem": ("다 읽지 못한 문서가 1개 있습니다:", "One document was not read, or only in part:"),
    "more_problems": ("그 밖에 {count}개 더", "{count} more"),
    "no_problem": ("모든 문서를 다 읽었습니다.", "Every document was read as a whole."),
    "newest": ("가장 최근에 읽은 문서는 다음과 같습니다.", "Read most recently:"),
    "oldest": ("가장 먼저 읽은 문서는 다음과 같습니다.", "Read first:"),
    "largest": ("발췌문이 많은 것부터:", "By the number of their passages:"),
    "passages": ("발췌문 {count}개", "{count} passages"),
    "passage": ("발췌문 1개", "1 passage"),
    "read_on": ("{day}에 읽음", "read on {day}"),
    "pages": ("{count}쪽", "{count} pages"),
    "page": ("1쪽", "1 page"),
    "formats": ("형식은 다음과 같습니다.", "Their formats:"),
    "languages": ("문서의 언어는 다음과 같습니다.", "The documents are in:"),
    "looked_at": ("문서 {count}개의 첫머리를 보고 셌습니다.", "Counted from the beginnings of {count} documents."),
    "korean": ("한국어: {count}", "Korean: {count}"),
    "other": ("영어나 다른 언어: {count}", "English or another language: {count}"),
    "no_letters": ("글자 없음: {count}", "no letters: {count}"),
    "have": ("네, 있습니다.", "Yes."),
    "plain_text": ("텍스트", "text"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Library:
    """What is asked about.

    Attributes:
        documents: those that are searched, by uri.
        is_chosen: a person has chosen them among others.
        beginnings: gives the first ``READ`` characters of so many of them, at most ``LOOKED_AT``, spread over all.
        questions: gives some that they answer.
    """

    documents: Sequence[DocumentRow]
    is_chosen: bool
    beginnings: Callable[[], Sequence[str]]
    questions: Callable[[], Sequence[str]]


def about_library(topic: str, named: Sequence[str], library: Library, language: Literal["ko", "en"]) -> str:
    """The answer to ``topic`` in Markdown; ``named``: uris of the documents that were asked for by name."""
    return "\n\n".join(filter(None, _Telling(library, language).parts(topic, named)))


def spread(documents: Sequence[DocumentRow], count: int = LOOKED_AT) -> list[DocumentRow]:
    """At most ``count`` of ``documents``, from the first to the last at equal distances."""
    step = max(len(documents) / count, 1.0)
    return [documents[int(place * step)] for place in range(min(len(documents), count))]


class _Telling:
    def __init__(self, library: Library, language: Literal["ko", "en"]) -> None:
        self._library, self._language = library, language
        self._readable = [row for row in library.documents if row.chunks]

    def parts(self, topic: str, named: Sequence[str]) -> list[str]:
        match topic:
            case "named":
                rows = [row for row in self._library.documents if row.uri in named]
                return [self._say("have"), self._listed(rows)]
            case "newest" | "oldest":
                rows = sorted(self._readable, key=lambda row: row.indexed_at, reverse=topic == "newest")
                same = [row for row in rows if row.indexed_at[:10] == rows[0].indexed_at[:10]][:_PROBLEMS]
                return [self._say(topic), self._listed(same)] if rows else [self._count()]
            case "largest":
                rows = sorted(self._readable, key=lambda row: row.chunks, reverse=True)[:_PROBLEMS]
                lines = "\n".join(f"- {self._row(row)} · {self._passages(row)}" for row in rows)
                return [self._say("largest"), lines] if rows else [self._count()]
            case "count":
                return [self._count(), self._by_format(), self._problems()]
            case "formats":
                return [self._count(), self._by_format()]
            case "languages":
                return [self._count(), self._languages()]
            case "problems":
                return [self._problems() or self._say("no_problem")]
            case "ask":
                return [self._count(), examples(self._library.questions(), self._language) or self._all()]
        return [
            self._count(),
            self._all(),
            self._problems(),
            examples(self._library.questions(), self._language),
        ]

    def _count(self) -> str:
        count, chunks = len(self._readable), sum(row.chunks for row in self._readable)
        one = "one_passage" if chunks == 1 else "one"
        key = "can_be_searched" if count > 1 else one if count else "none"
        chosen = self._say("chosen") if self._library.is_chosen else ""
        return " ".join(filter(None, (self._say(key, documents=f"{count:,}", chunks=f"{chunks:,}"), chosen)))

    def _all(self) -> str:
        """The first documents by name, and how many more are in which folder."""
        rest = self._readable[_NAMED:]
        if not rest:
            return self._listed(self._readable)
        folders = Counter(row.uri.rpartition("/")[0] or "/" for row in rest).most_common()
        lines = [f"- {literally(folder)}: {count:,}" for folder, count in folders[:_FOLDERS]]
        if len(folders) > _FOLDERS:
            lines.append(f"- {self._say('more_folders', count=f'{len(folders) - _FOLDERS:,}')}")
        more = self._say("more", count=f"{len(rest):,}")
        return "\n\n".join((self._listed(self._readable[:_NAMED]), more, "\n".join(lines)))

    def _listed(self, rows: Sequence[DocumentRow]) -> str:
        return "\n".join(f"- {self._row(row)}" for row in rows)

    def _row(self, row: DocumentRow) -> str:
        title = f" ({literally(row.title)})" if row.title and row.title != row.name else ""
        pages = self._say("page" if row.pages == 1 else "pages", count=f"{row.pages:,}") if row.pages else ""
        day = self._say("read_on", day=row.indexed_at[:10])
        facts = filter(None, (self._format(row), pages, day, self._trouble(row)))
        return f"{literally(row.name)}{title} · {' · '.join(facts)}"

    def _passages(self, row: DocumentRow) -> str:
        return self._say("passage" if row.chunks == 1 else "passages", count=f"{row.chunks:,}")

    def _format(self, row: DocumentRow) -> str:
        return self._say("plain_text") if row.format in ("", "text") else row.format

    def _trouble(self, row: DocumentRow) -> str:
        if row.status == "indexed":
            return ""
        reason = literally(in_language(row.reason, self._language))
        return self._say("refused" if row.status == "refused" else "partial", reason=reason)

    def _problems(self) -> str:
        rows = [row for row in self._library.documents if row.status != "indexed"]
        if not rows:
            return ""
        head = self._say("problems" if len(rows) > 1 else "one_problem", count=f"{len(rows):,}")
        lines = [f"- {literally(row.name)} · {self._trouble(row)}" for row in rows[:_PROBLEMS]]
        if len(rows) > _PROBLEMS:
            lines.append(f"- {self._say('more_problems', count=f'{len(rows) - _PROBLEMS:,}')}")
        return "\n\n".join((head, "\n".join(lines)))

    def _by_format(self) -> str:
        if not self._readable:
            return ""
        counted = Counter(self._format(row) for row in self._readable).most_common()
        return "\n\n".join(
            (self._say("formats"), "\n".join(f"- {name}: {count:,}" for name, count in counted))
        )

    def _languages(self) -> str:
        shares = [hangul_share(text) for text in self._library.beginnings()]
        counted = Counter(
            "no_letters" if share is None else "korean" if share >= _KOREAN_FROM else "other"
            for share in shares
        )
        lines = "\n".join(f"- {self._say(key, count=f'{count:,}')}" for key, count in counted.most_common())
        looked_at = (
            self._say("looked_at", count=f"{len(shares):,}") if len(shares) < len(self._readable) else ""
        )
        return "\n\n".join(filter(None, (self._say("languages"), lines, looked_at))) if lines else ""

    def _say(self, key: str, **values: str) -> str:
        return _SAID[key][self._language != "ko"].format(**values)
