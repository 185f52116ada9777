"""What the program itself answers to a greeting, to thanks, or to "what can you do?": no search, no model, no citation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from chatbot.text.literal import literally

_SAID = {
    # topic: (Korean, English)
    "greeting": (
        "안녕하세요. 문서에 대해 물어보시면 답을 찾아 출처와 함께 보여 드립니다.",
        "Hello. Ask about your documents, and you get an answer with its sources.",
    ),
    "thanks": (
        "천만에요. 더 궁금한 것이 있으면 물어보세요.",
        "You are welcome. Ask if there is more to find.",
    ),
    "bye": ("안녕히 가세요. 대화는 목록에 남아 있습니다.", "Goodbye. This conversation stays in the list."),
    "who": (
        "저는 Second Look입니다. 사람이 아니라 문서를 찾아 주는 프로그램이고, 답마다 어느 문서의 어느 대목인지 보여 드립니다.",
        "I am Second Look: not a person but a program that searches your documents and shows, for every answer, the passage "
        "that it comes from.",
    ),
    "help": (
        "문서에 대해 한국어나 영어로 물어보세요. 답에는 번호가 붙고, 번호를 누르면 그 대목이 열립니다.\n\n"
        "- 사실을 물을 때: “재택근무는 며칠까지 가능한가요?”처럼 한 문장으로\n"
        "- 문서 전체를 볼 때: “직원 핸드북을 요약해줘”, “설명서 목차 보여줘”\n"
        "- 무엇이 있는지 볼 때: “어떤 문서들이 있어?”\n\n"
        "문서에 답이 없으면 지어내지 않고 없다고 말합니다.",
        "Ask about your documents in English or Korean. An answer has numbers; a number opens the passage that it rests on.\n\n"
        "- A fact: ask it in one sentence, as “How many days a week may I work from home?”\n"
        "- A whole document: “Summarize the employee handbook”, “Show me the table of contents of the manual”\n"
        "- What there is: “What documents do you have?”\n\n"
        "Where the documents do not hold the answer, it says so and makes nothing up.",
    ),
    "how_are_you": (
        "잘 있습니다. 문서에서 무엇을 찾아 드릴까요?",
        "All is well here. What shall I look for in your documents?",
    ),
    "compliment": (
        "감사합니다. 답이 맞는지는 출처에서 확인해 주세요.",
        "Thank you. Whether an answer is right, its sources show.",
    ),
    "complaint": (
        "도움이 되지 못해 죄송합니다. 저는 문서에 적힌 것만 인용하므로, 문서의 낱말로 한 문장씩 물어보시면 더 잘 찾습니다. "
        "답 아래의 엄지로 무엇이 틀렸는지 알려 주실 수 있습니다.",
        "Sorry that this was no help. I quote only what the documents say, so one sentence in their own words finds more. "
        "The thumbs below an answer tell what was wrong with it.",
    ),
    "clock": (
        "저는 문서만 알고 있어서 오늘 날짜나 지금 시각은 알려 드릴 수 없습니다.",
        "I know nothing but the documents, so I cannot tell the date or the time.",
    ),
    "ok": ("네. 더 궁금한 것이 있으면 물어보세요.", "All right. Ask if there is more to find."),
}
_FOR_EXAMPLE = ("이런 질문에는 답할 수 있습니다:", "These are answered by your documents:")


def talk(topic: str, language: Literal["ko", "en"], questions: Callable[[], Sequence[str]]) -> str:
    """The answer to ``topic``; ``questions`` are some that the documents answer, asked for where help is wanted."""
    said = _SAID[topic][language != "ko"]
    return "\n\n".join(filter(None, (said, examples(questions(), language) if topic == "help" else "")))


def examples(questions: Sequence[str], language: Literal["ko", "en"]) -> str:
    """``questions`` as a list under a line that introduces them; empty where there are none."""
    if not questions:
        return ""
    return "\n".join(
        [_FOR_EXAMPLE[language != "ko"], "", *(f"- {literally(question)}" for question in questions)]
    )
