"""One question in several kinds of words: as people type it, as keywords, as a fragment, politely, after a greeting and reasons."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence

from chatbot.text.keywords import keywords_of
from chatbot.text.language import language_of

Texts = Sequence[str]

_POLITE = {
    "en": (
        "Could you please tell me this: {question} Thank you very much in advance!",
        "I would be grateful for your help. {question} Many thanks and kind regards.",
    ),
    "ko": (
        "바쁘신데 죄송합니다만, {question} 혹시 알고 계시면 자세히 알려 주시면 감사하겠습니다.",
        "수고 많으십니다. {question} 번거로우시겠지만 답변 부탁드리겠습니다.",
    ),
}
_LONG = {
    "en": (
        "Hello! I hope you are having a good week. I have to explain this to my team tomorrow and did not find"
        " it anywhere. My manager asked me twice already, so I want to be sure. {question}",
        "Good morning. I am preparing a short talk for some friends and want to get the facts right. We had a"
        " long discussion yesterday and could not agree. {question}",
        "Hi there, thanks for taking the time. My sister and I made a bet during dinner last night. Whoever is"
        " right gets to choose the next film. {question} Thank you!",
    ),
    "ko": (
        "안녕하세요, 좋은 하루 보내고 계신가요? 내일 팀에 설명해야 하는데 어디에서도 찾지 못했습니다."
        " 팀장님이 두 번이나 물어보셔서 확실히 알고 싶습니다. {question}",
        "안녕하세요. 친구들 앞에서 짧게 발표를 준비하고 있어서 사실을 정확히 알고 싶습니다."
        " 어제 오래 이야기했지만 결론이 나지 않았어요. {question}",
        "안녕하세요, 시간 내 주셔서 고맙습니다. 어제 저녁을 먹다가 동생과 내기를 했습니다."
        " 이기는 사람이 다음 영화를 고르기로 했어요. {question} 감사합니다!",
    ),
}


def natural(question: str, _: Texts) -> str:
    return question


def keywords(question: str, _: Texts) -> str:
    """Only the words that say what it is about."""
    return " ".join(map(_word, keywords_of(question))) or question


def fragment(question: str, texts: Texts) -> str:
    """Its two keywords that the fewest of ``texts`` have, of those that any has."""
    words = list(dict.fromkeys(map(_word, keywords_of(question))))
    counts = {word: sum(word in text for text in texts) for word in words}
    rarest = sorted((word for word in words if counts[word]), key=lambda word: counts[word])[:2]
    return " ".join(word for word in words if word in rarest) or question


def polite(question: str, _: Texts) -> str:
    return _in_frame(question, _POLITE)


def long(question: str, _: Texts) -> str:
    """After a greeting and two sentences of reason."""
    return _in_frame(question, _LONG)


KINDS: dict[str, Callable[[str, Texts], str]] = {
    "natural": natural, "keywords": keywords, "fragment": fragment, "polite": polite, "long": long,
}  # fmt: skip


def _word(terms: list[str]) -> str:
    """A keyword as it was written: pairs of Hangul syllables overlap by one."""
    return terms[0] + "".join(term[-1] for term in terms[1:])


def _in_frame(question: str, frames: Mapping[str, tuple[str, ...]]) -> str:
    of_language = frames[language_of(question)]
    asked = question if question.rstrip()[-1:] in ".?!" else f"{question}?"  # who writes sentences ends them
    return of_language[zlib.crc32(question.encode()) % len(of_language)].format(question=asked)
