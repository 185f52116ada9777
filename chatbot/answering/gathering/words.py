"""What the program itself says in such an answer, in the language of the question."""

from __future__ import annotations

from chatbot.text.language import language_of, paragraphs_said, worded

_WORDS = {
    # key: (Korean, English)
    "missing": ("문서에서 다음에 대한 내용을 찾지 못했습니다: {name}", "Nothing was found in the documents about: {name}."),
    "beside": ("(옆 칸의 문장)", "(the sentence beside it)"),
    "absent": ("문서에서 이 질문의 답을 찾지 못했습니다.", "The documents do not answer this question."),
    "weak": ("약하게 맞음: 출처를 보고 직접 판단하세요.", "Weak match: judge for yourself by the sources."),
    "unasked": ("한 번에 {most}개까지 답합니다. 답하지 않은 질문: {names}", "Up to {most} questions are answered at once. Not answered: {names}"),
    "found": (
        "문서 {documents}개에서 발췌문 {passages}개를 찾았습니다. 후보 {looked}개를 살펴보았습니다.",
        "{passages} passages in {documents} documents; {looked} were looked at.",
    ),
    "found_one": (
        "문서 1개에서 발췌문 {passages}개를 찾았습니다. 후보 {looked}개를 살펴보았습니다.",
        "{passages} passages in one document; {looked} were looked at.",
    ),
    "found_single": (
        "발췌문 1개를 찾았습니다. 후보 {looked}개를 살펴보았습니다.",
        "One passage; {looked} were looked at.",
    ),
    "more": ("그 밖에 찾은 것 {count}개는 적지 않았습니다.", "Found, but not listed: {count} more."),
}  # fmt: skip
SAID_BELOW = paragraphs_said(_WORDS, ("missing", "absent", "unasked"))  # in what a language model writes


class Words:
    """The words in the language of ``question``."""

    def __init__(self, question: str) -> None:
        self._language = language_of(question)

    def say(self, key: str, **values: object) -> str:
        return worded(_WORDS, key, self._language, **values)
