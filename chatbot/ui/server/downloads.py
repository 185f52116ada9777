"""Files that are made when somebody downloads them: who may have one made, and who may then read it.

Streamlit makes such a file under an address that it tells of on the WebSocket, and keeps no note of for whom.
"""

from __future__ import annotations

from collections import OrderedDict

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime

from chatbot.ui.server.visitors import Person, sessions_of

_REMEMBERED = 1_000  # files; a browser fetches each at once


class Downloads:
    """For the one thread of the server."""

    def __init__(self) -> None:
        self._made: OrderedDict[str, set[Person]] = OrderedDict()

    def may_have_made(self, message: bytes, person: Person | None) -> bool:
        """Whether what is asked for was offered to that person."""
        if person is None or not Runtime.exists():
            return False
        wanted = BackMsg.FromString(message).backend_operation_request.deferred_file.file_id
        offered = Runtime.instance().media_file_mgr._deferred_callables.get(wanted)
        return offered is not None and offered["session_id"] in sessions_of(person)

    def note(self, message: bytes, person: Person) -> bool:
        """Remember the file of which the server tells ``person``; whether ``message`` is about one at all."""
        try:
            told = ForwardMsg.FromString(message)
        except DecodeError:
            return False
        if told.WhichOneof("type") != "backend_operation_response":
            return False
        name = told.backend_operation_response.deferred_file.url.rpartition("/")[2].partition(".")[0]
        if name:
            self._made.setdefault(name, set()).add(person)
            self._made.move_to_end(name)
            while len(self._made) > _REMEMBERED:
                self._made.popitem(last=False)
        return True

    def may_read(self, name: str, person: Person) -> bool:
        """Whether the file of this name, without its ending, was made for that person."""
        return person in self._made.get(name, ())
