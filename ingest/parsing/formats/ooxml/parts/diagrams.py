"""SmartArt: the words of its nodes as a list, in the order and depth of its outline."""

from __future__ import annotations

from ingest.parsing.formats.ooxml.parts.drawing import drawn_text
from ingest.parsing.formats.ooxml.parts.package import Package, number
from ingest.parsing.xml_tree import Element, attribute, child, children, descendants

# points that only arrange the others
_SILENT = frozenset({"pres", "parTrans", "sibTrans"})
_MAX_NODES = 10_000


def diagram_items(package: Package, part: str, frame: Element) -> list[tuple[int, str]] | None:
    """Depth and text of each node of the diagram in ``frame``; ``None`` where its data cannot be read."""
    ids = next(descendants(frame, "relIds"), None)
    target = package.target(part, attribute(ids, "dm")) if ids is not None else ""
    root = package.xml(target) if target else None
    return None if root is None else nodes(root)


def nodes(root: Element) -> list[tuple[int, str]]:
    """The outline of a data model; what no connection leads to follows in its own order."""
    points = {attribute(point, "modelId") or "": point for point in descendants(root, "pt")}
    below: dict[str, list[tuple[int, str]]] = {}
    for link in descendants(root, "cxn"):
        if (attribute(link, "type") or "parOf") == "parOf":
            order = number(attribute(link, "srcOrd"))
            below.setdefault(attribute(link, "srcId") or "", []).append(
                (order, attribute(link, "destId") or "")
            )
    roots = [key for key, point in points.items() if attribute(point, "type") == "doc"]
    found: list[tuple[int, str]] = []
    seen: set[str] = set()
    # children of the document stand at depth 0; a stack, for diagrams nest as deep as they like
    pending = [(key, -1) for key in reversed([*roots, *points])]
    while pending and len(found) < _MAX_NODES:
        key, depth = pending.pop()
        point = points.get(key)
        if key in seen or point is None:
            continue
        seen.add(key)
        kind = attribute(point, "type") or "node"
        if kind in _SILENT:
            continue
        if kind != "doc":
            text = " ".join(filter(None, (drawn_text(p).strip() for p in _paragraphs(point))))
            if text:
                found.append((max(depth, 0), text))
        pending += [(target, depth + 1) for _, target in sorted(below.get(key, ()), reverse=True)]
    return found


def _paragraphs(point: Element) -> list[Element]:
    body = child(point, "t")
    return list(children(body, "p")) if body is not None else []
