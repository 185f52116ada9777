"""What the elements of a page are: never painted, a block of its own, struck through, the mark of a note, the title of a part."""

from __future__ import annotations

import re

from ingest.parsing.xml_tree import Element, name

# never painted, or painted from elsewhere
SKIPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "iframe",
        "object",
        "embed",
        "canvas",
        "audio",
        "video",
        "map",
        "datalist",
        "rp",
        "param",
        "source",
        "track",
        "frameset",
        "noframes",
    ]
)
SVG_SKIPPED = frozenset(
    ["title", "desc", "defs", "metadata", "symbol", "clippath", "mask", "pattern", "marker", "filter"]
)
# fmt: off
BLOCKS = frozenset({
    "p", "div", "section", "article", "main", "header", "footer", "aside", "body", "html", "ul",
    "ol", "dl", "dt", "dd", "figure", "figcaption", "blockquote", "address", "form", "fieldset",
    "legend", "details", "summary", "center", "hr", "td", "th", "tr", "table", "thead", "tbody",
    "tfoot", "caption", "h1", "h2", "h3", "h4", "h5", "h6", "li", "pre", "title", "option", "dialog",
    "nav", "menu", "hgroup", "search", "dir", "svg", "foreignobject", "listing", "xmp", "plaintext",
})
# fmt: on
HEADINGS = {f"h{level}": level for level in range(1, 7)}
PREFORMATTED = frozenset({"pre", "listing", "xmp", "plaintext"})
STRUCK = frozenset({"del", "s", "strike"})
_NOTE_CLASSES = re.compile(
    r"foot-?note|end-?note|noteref|fn-?ref|(?:^|\s)reference(?:\s|$)|MsoFootnoteReference", re.I
)
_LONGEST_MARK = 6  # characters, with its brackets


def is_note_mark(element: Element) -> bool:
    """Whether its class says that it is the mark of a note."""
    return _NOTE_CLASSES.search(element.get("class") or "") is not None


def page_title(root: Element) -> str:
    """What stands in its ``title``, on one line; empty where there is none."""
    return next((" ".join("".join(found.itertext()).split()) for found in root.iter("title")), "")


def opened_parts(root: Element) -> frozenset[str]:
    """Ids of parts that a tab or a button of the page opens: a reader can bring them about."""
    found: set[str] = set()
    for element in root.iter():
        attributes = element.attrib
        if target := attributes.get("popovertarget"):
            found.add(target)
        elif (
            attributes.get("role") == "tab"
            and (target := attributes.get("aria-controls"))
            and "".join(element.itertext()).strip()
        ):
            found.update(target.split())
    return frozenset(found)


def is_note_link(link: Element) -> bool:
    """Whether a link within the page is the short mark of a note."""
    if "#" not in (link.get("href") or "") or not is_note_mark(link):
        return False
    return len("".join(link.itertext()).strip()) <= _LONGEST_MARK


def is_disclosure(button: Element) -> bool:
    """Whether a button is the title of a part that it opens."""
    if button.get("aria-expanded") is not None or button.get("aria-controls") or button.get("role") == "tab":
        return True
    parent = button.getparent()
    return parent is not None and name(parent) in HEADINGS
