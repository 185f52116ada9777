"""Whether a question can be understood without the one before it: what points back, and what says no subject.

points_back("And for remote workers?")     says_no_subject("얼마나 자주 갈아야 해?")     not points_back("Will it rain?")
"""

from __future__ import annotations

import re

from chatbot.text.keywords import keywords_of, word_of

_DOCUMENT = r"(?:documents?|docs?|files?|handbook|manual|guide|report|list|glossary|library|collection)\b"
_KOREAN = (
    r"^(?:그럼|그러면|그렇다면|그래서|그리고|그런데|근데|그중|그 중|왜|더 |또|반대로|예시|예를)"
    r"|(?<!\S)(?:그것|그거|그게|그건|그걸|이것|이거|이게|이건|이걸|저것|거기|여기|그때|그분|그녀|그들|그중|그런 |앞에서|방금|위에서|둘 다|둘이|둘은|둘 중|두 (?:개|가지) 중"
    r"|그 (?!(?:문서|파일|자료|핸드북|설명서|안내서|가격표|용어집))(?=[가-힣]))"
)
_CONNECTIVES = r"and|or|but|so|then|also"
_ENGLISH = (
    rf"^(?:{_CONNECTIVES}|more|why|what about|how about|what else|which one)\b"
    rf"|\b(?:it|its|they|them|their|(?:those|these)(?! {_DOCUMENT})|this one|that one|the same|the former|the latter|he|she|his|her)\b"
    r"|\b(?:is|are|was|were|does|do|did|can|will|about|of|with|for|than|like|to|after|before|in|at|during|on|under|by|from|approves?|pays?|uses?|gets?)"
    rf" (?:that|this)\b(?! {_DOCUMENT})"
    r"|\bof the two\b(?! \w{3,}s\b)|\bthe two (?:differ|compare)\b"
    r"|(?<!is )(?<!are )(?<!was )(?<!were )\bthere\b"
)
_LEANING = re.compile(f"{_KOREAN}|{_ENGLISH}", re.IGNORECASE)
# "it" that stands for nothing: the weather, the time, "is it allowed to ..."
_EXPLETIVE = re.compile(
    r"\bit(?:'s| is| was| will be)? (?:still |ever |always |often |usually |going to |gonna )?(?:be )?(?:rain|snow|hail|storm|drizzl|thunder|freez)(?:s|e|es|ing|ed|y)?\b"
    r"|\b(?:is|was|will) it (?:be )?(?:\w+ly )?(?:sunny|cloudy|windy|foggy|rainy|snowy|stormy|weekend|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b"
    r"|\bwhat (?:time|day|date|month|year) (?:is|was) it\b"
    r"|\b(?:is|was|would|will) it (?:be )?(?:\w+ly )?(?:possible|allowed|permitted|ok|okay|necessary|required|mandatory|compulsory|legal|forbidden|safe|true|better|best|worth|enough|advisable|recommended)"
    r"(?= (?:to|that|if|for|when)\b)",
    re.IGNORECASE,
)  # fmt: skip
_OPENS = re.compile(
    rf"^\W*(?:(?:{_CONNECTIVES}|what about|how about)\b[\s,]*|(?:그럼|그러면|그렇다면|그리고|그런데|근데|또)(?!\S)[\s,]*)+",
    re.IGNORECASE,
)

_ASKS_SOMETHING = re.compile(
    r"^(?:who|whom|whose|what|when|where|which|why|how|is|are|was|were|do|does|did|can|could|may|must|should|will|would|has|have)\b"
    r"|(?<!\S)(?:언제|어디|누구|누가|얼마|며칠|몇|무엇|무슨|뭐|어느|어떤|어떻게|왜)",
    re.IGNORECASE,
)
_WHOLE = 3  # words of a question that may need nothing from before

# what has no meaning without the thing that it is a property of
_PROPERTIES = {
    "예시", "예", "단점", "장점", "이유", "방법", "차이", "특징", "가격", "크기", "무게", "색", "색깔", "용도", "의미", "뜻", "정의", "종류", "원리",
    "기간", "비용", "출처", "근거", "결과", "조건", "순서", "한도", "길이", "높이", "너비", "example", "examples", "reason", "reasons",
    "price", "size", "weight", "colour", "color", "use", "meaning", "definition", "advantage", "advantages",
    "disadvantage", "disadvantages", "drawback", "drawbacks", "benefit", "benefits", "exception", "exceptions",
    "details", "source", "sources", "deadline", "limit",
}  # fmt: skip
_ASKS = {
    "how", "what", "when", "where", "why", "who", "whom", "whose", "which", "for", "by", "until", "since", "at",
    "to", "from", "in", "of", "on", "long", "often", "much", "many", "far", "soon", "late", "early", "exactly",
    "else", "so", "is", "was", "are", "were", "do", "does", "did", "will", "would", "can", "could", "should", "must",
    "may", "the", "a", "an", "i", "we", "you", "my", "our", "your", "me", "us", "really", "please", "time", "times",
    "days", "day", "weeks", "week", "months", "years", "hours",
}  # fmt: skip
# which day of what was said before: "금요일에는 몇 시까지야?", "When on Saturday?"
_KOREAN_DAY = re.compile(r"(?:[월화수목금토일]요일|주말|평일|공휴일)(?:에는|에도|에|은|는|도|이면|이라면)?")
_ENGLISH_DAY = re.compile(r"(?:mon|tues|wednes|thurs|fri|satur|sun|week)days?|weekends?", re.IGNORECASE)
_KOREAN_EMPTY = re.compile(
    r"(?:언제|어디|누구|얼마|며칠|몇|무엇|뭐|뭘|무얼|어느|어떤|어떻게|왜|누가|무슨)(?:\S{0,3}(?:까지|부터|에서|에게|한테|서|나|로|마다|쯤|만|을|를|이|가|은|는|에|개|번|명|일|시|년|달|주))?"
    r"|(?:\d+|[가-힣])?(?:개월|시간|개|번|명|일|년|달|주|분|초)(?:에|까지|마다|동안|쯤|이나|나)?"
    r"|자주|빨리|일찍|오래|많이|더|꼭|다시|먼저|미리|정확히|보통|그냥|바로|또|주로|처음에?|나중에|다|모두|직접|대략|최대|최소|하루에?|한|두|세"
    r"|제가|내가|저는|나는|저도|나도|저희는?|우리는?|우리가|혹시|수|것|거|게|때|줄|건가요?|안|못|잘|좀"
)
_NOUN_LIKE = re.compile(r"(?:은|는|이|가|을|를|도|의|와|과|이야|인가요|입니까|이에요|예요|인지|이란|이고)$")
_PREDICATE = re.compile(r"(?:[아어여해야고면서]|려면|은|는|을|를|도|지|기)$")
_MORE = re.compile(
    r"\b(?:why|how come|examples?|for instance|else|more|other|another|details?|explain)\b|왜|예시|예를|(?<!\S)(?:더|또|다른)(?!\S)|이유|그 ?밖|자세히|나머지",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[가-힣]+|[A-Za-z0-9']+")
_LONG_WORD = 6  # Korean letters without a space that are more than one word: "배터리충전안됨"


def points_back(question: str) -> bool:
    """Whether ``question`` holds a word that stands for something said before."""
    return bool(_LEANING.search(_EXPLETIVE.sub(" ", question).strip()))


def says_no_subject(question: str) -> bool:
    """Whether ``question`` asks how often, when, who, and names nothing: what it is about was said before."""
    tokens = _TOKEN.findall(question)
    if not any("가" <= token[0] <= "힣" for token in tokens):
        return bool(tokens) and all(
            token.lower() in _ASKS or _ENGLISH_DAY.fullmatch(token) for token in tokens
        )
    left = [
        place
        for place, token in enumerate(tokens)
        if not _is_empty(token) and not _KOREAN_DAY.fullmatch(token)
    ]
    return bool(tokens) and all(_is_predicate(tokens, place) for place in left)


def asks_for_a_property(question: str) -> bool:
    """Whether all that ``question`` names is a property: "단점은?", "The price?"."""
    words = [word_of(terms) for terms in keywords_of(without_connective(question))]
    return bool(words) and all(word in _PROPERTIES or word in _ASKS for word in words)


def has_own_subject(question: str) -> bool:
    """Whether a follow-up names something, so that it may be about another thing than the question before."""
    own = without_connective(question)
    return not (points_back(own) or says_no_subject(own) or asks_for_a_property(own))


def may_be_whole(question: str) -> bool:
    """Whether only its first word leans on what was said: "And how much is sick pay?", and not "And for meals?"."""
    own = without_connective(question)
    asks = _ASKS_SOMETHING.search(own) is not None and len(own.split()) >= _WHOLE
    return asks and own != question.strip() and has_own_subject(question)


def says_much(question: str) -> bool:
    """Whether a follow-up names what it is about in two words or more, besides those that ask."""
    words = [word_of(terms) for terms in keywords_of(without_connective(question))]
    return sum(word not in _PROPERTIES and word not in _ASKS for word in words) >= 2


def asks_for_more(question: str) -> bool:
    """Whether a follow-up asks for something besides what was said: a reason, an example, a property of the subject."""
    return (
        bool(_MORE.search(question)) or asks_for_a_property(question) or not any(map(str.isalnum, question))
    )


def without_connective(question: str) -> str:
    """``question`` without "and", "그럼" in front of it."""
    return _OPENS.sub("", question.strip())


def is_short(question: str, words: int) -> bool:
    """Whether ``question`` has at most so many words; a long Korean one without spaces has more than it seems."""
    said = question.split()
    is_joined = len(said) == 1 and len(re.findall("[가-힣]", said[0])) >= _LONG_WORD
    return len(said) <= words and not is_joined


def _is_empty(token: str) -> bool:
    return token.isdigit() or token.lower() in _ASKS or _KOREAN_EMPTY.fullmatch(token) is not None


def _is_predicate(tokens: list[str], place: int) -> bool:
    """Whether a Korean word is what happens, and no thing: the last word, or one in front of a helping word."""
    token = tokens[place]
    if not "가" <= token[0] <= "힣":
        return False
    if place == len(tokens) - 1:
        return _NOUN_LIKE.search(token) is None and len(tokens) > 1
    following = tokens[place + 1]
    if following in ("수", "줄", "것", "거", "때"):
        return (ord(token[-1]) - 0xAC00) % 28 in (8, 4)  # ends in ㄹ or ㄴ
    helps = following[0] in "하해되돼될줘주봐보있없두놔않"
    return helps and _PREDICATE.search(token) is not None and token[-1] in "아어여해야고지서면려"
