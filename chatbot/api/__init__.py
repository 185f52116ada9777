"""The interface for programs: OpenAI's protocol under ``/v1``, our own under ``/api``, and whether the program is well.

    request -> guard (whose name, whose page, how much, its number) -> person_of (which key) -> Caller -> Library -> answer

``secondlook serve`` runs it alone, ``secondlook app --api`` in the process of the page. Whatever is read or changed goes
through a ``Caller``, which asks the library for the person and narrows it to what their key may do.
"""

from __future__ import annotations

__all__: list[str] = []
