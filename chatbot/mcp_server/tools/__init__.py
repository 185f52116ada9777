"""The tools, one module each: a function of a ``Call`` and checked arguments that returns structured content and text."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Reply:
    """What a tool answers: the same for programs and, shorter, for models to read."""

    content: BaseModel
    text: str
