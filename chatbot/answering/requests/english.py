"""The rules for English: a plain question -> kind, topic, and where in it a document may be named (``what``)."""

from __future__ import annotations

DOCS = r"(?:documents?|docs?|files?|pdfs?|uploads?)"
_ASK = (
    r"(?:(?:can|could|would|will) you (?:please |kindly )?|please |kindly |i(?:'d| would) like (?:you to |to (?:see|have|get) )?|i (?:want|need) (?:you to |to see )?"
    r"|let'?s )?"
)
_GET = r"(?:(?:give|show|tell|write|make|create|provide|get|send|draft|list)(?: me| us)? |what(?:'s| is| are) )?(?:a |an |the |some )?"
_ADJECTIVES = r"(?:(?:(?:one|two|three|four|five|\d{1,2})[- ](?:lines?|sentences?|points?|bullets?|words?|paragraphs?)|short|brief|quick|concise|long|detailed|one[- ]page|one[- ]paragraph|general|full|high[- ]level|simple|executive|main|complete) )*"
_FOR_ME = r"(?: for me| for us)?"
_HOW = r"(?:,? (?:briefly|shortly|in (?:short|brief|detail|english|korean|(?:a few|one|two|three|four|five|six|ten|\d{1,2}) (?:short )?(?:sentences?|points?|bullets?|bullet points|lines?|words|paragraphs?))))?"
_PLEASE = r"(?:,? (?:please|pls|thanks|thank you))?"
_END = rf"{_FOR_ME}{_HOW}{_PLEASE}"
_ARE = r"(?:do (?:you|we|i) (?:have|know|see|search|hold)|have (?:you|we|i)(?: got| read| indexed)?|are there|are (?:here|available|indexed|loaded|uploaded|searchable)|exist|can (?:you|i|we) (?:search|see|read|use|access|ask about|find)|are in (?:here|(?:the|your|my) (?:library|index|collection|knowledge base)))"
_HERE = r"(?: (?:here|in total|altogether|available|now|at the moment|in (?:the|your|my) (?:library|index|collection)))*"
_NOUN = {
    "summary": r"(?:summary|summaries|tl;?dr|recap|overview|abstract|gist|synopsis)",
    "outline": r"(?:outline|table of contents|toc|structure|list of (?:chapters|sections)|chapters|sections)",
    "key_points": r"(?:(?:key|main|most important|important|central|core) (?:points?|takeaways?|messages?|findings?|facts|ideas?|topics?|content|contents|insights?|things?)|takeaways|highlights|essentials)",
}


def _whole_document(topic: str) -> tuple[str, ...]:
    noun = _NOUN[topic]
    return (
        rf"{_ASK}{_GET}{_ADJECTIVES}{noun}(?:(?: of| for| from| in| to| on|:)? (?P<what>.+?))?{_END}",
        rf"{_ASK}(?:(?:give|show|write|make|create)(?: me| us)? )?(?:a |an |the )?(?P<what>.+?)(?:'s)? {_ADJECTIVES}{noun}{_END}",
    )


RULES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("library", "list", (
        rf"(?:what|which) {DOCS} {_ARE}{_HERE}",
        rf"{_ASK}(?:list|show|name|give|tell)(?: me| us)?(?: a list of| the list of)?(?: all| all of)?(?: the| my| your| our| available| indexed| uploaded)* {DOCS}(?: list)?(?: that)?(?: (?:you|i|we) have| there are| are there)?{_HERE}{_PLEASE}",
        rf"(?:a |the )?list of (?:all )?(?:the |my |your )?{DOCS}|{DOCS} list|(?:what|which) {DOCS}",
        r"what(?:'s| is) in (?:the|your|my|this) (?:library|index|collection|knowledge base)|what do you have(?: here)?|what do you know about",
        rf"(?:what|which) are (?:the|my|your) {DOCS}",
    )),
    ("library", "count", (
        rf"how many {DOCS}(?: {_ARE})?{_HERE}",
        rf"(?:what(?:'s| is) )?(?:the )?(?:total )?number of (?:indexed )?{DOCS}{_HERE}",
    )),
    ("library", "newest", (
        rf"(?:(?:what|which)(?:'s| is| are| was) )?(?:the |my |your )?(?:newest|latest|most recent(?:ly added)?|last(?: added| uploaded| indexed)?) {DOCS}{_HERE}",
        rf"(?:what|which) {DOCS} (?:is|are|was|were) (?:the )?(?:newest|latest|most recent|(?:added|uploaded|read|indexed) (?:last|most recently)|last (?:added|uploaded|read))",
    )),
    ("library", "oldest", (
        rf"(?:(?:what|which)(?:'s| is| are| was) )?(?:the |my |your )?(?:oldest|first(?: added| uploaded| indexed)?|earliest) {DOCS}{_HERE}",
        rf"(?:what|which) {DOCS} (?:is|are|was|were) (?:the )?(?:oldest|(?:added|uploaded|read|indexed) first|first (?:added|uploaded|read))",
    )),
    ("library", "largest", (
        rf"(?:(?:what|which)(?:'s| is| are) )?(?:the |my |your )?(?:longest|largest|biggest) {DOCS}{_HERE}",
        rf"(?:what|which) {DOCS} (?:is|are) (?:the )?(?:longest|largest|biggest)|how (?:long|big|large) (?:is|are) (?:the |my |your |these |all )*{DOCS}",
    )),
    ("library", "ask", (
        r"what (?:can|could|should|may|shall) i ask(?: you)?(?: about)?(?: here| now| first)?(?: about (?:the|my|these) documents)?",
        r"what (?:(?:kinds?|sorts?|types?) of )?questions (?:can|could|should|may) (?:i ask|you answer)(?: you| here)?(?: about (?:the|my|these) documents)?",
        rf"{_ASK}(?:suggest|give|show|propose)(?: me)? (?:some |a few |three |example |sample |good )*questions(?: to ask)?|(?:example|sample|suggested) questions",
        r"what (?:topics|subjects) (?:do|can) (?:you|the documents|i) (?:know|cover|ask)(?: about)?",
    )),
    ("library", "languages", (
        rf"how many (?:of (?:the |my |your |these )?)?{DOCS} (?:are|do you have|have you|are there)? ?(?:written )?in (?:korean|english)",
        rf"how many (?:korean|english) {DOCS}(?: {_ARE})?{_HERE}",
        rf"(?:in )?(?:what|which) languages? (?:are|is) (?:the |my |your |these |all )*{DOCS}(?: written)?(?: in)?",
        rf"(?:what(?:'s| is| are) )?(?:the )?languages? of (?:the |my |your |these )?{DOCS}",
    )),
    ("library", "formats", (
        rf"(?:what|which) (?:file |document )?(?:formats?|types?|kinds?)(?: of {DOCS})? (?:are|do|is) (?:there|(?:the |my |your |these )?{DOCS}(?: in)?|you have|we have)",
        rf"(?:what|which) {DOCS} (?:formats?|types?) (?:are there|do you have|can you read)",
        rf"(?:what(?:'s| is| are) )?(?:the )?(?:file )?(?:formats?|types?) of (?:the |my |your |these )?{DOCS}",
    )),
    ("library", "problems", (
        rf"(?:what|which) {DOCS} (?:could(?: not|n't)|can(?:not|'t| not)|were not|weren't|failed to|are not|aren't) (?:be )?(?:read|indexed|opened|parsed|searchable|loaded)",
        rf"(?:(?:were|are|did)(?: there)? )?(?:any |which |what )?{DOCS} (?:were |are |was |is )?(?:refused|unreadable|rejected|incomplete|partial|fail|failed)",
        rf"(?:are|were) there (?:any )?(?:problems|errors) (?:with|in|reading) (?:the |my |your )?{DOCS}",
    )),
    ("library", "named", (
        rf"(?:do you (?:have|know)|have you got|is there|are there|got) (?:a |an |the |any |my |our )?(?P<what>.+?)(?: {DOCS})?(?: here| in (?:the|your|my) (?:library|index|documents))?",
    )),
    ("whole_document", "summary", (
        rf"{_ASK}(?:summari[sz]e|sum up|recap|condense|tl;?dr:?)(?: (?P<what>.+?))?{_END}",
        r"(?:summary|summari[sz]e|overview) ?: ?(?P<what>.+)",
        *_whole_document("summary"),
    )),
    ("whole_document", "outline", (
        rf"{_ASK}outline (?P<what>.+?){_END}", *_whole_document("outline"),
        r"(?:what|which|how many) (?:chapters|sections|headings) (?:does|do|are in|are there in) (?P<what>.+?)(?: have| contain| include| consist of)?",
    )),
    ("whole_document", "key_points", (
        *_whole_document("key_points"),
        r"what(?:'s| is) (?:most )?important in (?P<what>.+?)",
    )),
    ("whole_document", "about", (
        r"what(?:'s| is| are) (?P<what>.+?) (?:all |mainly )?about",
        r"(?:can you )?tell me what (?P<what>.+?) (?:is|are) (?:all )?about",
        r"what(?:'s| is) (?:written )?in (?P<what>(?:the |this |that |my |your )?\S.*?)",
        r"what does (?P<what>.+?) (?:say|cover|contain|discuss|describe|deal with|talk about|include)",
        r"what(?:'s| is| are) the (?:contents?|topics?|subject|main idea|main topic|purpose) of (?P<what>.+?)",
    )),
    ("compare", "", (
        r"(?:what(?:'s| is| are) |explain |tell me )?(?:the )?(?:main |key |biggest )?differences? between .+? (?:and|or|vs\.?) .+",
        r"(?:(?:can|could) you |please )?(?:compare|contrast) .+? (?:with|to|and|against|vs\.?|versus) .+",
        r".+? (?:vs\.?|versus) .+",
        r"which (?:one )?(?:is|are|has|costs?|offers?|gives?|takes?|lasts?) [^,]+?[,:] [^,]+? or [^,]+",
        r"how (?:does|do|is|are) .+? (?:differ|different) from .+|how (?:do|are) .+? and .+? (?:differ|different)",
    )),
    ("collect", "", (
        rf"{_ASK}(?:list|enumerate) .+",
        rf"{_ASK}(?:show|give|find|name|tell|collect)(?: me| us)? (?:all|every|each)\b .+",
        r"(?:all|every) mentions? of .+|(?:what|which) are all the .+",
    )),
    ("table", "", (
        r".*\b(?:cheapest|most expensive|priciest|least expensive|(?:lowest|highest|best) (?:price|cost|salary|amount)|lowest-priced|highest-priced)\b.*",
        r".*\b(?:average|mean|median|total|sum of(?: the| all)?) (?:the )?(?:prices?|costs?|stocks?|amounts?|sales|values?|salary|salaries|revenue|quantity|quantities)\b.*",
        r"(?:what(?:'s| is) the )?(?:sum|total) of .+|how many (?:rows|entries|records) .+|(?:what(?:'s| is) the )?(?:row count|number of rows)\b.*",
    )),
)  # fmt: skip
