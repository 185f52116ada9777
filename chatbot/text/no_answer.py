"""Does a text say nothing but that the documents do not answer? For answers of language models, Korean and English.

"The documents do not contain the answer." -> True
"It opens at nine [1]. The passages do not say when it closes." -> False: it answers a part
"""

from __future__ import annotations

import re

from chatbot.text.invisible import on_one_line
from chatbot.text.sentences import sentence_spans

_LONGEST = 400  # characters; who writes more tells something
_MOST_SENTENCES = 3
_CITATION = re.compile(r"\s?\[\d{1,3}\]")
_WHERE = r"(?:documents?|passages?|context|texts?|sources?|excerpts?|materials?|information|content|articles?|references?)"
_NONE = (
    r"(?:do(?:es)?|did) ?(?:not|n't) (?:\w+ ){0,3}?"
    r"(?:contain|provide|include|mention|specify|answer|have|hold|state|give|say|address|discuss|cover|indicate|tell|offer|describe|explain|list)"
)
_ENGLISH = re.compile(
    rf".*\b{_WHERE}\b.{{0,60}}?{_NONE}\b.*"
    rf"|.*\b(?:no|not any|not enough|insufficient) (?:\w+ ){{0,3}}?(?:information|answer|mention|details?|data|evidence)\b.{{0,120}}?\b(?:{_WHERE}|about|regarding|on|to answer)\b.*"
    rf"|.*\b(?:could ?(?:not|n't)|can ?not|can't|was not able to|am unable to|(?:is|was) unable to|did ?(?:not|n't)) (?:\w+ )?(?:find|answer|determine|locate|provide) (?:\w+ ){{0,6}}?(?:answer|information|mention|details?|question|anything|{_WHERE})\b.*"
    rf"|.*\b(?:is|are|was|were) ?(?:not|n't) (?:\w+ ){{0,3}}?(?:contained|provided|mentioned|included|found|available|specified|stated|given|present|answered|addressed|discussed|listed|in)\b.{{0,80}}?\b{_WHERE}\b.*"
    rf"|.*\b{_WHERE} (?:provided )?(?:contains?|provides?|has|have|holds?|gives?) no (?:\w+ ){{0,3}}?(?:information|answer|mention|details?|data)\b.*"
    r"|(?:answer )?not (?:found|mentioned|provided|specified|available)(?: .{0,60})?",
    re.IGNORECASE,
)
_UNSAID = (
    r"(?:(?:나와|나타나|들어|적혀|쓰여|포함되어|포함돼|언급되어|언급돼|명시되어|명시돼|제시되어|제공되어|기재되어|담겨|포함하고|언급하고|다루고) ?있지(?:는)? 않\S{1,5}"
    r"|(?:포함|언급|명시|제시|기재|설명)(?:하|되)?지(?:는)? 않\S{1,5}|제공되지(?:는)? 않\S{1,5}|(?:나오|나타나|답하|알려 ?주)지(?:는)? 않\S{1,5})"
)
_KOREAN = re.compile(
    # what is not there: an answer, a mention; or where something is not: in the documents
    r".*(?:답|답변|정보|내용|언급|설명|기록|근거)(?:은|는|이|가|을|를|도|에 대해)? ?(?:(?!수 )\S{1,8} ){0,2}?(?:없습니다|없음|없어요?|없네요|없다|없는 것 같\S{1,5}|찾지 못했\S{1,4}|(?:찾|알|확인할|제공할|말씀드릴) ?(?:을 )?수(?:가|는)? 없\S{1,5})"
    r"|.*(?:문서|발췌문|자료|본문|지문|문맥|텍스트|출처)(?:들)?(?:에서|에는|에|에서는|로는|만으로는?|으로는|은|는|이|가|를|을) .{0,60}?"
    r"(?:(?:찾을|알|확인할|답할|제공할|답변할|파악할) ?수(?:가|는)? 없\S{1,5}|찾지 못했\S{1,4}"
    rf"|{_UNSAID})"
    rf"|.*(?:정보|내용|답|답변|언급|설명)(?:은|는|이|가|도) .{{0,40}}?{_UNSAID}"
)
_FILLER = re.compile(
    r"(?:i'?m |i am |we are )?(?:sorry|unfortunately)\W*|(?:i )?apologi[sz]e.{0,60}|please .{0,160}|죄송합니다\W*|.{0,80}(?:확인|참고|문의|질문|알려)\S{0,3} ?(?:해 |하여 )?(?:주세요|주십시오|바랍니다|주시기 바랍니다)\W*",
    re.IGNORECASE,
)
_ENDS = " \t\n.!?。…\"'“”*-"


def says_no_answer(text: str) -> bool:
    """Whether every sentence of ``text`` says that the documents do not answer, and at least one does."""
    said = on_one_line(_CITATION.sub("", text)).strip()
    if not said or len(said) > _LONGEST:
        return False
    sentences = [said[start:end].strip(_ENDS) for start, end in sentence_spans(said)]
    sentences = [sentence for sentence in sentences if sentence]
    if len(sentences) > _MOST_SENTENCES:
        return False
    declined = [_declines(sentence) for sentence in sentences]
    filler = [_FILLER.fullmatch(sentence) is not None for sentence in sentences]
    return any(declined) and all(no or rest for no, rest in zip(declined, filler, strict=True))


def _declines(sentence: str) -> bool:
    return _ENGLISH.fullmatch(sentence) is not None or _KOREAN.fullmatch(sentence) is not None
