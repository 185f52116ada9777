"""OpenDocument paragraphs of sheets and slides as plain lines: raised text apart from figures, hidden text apart from both."""

from __future__ import annotations

from collections.abc import Iterator

from chatbot.text.hidden import How
from ingest.parsing.clean import one_line
from ingest.parsing.formats.colours import Colour
from ingest.parsing.formats.opendocument.looks import Look, Looks
from ingest.parsing.formats.scripts import Line
from ingest.parsing.formats.symbols import in_font
from ingest.parsing.xml_tree import Element, attribute, child, children, descendants, name

# spans within spans; the XML parser allows 256 levels
_MAX_DEPTH = 60
# fields that say where and when a page is looked at
_PASSING = frozenset(
    {"page-number", "page-count", "date", "time", "sheet-name", "file-name", "title", "author-name"}
)
_ASIDE = frozenset(
    {"annotation", "annotation-end", "tracked-changes", "bookmark", "soft-page-break", "desc", "forms"}
)


class Speaker:
    """Reads paragraphs with the looks of one document.

    Attributes:
        hidden: words that nobody sees, with the way they are hidden; whoever reads a paragraph takes them.
    """

    def __init__(self, looks: Looks) -> None:
        self.looks = looks
        self.hidden: list[tuple[str, How]] = []

    def line(self, paragraph: Element, base: Look, behind: Colour | None, passing: bool = True) -> str:
        """The words of ``text:p`` or ``text:h``. ``passing``: page numbers, dates and the like too."""
        line = Line()
        look = self.looks.of("paragraph", attribute(paragraph, "style-name")).over(base)
        self._walk(line, paragraph, look, behind, passing, 0)
        return line.text()

    def words(self, parent: Element, base: Look, behind: Colour | None) -> str:
        """All paragraphs within ``parent`` in one line, those of comments left out."""
        found = (self.line(paragraph, base, behind) for paragraph in paragraphs(parent))
        return " ".join(filter(None, map(one_line, found)))

    def _walk(
        self, line: Line, element: Element, look: Look, behind: Colour | None, passing: bool, depth: int
    ) -> None:
        self._say(line, element.text, look, behind)
        for inner in element:
            local = name(inner)
            if local == "s":
                count = attribute(inner, "c") or "1"
                line.add(" " * min(int(count) if count.isdigit() else 1, 100))
            elif local in ("tab", "line-break"):
                line.add("\t" if local == "tab" else "\n")
            elif local == "note":
                body = child(inner, "note-body")
                citation = child(inner, "note-citation")
                number = "".join(citation.itertext()) if citation is not None else ""
                line.add(f" [{number}: {self.words(body, look, behind) if body is not None else ''}]")
            elif local == "ruby":
                base, above = child(inner, "ruby-base"), child(inner, "ruby-text")
                line.add("".join(base.itertext()) if base is not None else "")
                line.add(f"({''.join(above.itertext())})" if above is not None else "")
            elif local and local not in _ASIDE and (passing or local not in _PASSING) and depth < _MAX_DEPTH:
                own = look
                if local == "span":
                    own = self.looks.of("text", attribute(inner, "style-name")).over(look)
                self._walk(line, inner, own, behind, passing, depth + 1)
            self._say(line, inner.tail, look, behind)

    def _say(self, line: Line, text: str | None, look: Look, behind: Colour | None) -> None:
        if not text:
            return
        if text.strip() and (how := look.hides(look.background(behind))):
            self.hidden.append((text, how))
        else:
            line.add(in_font(text, look.font), look.level, look.is_struck)


def paragraphs(parent: Element) -> Iterator[Element]:
    """``text:p`` and ``text:h`` within ``parent``, without those of comments and of what is anchored in them."""
    for found in children(parent):
        if name(found) in ("p", "h"):
            yield found
        elif name(found) in ("list", "list-item", "list-header", "section", "text-box"):
            yield from paragraphs(found)


def comments(parent: Element) -> str:
    """``[Comment: ...]`` for each comment directly in ``parent``, else empty."""
    found = []
    for annotation in children(parent, "annotation"):
        text = one_line(" ".join("".join(inner.itertext()) for inner in descendants(annotation, "p")))
        if text:
            found.append(f"[Comment: {text}]")
    return " ".join(found)
