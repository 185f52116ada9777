"""Which messages of the page run all of it."""

from __future__ import annotations

from streamlit.proto.BackMsg_pb2 import BackMsg

from chatbot.ui.server.whole_runs import Reports


def message(fragment: str = "", *, trigger: str = "", **states: str) -> bytes:
    """What the browser sends: the state of every widget, and a trigger that was just pulled."""
    asked = BackMsg()
    asked.rerun_script.fragment_id = fragment
    for name, value in states.items():
        asked.rerun_script.widget_states.widgets.add(id=name, json_value=value)
    if trigger:
        asked.rerun_script.widget_states.widgets.add(id=trigger, json_trigger_value="now")
    return asked.SerializeToString()


def fragment_of(data: bytes) -> str:
    return str(BackMsg.FromString(data).rerun_script.fragment_id)


def test_a_fragment_that_reports_alone_runs_alone() -> None:
    reports = Reports()
    reports.read(message(clicks="1", held="a"))
    for alone in (
        message("talk", clicks="1", held="b"),
        message("talk", trigger="tick", clicks="1", held="b"),
    ):
        assert reports.read(alone) == alone


def test_a_click_that_comes_with_the_report_of_a_fragment_runs_the_whole_page() -> None:
    reports = Reports()
    reports.read(message(clicks="1", held="a"))
    both = reports.read(message("talk", clicks="2", held="b"))
    assert fragment_of(both) == ""
    assert both == message(clicks="2", held="b")  # nothing else is changed


def test_a_trigger_is_a_change_each_time_that_it_comes() -> None:
    reports = Reports()
    reports.read(message(clicks="1"))
    for click in ("2", "3"):
        assert fragment_of(reports.read(message("talk", trigger="tick", clicks=click))) == ""
        assert fragment_of(reports.read(message("talk", clicks=click))) == "talk"


def test_what_comes_first_on_a_connection_runs_the_whole_page() -> None:
    assert (
        fragment_of(Reports().read(message("talk", clicks="2", held="b"))) == ""
    )  # which was told before is not known


def test_any_other_message_passes_as_it_is() -> None:
    reports = Reports()
    stop = BackMsg(stop_script=True).SerializeToString()
    for other in (stop, b"\xff\xff", b"", message(clicks="1", held="a")):
        assert reports.read(other) == other
