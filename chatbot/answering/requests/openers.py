"""What people say to each other around a question, in Korean and English: greetings, thanks, "ok".

talk_topic("네, 고마워요!") -> "thanks"       without_opener("Thanks! And the notice period?") -> "And the notice period?"
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_PHRASES = {
    # topic: (English, Korean); the first topic that is said wins: "hello, how are you?" asks how it is
    "help": (
        r"help(?: me)?|what (?:can|could) you do(?: for me)?|what do you do|how (?:do|can|should) i use (?:this|you|it)(?: (?:app|program|page|tool))?"
        r"|how does (?:this|it) work|how do you work|what is this (?:app|program|page|tool)(?: for)?|what are you able to do",
        r"도움말|도와줘요?|도와주세요|사용법(?:을?\s*알려\s*(?:줘요?|주세요))?"
        r"|(?:너는?|넌|당신은)?\s*(?:뭘|뭐|뭐를|무엇을|무얼)\s*할\s*수\s*(?:있어요?|있니|있나요|있지요?|있습니까|있는데)"
        r"|(?:이거\s*|이건\s*)?어떻게\s*(?:쓰|사용하)(?:는\s*거(?:야|예요|죠|지)|나요|면\s*(?:돼요?|되나요|되죠)|지|니)",
    ),
    "who": (
        r"who are you|what are you|what'?s your name|what is your name|who(?: is|'s) this|are you (?:a|an) (?:bot|robot|ai|human|person|chatbot|llm)"
        r"|are you (?:human|real|chatgpt)|introduce yourself",
        r"(?:너는?|넌|당신은|그쪽은)?\s*누구(?:야|세요|니|신가요|시죠|인가요|십니까|예요|입니까)|(?:너는?|넌|당신은)\s*뭐(?:야|니|예요|지)"
        r"|이름이\s*(?:뭐(?:야|예요|니|죠)|무엇인가요)|(?:너는?|넌|당신은)\s*(?:ai|chatgpt|로봇|사람|챗봇|봇)(?:이야|야|인가요|이에요|예요|이니|니|입니까)"
        r"|자기\s*소개(?:해\s*(?:줘요?|주세요|봐))?",
    ),
    "complaint": (
        r"(?:no,? )?(?:this|that|it)(?:'s| is| was|s) (?:(?:so|really|completely|totally|just) )?(?:useless|stupid|dumb|wrong|nonsense|rubbish|garbage|bullshit|terrible|awful|bad|not helpful|not (?:right|true|correct)"
        r"|not what i (?:asked|meant|wanted)(?: for)?)|you(?:'re| are)? (?:(?:so|really|such|just|a|an) )*(?:useless|stupid|dumb|idiotic|terrible|wrong)(?: (?:bot|machine|thing|program|idiot))?|you (?:idiot|moron)"
        r"|(?:stupid|dumb|useless) (?:bot|machine|thing|program|answer)|wrong(?: answer)?|not helpful|you (?:do not|don'?t) (?:understand|get it|listen)|wtf|f+u+c+k+(?: (?:you|off|this))?|shut up|nonsense",
        r"(?:아\s*|아니\s*|야\s*|에이\s*|진짜\s*|너무\s*|좀\s*|그냥\s*|완전\s*)*(?:답답(?:해요?|하네요?|하다)|짜증(?:나요?|나네요?|난다)?|멍청(?:해|하네|이|아|하다)|바보(?:야|냐|같아|같네)?|쓸모\s*없(?:어요?|네요?|다)|별로(?:야|네요?|예요)"
        r"|틀렸(?:어요?|잖아요?|는데요?|네요?)|그게\s*아니(?:라고?|야|잖아요?|고|에요|예요)?|(?:똑바로|제대로)\s*(?:좀\s*)?(?:대답|답)(?:해|해\s*줘|해라|하라고|하세요|해\s*주세요)|엉터리(?:야|네요?)?|헛소리(?:야|하네|하지\s*마)?|(?:뭔|무슨)\s*소리(?:야|예요|하는\s*거야)|꺼져|못\s*쓰겠네요?)",
    ),
    "clock": (
        r"(?:do you know )?what(?:'s| is)? (?:the )?time(?: is it)?(?: now| right now| there)?|what (?:day|date)(?: of the week)? is (?:it|today)(?: today| now)?|what(?:'s| is) (?:the date|today'?s date|the day)(?: today)?",
        r"(?:지금은?\s*|현재\s*)몇\s*시(?:야|예요|에요|인가요|니|지|죠|입니까|인지\s*알려\s*줘)|오늘(?:은|이)?\s*(?:며칠|몇\s*일|무슨\s*요일|몇\s*월\s*(?:며칠|몇\s*일))(?:이야|이에요|인가요|이지|이니|입니까|이죠|야|예요)",
    ),
    "bye": (
        r"(?:good ?)?bye(?:[ -]bye)?|see (?:you|ya)(?: later| soon| tomorrow| again)?|good ?night|take care|have a (?:nice|good|great) (?:day|evening|weekend|one)"
        r"|until next time|so long|cya|that'?s all|that is all",
        r"안녕히\s*(?:계세요|가세요|계십시오)|잘\s*(?:있어요?|가요?|자요?)|다음에\s*(?:또\s*)?(?:봐요?|뵐게요|봬요|만나요?)|또\s*(?:봐요?|봬요|올게요?)"
        r"|수고\s*(?:하세요|하셨(?:어요|습니다)|했어요?|많았(?:어요|습니다))|바이(?:바이)?|좋은\s*(?:하루|밤|저녁)\s*(?:되세요|보내세요|보내)|이만\s*(?:갈게요?|할게요?)",
    ),
    "thanks": (
        r"(?:many )?thanks(?: so much| very much| a lot| a bunch| a million| again)?|thank you(?: so much| very much| kindly| again)?|thank u|thx|ty|cheers"
        r"|much appreciated|i appreciate it|appreciate it|that helps|that helped|(?:very|so) helpful",
        r"(?:정말|너무|진짜|아주|대단히)?\s*(?:고마워요?|고맙습니다|고맙네요?|감사해요?|감사합니다|감사드립니다|감사드려요|땡큐)|감사|ㄱㅅ|도움이?\s*(?:됐어요?|되었(?:어요|습니다))",
    ),
    "how_are_you": (
        r"how are (?:you|things)(?: doing)?(?: today)?|how'?s it going|how is it going|how do you do|what'?s up|sup|how'?s your day|how have you been",
        r"잘\s*(?:지내(?:요|니|세요|시나요|나요|고\s*있(?:어요?|니))?|지냈(?:어요?|니|나요)|있었(?:어요?|니))|어떻게\s*지내(?:요|세요|니)?|기분이?\s*(?:어때요?|어떠세요)|별일\s*없(?:어요?|으세요|지요?)",
    ),
    "compliment": (
        r"(?:that(?:'s| is|s| was) )?(?:a )?(?:very |really |so )?(?:great|good|nice|excellent|awesome|amazing|perfect|wonderful|brilliant|fantastic|cool|impressive)"
        r"(?: (?:answer|job|work|one))?|well done|you(?:'re| are) (?:great|good|smart|awesome|amazing|the best|(?:so|very) (?:smart|helpful|good))|i (?:like|love) (?:it|you|this)",
        r"(?:정말|너무|진짜|아주|참)?\s*(?:잘\s*했어요?|잘하(?:네요?|시네요|는구나)|훌륭해요?|훌륭합니다|훌륭하네요?|똑똑하(?:네요?|다|시네요|구나)|똑똑해요?|대단해요?|대단하(?:네요?|다|시네요)"
        r"|멋져요?|멋지(?:네요?|다)|최고(?:야|예요|네요?|입니다)?|좋아요?|좋네요?|좋습니다|좋은\s*(?:답변|대답)(?:이야|이에요|이네요?|입니다)?|완벽해요?|완벽합니다|굿)",
    ),
    "greeting": (
        r"hello|hi(?: again)?|hey|hiya|howdy|greetings|good (?:morning|afternoon|evening|day)|morning|welcome|nice to meet you",
        r"안녕(?:하세요|하십니까|하신가요|하시죠|하셨어요)?|반가워요?|반갑습니다|하이|헬로우?|여보세요|(?:좋은|굿)\s*(?:아침|오후|저녁|모닝)(?:이에요|입니다|이네요?|이야)?|처음\s*뵙겠습니다",
    ),
    "ok": (
        r"ok(?:ay|ey)?|k|yes|yeah|yep|sure|all ?right|fine|got it|i see|understood|i understand|noted|no|nope|right|good to know|makes sense|of course|very well|(?:ha){2,}h?|lol|hehe",
        r"네|넵|넹|예|응|어|음|그래요?|아니요?|아뇨|알았어요?|알겠어요?|알겠습니다|알았습니다|알겠네요?|오케이|ㅇㅋ|ㅇㅇ|ㄴㄴ|그렇군요?|그렇구나|이해했(?:어요?|습니다)|됐어요?|되었습니다|아하|아\s*네|좋습니다",
    ),
}  # fmt: skip
_TAIL = r"(?: (?:there|everyone|all|guys|friend|buddy|secondlook|second look))?"
_GAP = r"(?=$|[\s!?.,~^:;)…·'\"。！？，、ㅎㅋㅠㅜ]|[^\w\s])(?!-\w)"
_RULES = {
    topic: re.compile(rf"(?:{english}){_TAIL}{_GAP}|(?:{korean}){_GAP}", re.IGNORECASE)
    for topic, (english, korean) in _PHRASES.items()
}
_HI = re.compile(r"(?:ㅎㅇ)+[요~!. ]*")  # "hi" in two letters; one of them laughs too
_SMILES = re.compile(r"[ㅎㅋㅠㅜ~^:;)]|[^\w\s!?.,·…\"'(。！？，、]")
_BETWEEN = re.compile(r"[\s!?.,~^:;)('\"…·。！？，、ㅎㅋㅠㅜ]*(?:[^\w\s][\s!?.,~^]*)*")
_BEFORE_A_QUESTION = {"greeting", "thanks", "ok", "compliment", "how_are_you"}
_ENDS = re.compile(r"[!?.,~…\n。！？，、:;]")
_ALONE = re.compile(
    r"안녕하세요|안녕하십니까|감사합니다|고맙습니다|고마워요"
)  # nothing else begins with them
_BEGINS = re.compile(
    r"(?:and|but|so|then|what|which|who|whom|whose|when|where|why|how|can|could|would|will|should|may|do|does|did|is|are|was|were|has|have|please|i|i'm|tell|give|show"
    r"|list|find|explain|summari[sz]e|compare|let's)\b|(?:그럼|그런데|근데|그리고|그러면|혹시|그래서)(?!\S)",
    re.IGNORECASE,
)  # fmt: skip
_MOST_PHRASES = 6  # "ok great, thanks a lot, bye!" has four


def talk_topic(question: str) -> str:
    """What is said where ``question`` is nothing but talk; else empty."""
    text, at, topics = question.strip(), 0, set()
    if _HI.fullmatch(text):
        return "greeting"
    for topic, end in _said(text):
        topics.add(topic)
        at = end
    at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]
    if at < len(text):
        return ""
    if not topics:  # nothing but signs: a smile, or somebody who does not know what to say
        return "ok" if _SMILES.search(text) else "help" if text else ""
    return next(topic for topic in _PHRASES if topic in topics)


def without_opener(question: str) -> str:
    """``question`` without the greeting or thanks in front of it; as it is where nothing would be left.

    "Hello World" is no greeting: what follows one without a sign between must begin like a question.
    """
    text = question.strip()
    kept = 0
    for topic, end in _said(text):
        after = _BETWEEN.match(text, end).end()  # type: ignore[union-attr]
        said, between = text[kept:end], text[end:after]
        if topic not in _BEFORE_A_QUESTION or after >= len(text):
            break
        if _ENDS.search(between) or _BEGINS.match(text, after) or _ALONE.search(said):
            kept = after  # else another phrase may follow: "ok thanks! And ..."
    return text[kept:]


def _said(text: str) -> Iterator[tuple[str, int]]:
    """(topic, end) of the phrases at the beginning of ``text``, one after the other."""
    at = _BETWEEN.match(text).end()  # type: ignore[union-attr]
    for _ in range(_MOST_PHRASES):
        found = [(m.end(), topic) for topic, rule in _RULES.items() if (m := rule.match(text, at))]
        if not found:
            return
        end, _ = max(found, key=lambda one: one[0])
        yield next(topic for ended, topic in found if ended == end), end
        at = _BETWEEN.match(text, end).end()  # type: ignore[union-attr]
