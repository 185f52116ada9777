"""What the program itself says in an answer about a whole document, in the language of the question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from chatbot.text.language import paragraphs_said, worded

_WORDS = {
    # key: (Korean, English)
    "summary": ("{name} 요약 ({size})", "Summary of {name} ({size})"),
    "key_points": ("{name}의 핵심 ({size})", "Key points of {name} ({size})"),
    "about": ("{name} ({size})", "{name} ({size})"),
    "compare": ("문서 {count}개 비교", "{count} documents compared"),
    "holds": ("부분: {titles}", "Sections: {titles}"),
    "outline": ("{name}의 차례 ({size})", "Outline of {name} ({size})"),
    "all": ("문서 {count}개, 문서마다 가장 중심이 되는 문장", "{count} documents, each by its most central sentences"),
    "size": ("발췌문 {count}개", "{count} passages"),
    "size_one": ("발췌문 1개", "1 passage"),
    "size_pages": ("{pages}쪽, 발췌문 {count}개", "{pages} pages, {count} passages"),
    "beginning": ("첫머리", "Beginning"),
    "page": ("{page}쪽", "Page {page}"),
    "pages": ("{first}~{last}쪽", "Pages {first} to {last}"),
    "passages": ("발췌문 {first}~{last}", "Passages {first} to {last}"),
    "span": ("{first} … {last}", "{first} … {last}"),
    "table": ("표: 열은 {columns}, 행은 {rows}개입니다. 첫 행:", "A table with the columns {columns} and {rows} rows. Its first row:"),
    "nothing": ("인용한 문장이 없는 부분: {titles}", "No sentence quoted: {titles}"),
    "part_read": (
        "발췌문 {count}개 가운데 앞의 {read}개만 읽었습니다: {name}",
        "Only the first {read} of {count} passages were read: {name}",
    ),
    "central": (
        "발췌문 {count}개 가운데 부분마다 가장 중심이 되는 {sent}개를 모델에 보냈습니다.",
        "Of {count} passages the {sent} most central ones, from every section, were sent to the model.",
    ),
    "named_only": ("그 밖의 문서: {names}", "Further documents: {names}"),
    "more": ("외 {count}개", "and {count} more"),
    "unread": ("읽지 못한 문서: {names}", "Documents that could not be read: {names}"),
    "cannot": ("{names}: 읽을 수 있는 글이 없어 요약할 것이 없습니다.", "{names}: there is no text that could be read, so there is nothing to tell of it."),
    "none": ("아직 문서가 없습니다.", "There are no documents yet."),
    "no_sentence": ("인용할 만한 온전한 문장이 없습니다.", "It holds no whole sentence that could be quoted."),
    "as_written": (
        "문장은 문서에 적힌 그대로 인용한 것입니다. {wanted}로 쓴 글은 언어 모델을 골라야 받을 수 있습니다.",
        "The sentences are quoted as the document has them; choose a language model to have them in {wanted}.",
    ),
    "headings_as_written": (
        "제목은 문서에 적힌 그대로입니다. {wanted}로 옮기지 않습니다.",
        "The headings are those of the document; they are not translated into {wanted}.",
    ),
    "fewer": (
        "{asked}문장을 바라셨지만, 따로 떼어 읽을 수 있는 문장이 {found}개뿐입니다.",
        "{asked} sentences were asked for; only {found} can be quoted that stand by themselves.",
    ),
    "fewer_one": (
        "{asked}문장을 바라셨지만, 따로 떼어 읽을 수 있는 문장이 하나뿐입니다.",
        "{asked} sentences were asked for; only one can be quoted that stands by itself.",
    ),
    "most": ("한 번에 {most}문장까지 인용합니다.", "At most {most} sentences are quoted at once."),
    "no_more": ("인용할 만한 문장이 더는 없습니다.", "There are no more sentences that could be quoted."),
    "longer_than": (
        "가장 짧은 문장도 바라신 것보다 깁니다. 인용한 문장은 줄일 수 없습니다.",
        "The shortest sentence is longer than what was asked for; a quote cannot be cut.",
    ),
    "already_one": (
        "이미 한 문장입니다. 인용한 문장은 더 줄일 수 없습니다.",
        "It is one sentence already; a quote cannot be made shorter.",
    ),
    "one_each": (
        "{asked}문장을 바라셨지만 문서가 {count}개라서, 문서마다 한 문장을 인용합니다.",
        "{asked} sentences were asked for; there are {count} documents, and each has one.",
    ),
    "one_each_one": (
        "한 문장을 바라셨지만 문서가 {count}개라서, 문서마다 한 문장을 인용합니다.",
        "One sentence was asked for; there are {count} documents, and each has one.",
    ),
    "missing": ("요약하지 못한 부분: {titles}", "Not summarised: {titles}"),
}  # fmt: skip
# in what a language model writes
SAID_BELOW = paragraphs_said(_WORDS, ("central", "part_read", "named_only", "unread", "missing"))


@dataclass(frozen=True, slots=True)
class Words:
    """The words in one language. Names and headings are put in as they are."""

    language: Literal["ko", "en"]

    def say(self, key: str, **values: object) -> str:
        return worded(_WORDS, key, self.language, **values)

    @property
    def beginning(self) -> str:
        """What stands above the first heading."""
        return self.say("beginning")

    def size(self, pages: int, count: int) -> str:
        if pages > 1:
            return self.say("size_pages", pages=pages, count=f"{count:,}")
        return self.say("size", count=f"{count:,}") if count != 1 else self.say("size_one")

    def span(self, first: str, last: str) -> str:
        return self.say("span", first=first, last=last)

    def page(self, page: int | None) -> str:
        return self.say("page", page=page)

    def pages(self, first: int | None, last: int | None) -> str:
        return self.say("pages", first=first, last=last)

    def passages(self, first: int, last: int) -> str:
        return self.say("passages", first=first, last=last)
