"""Fields of forms in an OpenDocument text: what each of them shows."""

from __future__ import annotations

from ingest.parsing.xml_tree import Element, attribute, children, descendants, name

_LABELLED = frozenset({"checkbox", "radio"})
_VALUED = frozenset({"text", "textarea", "formatted-text", "number", "date", "time", "combobox"})


def controls_of(root: Element) -> dict[str, str]:
    """The text that each control shows, by its id; buttons and passwords show none."""
    found: dict[str, str] = {}
    for forms in descendants(root, "forms"):
        for control in forms.iter():
            if (key := attribute(control, "id")) and (text := _shown(control)):
                found[key] = text
    return found


def fieldmark(mark: Element) -> str:
    """What a form field of Word shows that was saved here: a box with or without a tick, the chosen entry of a list."""
    kind = (attribute(mark, "type") or "").rpartition(".")[2].upper()
    values = [
        (attribute(found, "name"), attribute(found, "value") or "") for found in children(mark, "param")
    ]
    if kind == "FORMCHECKBOX":
        return "☑" if ("Checkbox_Checked", "true") in values else "☐"
    if kind == "FORMDROPDOWN":
        entries = [value for label, value in values if label == "Dropdown_ListEntry"]
        chosen = next((value for label, value in values if label == "Dropdown_Selected"), "")
        place = int(chosen) if chosen.isdecimal() and len(chosen) < 6 else -1
        return entries[place] if 0 <= place < len(entries) else ""
    return ""


def _shown(control: Element) -> str:
    kind = name(control)
    if kind in _LABELLED:
        state = attribute(control, "current-state" if kind == "checkbox" else "current-selected")
        state = state or attribute(control, "state" if kind == "checkbox" else "selected")
        box = "☑" if state in ("checked", "true") else "☐"
        return f"{box} {attribute(control, 'label') or ''}".strip()
    if kind in _VALUED and attribute(control, "echo-char") is None:
        return attribute(control, "current-value") or attribute(control, "value") or _paragraphs(control)
    if kind == "listbox":
        options = [
            attribute(option, "label") or attribute(option, "value") or ""
            for option in children(control, "option")
            if "true" in (attribute(option, "current-selected"), attribute(option, "selected"))
        ]
        return ", ".join(filter(None, options))
    return attribute(control, "label") or "" if kind == "fixed-text" else ""


def _paragraphs(control: Element) -> str:
    return " ".join("".join(found.itertext()).strip() for found in descendants(control, "p"))
