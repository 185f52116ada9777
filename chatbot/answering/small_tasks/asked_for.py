"""What a question asks for, where the rules are unsure: one word of a closed list, said by the language model.

    "핸드북에서 중요한 것만 뽑아 봐" -> key points of data/employee-handbook.pdf

It is asked only where no rule fits and the question still does not read like a look-up: it asks to sum up, list or
compare, or it names a document and has no question word. Of 13,080 questions of four public sets (squad1, korquad1,
clapnq, a bank's FAQ) these are 4.
Which document is meant is found by the rules, never by the model.
"""

from __future__ import annotations

import re

from chatbot.answering.requests import without_opener
from chatbot.answering.requests.document_names import Documents, named_in
from chatbot.answering.requests.plain import plain
from chatbot.answering.writer import LanguageModel, Writer
from chatbot.errors import LLMError, Phrase
from chatbot.text.invisible import clean_line
from chatbot.text.language import language_of
from chatbot.trace import LOOK_UP, Request, RequestKind, Timings

LIMIT_S = 15.0  # seconds; the person is waiting for the search
_LONGEST_QUESTION = 300  # characters; who writes more explains something
_LONGEST = 40  # characters of a reply
_KINDS: dict[str, tuple[RequestKind, str]] = {
    "answer": ("look_up", ""),
    "summary": ("whole_document", "summary"),
    "outline": ("whole_document", "outline"),
    "points": ("whole_document", "key_points"),
    "compare": ("compare", ""),
    "collect": ("collect", ""),
    "documents": ("library", "list"),
}
_RULES = """\
Someone asks a program about their own documents. Say what they ask for, in one word of this list:
answer: a fact, an explanation, or what the documents say on one topic, also in short
summary: a whole document in short, not one topic of it
outline: the headings or chapters of a whole document
points: the most important points of a whole document
compare: how two or more things differ
collect: every item of some kind from the documents, as a list
documents: which documents or files there are
Reply with that one word only. If you are not sure, reply: answer"""
_ASK = "They ask: {question}\nOne word:"
_SUMMING_UP = {
    "en": re.compile(
        r"(?:(?:can|could|would|will) you |please |kindly |just |i (?:want|need) (?:you to |to see )?|give (?:me |us )?|show (?:me |us )?|make (?:me |us )?|write (?:me |us )?)*"
        r"(?:an? |the |short |brief |quick |full )*(?:summari[sz]e|summary|sum up|recap|overview|outline|list|enumerate|collect|compare|comparison|contrast|key points|takeaways|gist)\b.*"
        r"|.*\b(?:summari[sz]ed|summary|recap|overview|outline|comparison|compared|in a list|as a list|takeaways|gist)(?: please)?"
    ),
    "ko": re.compile(
        r".*(?:총정리|정리|요약|간추|추려|비교|대조|목록|리스트|나열|열거|개요|목차|핵심|요점|줄거리|뽑아|훑어)\S{0,4}"
        r"(?:\s*(?:좀|한번|간단히|다|모두|전부|표로|해|해서|만))*(?:\s*\S{0,3}(?:줘|줘요|주세요|주라|달라|봐|봐요|해|하자|바람|바랍니다|부탁\S{0,5}|줄래\S?|줄 수 있\S{1,4}))?"
    ),
}
_ASKING = {
    "en": re.compile(
        r"\b(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|does|do|did|can i|may i|must i|should i)\b"
    ),
    "ko": re.compile(
        r"무엇|무슨|뭐|뭘|누구|누가|언제|어디|어느|어떤|어떻게|어때|얼마|몇|왜|까요?$|나요?$|가요?$|니까$|은$|는$|란$"
    ),
}


def asked_for(
    question: str, request: Request, documents: Documents, writer: Writer, timings: Timings
) -> tuple[Request, str]:
    """``request``, or what the language model takes an unsure question for; and why it said nothing, if it was asked in vain.

    Args:
        request: what the rules took it for; only a look-up is doubted.
        documents: those that are searched; asked only where the question may name one.
    """
    if request != LOOK_UP or not isinstance(writer, LanguageModel) or not is_unsure(question, documents):
        return request, ""
    try:
        with timings.measure("recognise"):
            kind, topic = _said(question, writer)
    except LLMError as error:
        return request, Phrase("what the question asks for was not made out: {reason}", reason=error)
    about = named_in(question, documents()) if kind == "whole_document" else ()
    if kind == "look_up" or (kind == "whole_document" and not about):
        return request, ""  # a topic is looked up: no document of the whole library is meant
    return Request(kind, topic, about, "model"), ""


def is_unsure(question: str, documents: Documents) -> bool:
    """Whether ``question``, which no rule knows, reads like something else than a look-up."""
    asked = plain(without_opener(question))
    if not asked or len(asked) > _LONGEST_QUESTION:
        return False
    language = language_of(asked)
    if _ASKING[language].search(asked):
        return False
    return _SUMMING_UP[language].fullmatch(asked) is not None or bool(named_in(asked, documents()))


def _said(question: str, model: LanguageModel) -> tuple[RequestKind, str]:
    """What ``model`` takes it for. Raises ``LLMError``, also where it says another word."""
    asked = clean_line(question)
    reply = model.reply(_RULES, _ASK.format(question=asked), longest=_LONGEST, limit_s=LIMIT_S, one_line=True)
    word = re.sub(r"[^a-z]", "", reply.text.casefold())
    if word not in _KINDS:
        raise LLMError(
            "{label} named no kind of request but said: {words}",
            label=model.label,
            words=clean_line(reply.text),
        )
    return _KINDS[word]
