"""The English words for how a summary is to be told: closed lists, read in plain text."""

from __future__ import annotations

import re
from dataclasses import replace

from chatbot.answering.requests.forms.form import CODES, LANGUAGES, LISTED, UNITS, Change, Form
from chatbot.text.figures.quantities import ENGLISH_NUMBERS

_MORE_NUMBERS = {"fifteen": 15, "twenty": 20, "a few": 3, "a couple of": 2, "a": 1, "an": 1, "a single": 1}
_NUMBERS = ENGLISH_NUMBERS | _MORE_NUMBERS
_NUMBER = rf"\d{{1,4}}|{'|'.join(sorted(set(_NUMBERS) - {'a', 'an'}, key=len, reverse=True))}"
_ABOUT = r"(?:(?:in|within|with|using|as|to|into) )?(?:(?:at most|no more than|not more than|max(?:imum)?(?: of)?|about|around|roughly|exactly|only|just|up to|under|less than|fewer than) )?"
_KINDLY = r"(?:(?:short|brief|concise|simple|single|long|full|complete|clear|bullet)[- ])*"  # before what is counted
COUNT = re.compile(
    rf"\b{_ABOUT}(?:(?:{_NUMBER}) ?(?:-|–|to|or) ?)?(?P<n>\b(?:{_NUMBER})|(?<=in )an?|(?<=as )an?|(?<=into )an?)[- ]{_KINDLY}"
    r"(?P<unit>sentence|line|liner|bullet|point|item|paragraph|word|character|char|letter)s?(?![a-z])(?: points?(?![a-z]))?(?: (?:or (?:less|fewer)|at most|max(?:imum)?))?(?P<each> (?:each|per document|apiece)(?![a-z]))?"
)
_HOW = re.compile(r"(?:in|within|with|using|as|to|into) ")
_OF = re.compile(r" (?:of|on|about|from|for|in) ")
_POINTS = re.compile(
    rf"\b(?:the )?(?:top )?(?P<n>{_NUMBER}) (?=(?:most )?(?:key|main|important|central|core|essential)\b|takeaways|highlights|essentials)"
)
LANGUAGE = re.compile(
    rf"\b(?:in|into|to) (?:the )?(?P<name>{'|'.join(name.casefold() for _, name in LANGUAGES.values())})(?![a-z])(?: language)?"
)
_LIST = re.compile(
    r"\b(?:as|in|with|into|using) (?:a )?(?:bullet(?:ed)? (?:points?|list)|bullets|list)\b|\bbulleted\b"
)
_NUTSHELL = re.compile(r",? ?\bin (?:a nutshell|a word|one word)\b")
_SHORTER = re.compile(
    r"\b(?:short(?:er|ly)?|brief(?:er|ly)?|concise(?:ly)?|condensed?|compact|shorten(?:ed)?|(?:cut|boil) (?:it |this |that )?down|trim|too (?:long|much)|less (?:detail(?:ed)?|long|text)"
    r"|in (?:short|brief|a nutshell)|tl;?dr|fewer (?:words|sentences|lines|points))\b"
)
_LONGER = re.compile(
    r"\b(?:longer|more (?:details?|detailed|extensive(?:ly)?|sentences|words|lines|points|text)|in (?:(?:more|greater|full) )?detail|detailed|expand(?:ed)?|elaborate|too (?:short|brief)"
    r"|at (?:more )?length|less (?:short|brief|concise))\b"
)
_FILLER = (
    "please pls can could would will should you me it its it's this that the a an again now just only but and so ok okay make give show write put "
    "say tell rewrite rephrase redo do try summarize summarise summary sum up recap version answer text same thing instead maybe even much bit "
    "little lot for us with as of to in into be how about what i want need like let's that's one more less time once translate translated is was "
    "too list have get another keep document whole them those these all then also i'd still far cut"
)
_IS_FILLER = frozenset(_FILLER.split())


def form_in(text: str) -> tuple[Form, str]:
    """How it is to be told, and ``text`` without the words for that."""
    form = Form()
    if found := COUNT.search(text):
        form, text = counted(found, text)
    elif found := _POINTS.search(text):
        form = Form(_number(found["n"]), is_list=True)
        text = text.replace(found[0], " ", 1)
    if found := LANGUAGE.search(text):
        form = replace(form, language=CODES[found["name"]])
        text = text.replace(found[0], " ")
    if found := _LIST.search(text):
        form = replace(form, is_list=True)
        text = text.replace(found[0], " ")
    if form == Form() and (found := _NUTSHELL.search(text)):
        form, text = Form(1), text.replace(found[0], " ", 1)
    change: Change = "longer" if _LONGER.search(text) else "shorter" if _SHORTER.search(text) else ""
    return replace(form, change=change), text


def counted(found: re.Match[str], text: str) -> tuple[Form, str]:
    """The length, and the text without it: "give me 5 bullets on the lease" asks for its key points."""
    unit = found["unit"]
    is_list = unit in LISTED or "bullet" in found[0]
    form = Form(
        _number(found["n"]), UNITS.get(unit, "sentences"), is_list=is_list, is_each=bool(found["each"])
    )
    is_what = is_list and _HOW.match(found[0]) is None and _OF.match(text, found.end())
    return form, text.replace(found[0], " key points " if is_what else " ", 1)


def language_alone(rest: str) -> str | None:
    """Of what ``form_in`` left: the language that it names, empty for none; ``None`` where it asks for something."""
    words = _LONGER.sub(" ", _SHORTER.sub(" ", rest)).replace(",", " ").replace(".", " ").split()
    named = [word for word in words if word in CODES]  # "Korean please"
    if not all(word in _IS_FILLER or word in CODES for word in words):
        return None
    return CODES[named[0]] if named else ""


def _number(said: str) -> int:
    return int(said) if said.isdecimal() else _NUMBERS[said]
