"""The values that travel: what a question finds, how it is ordered and judged, and how long each step took.

request     Turn, Request: what is asked
candidate   Candidate (with its Scores) -> Source (with its Sentences); Stretch: what is scored of one for those
verdicts    SecondLook, Gate; Part, Gathered: the same of each part of a question
search      Search holds them all, and Timings, which a Watcher may see go by
asked       Asked: a question under way, with its request, its turns and its clock
"""

from chatbot.trace.asked import Asked
from chatbot.trace.candidate import Candidate, Match, Scores, Sentence, Source, Stretch, Verdict, match_of
from chatbot.trace.request import CALCULATED, IN_PARTS, LOOK_UP, Message, Request, RequestKind, Turn
from chatbot.trace.search import Ending, Search, Timings, Watcher
from chatbot.trace.verdicts import Gate, Gathered, Part, SecondLook

__all__ = [
    "CALCULATED",
    "IN_PARTS",
    "LOOK_UP",
    "Asked",
    "Candidate",
    "Ending",
    "Gate",
    "Gathered",
    "Match",
    "Message",
    "Part",
    "Request",
    "RequestKind",
    "Scores",
    "Search",
    "SecondLook",
    "Sentence",
    "Source",
    "Stretch",
    "Timings",
    "Turn",
    "Verdict",
    "Watcher",
    "match_of",
]
