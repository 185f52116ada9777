"""Charts, formulas and pictures in OpenDocument sheets and slides."""

from __future__ import annotations

from chatbot.errors import DocumentRefused
from ingest.parsing.archive import Archive
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.clean import one_line
from ingest.parsing.formats.opendocument.table_cells import table_rows
from ingest.parsing.xml_tree import Element, attribute, child, descendants, name, parse_xml

_UNREAD = "charts and objects of other programs were not read"


def add_objects(builder: DocumentBuilder, archive: Archive, frame: Element) -> None:
    """What a ``draw:frame`` shows besides text: a chart's titles and figures, a formula, the description of a picture."""
    for found in descendants(frame, "object", "object-ole"):
        target = (attribute(found, "href") or "").removeprefix("./").rstrip("/")
        data = archive.read_if_present(f"{target}/content.xml")
        if name(found) == "object-ole" or not data:
            if not target.startswith("Pictures/") and child(found, "math") is None:
                builder.problem(_UNREAD)
            continue
        try:
            root = parse_xml(data)
        except DocumentRefused:
            builder.problem(_UNREAD)
            continue
        if (chart := child(root, "body", "chart", "chart")) is not None:
            _add_chart(builder, chart)
        elif name(root) == "math":
            annotation = next(descendants(root, "annotation"), None)
            text = "".join(annotation.itertext()) if annotation is not None else " ".join(root.itertext())
            builder.paragraph(one_line(text))
        else:
            builder.problem(_UNREAD)


def description(shape: Element) -> str:
    """The title and the description of a picture or shape, which stand in for it."""
    words = [child(shape, local) for local in ("title", "desc")]
    return one_line(" ".join("".join(found.itertext()) for found in words if found is not None))


def _add_chart(builder: DocumentBuilder, chart: Element) -> None:
    """Titles, and the table of figures that the file keeps of it."""
    titles = [one_line("".join(found.itertext())) for found in descendants(chart, "title", "subtitle")]
    builder.paragraph(" / ".join(filter(None, titles)))
    table = next(descendants(chart, "table"), None)
    if table is None:
        builder.problem(_UNREAD)
    else:
        builder.table(table_rows(table), "header")
