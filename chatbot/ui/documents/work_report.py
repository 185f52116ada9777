"""What is being done to the index and what came of it, file by file, as it happens."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from chatbot.rendering.safe import as_html, name_as_html
from chatbot.rendering.words import Say
from chatbot.ui.documents.amounts import counted, name_html
from chatbot.ui.documents.work import Kind, Work, first_under_way, something_has_ended, works
from chatbot.ui.notices import notice_html, quiet
from ingest.report import FileResult, IngestReport

POLL_S = 0.3
_LISTED = 100  # files of one outcome that are named
_HEADS: dict[Kind, tuple[str, str]] = {
    "upload": ("work_upload_one", "work_upload_more"),
    "web": ("work_web_one", "work_web_more"),
    "again": ("work_again_one", "work_again_more"),
    "remove": ("work_remove_one", "work_remove_more"),
}


def draw_work_line(say: Say) -> None:
    """A line on what is under way, for the sidebar; nothing when nothing is."""
    st.fragment(_draw_line, run_every=POLL_S if first_under_way() else None)(say)


def draw_works(say: Say) -> None:
    """Every piece of work of this session with its files, what can be stopped and what can be dismissed."""
    st.fragment(_draw_works, run_every=POLL_S if first_under_way() else None)(say)


def refused_uris() -> frozenset[str]:
    """The files of this session's work that ``draw_works`` says were refused."""
    reports = (_report(work) for work in works())
    return frozenset(file.path for report in reports if report for file in _latest(report.refused))


def work_html(work: Work, number: int, say: Say) -> str:
    """One piece of work: how far it is, refusals with their reasons, then what went well."""
    outcome = None if work.under_way else work.outcome()
    if outcome is not None and outcome.error is not None:
        return _head(work, say) + notice_html(say("problem"), say.error(str(outcome.error)))
    report = _report(work)
    return _head(work, say) + (_files(report, work.kind, number, say) if report is not None else "")


def _report(work: Work) -> IngestReport | None:
    """What has become of its files so far."""
    if work.under_way:
        return work.progress.report if work.progress else None
    return work.outcome().value


def _draw_line(say: Say) -> None:
    work = first_under_way()
    if work is not None:
        done, total = _how_far(work)
        words = f"{_title(work, say)} · {done:,}/{total:,}" if total > 1 else _title(work, say)
        quiet("busy", as_html(words))
    _draw_all_at_the_end()


def _draw_works(say: Say) -> None:
    for number, work in enumerate(works()):
        with st.container(key=f"work-{number}", horizontal=True, wrap=False, gap="small"):
            st.html(work_html(work, number, say))
            if work.under_way:
                label = say("stopping") if work.stopping else say("stop_work")
                st.button(label, key=f"stop-work-{number}", on_click=work.stop, disabled=work.stopping)
            else:
                st.button(
                    "", key=f"dismiss-{number}", icon=":material/close:", type="tertiary", help=say("dismiss"),
                    on_click=_dismiss, args=(work,),
                )  # fmt: skip
    _draw_all_at_the_end()


def _draw_all_at_the_end() -> None:
    """Draw the whole page anew when something has ended that was under way in the run before.

    And when this is looked at by itself though nothing is under way. The page then still has the timer of an earlier
    run: either it is about to get the last one, or it never will. Streamlit (1.67) drops what a run that has just
    finished has yet to send when a fragment asks for a run at that moment, and a busy machine makes that moment long.
    """
    if something_has_ended() or (first_under_way() is None and _is_looked_at_alone()):
        st.rerun()


def _is_looked_at_alone() -> bool:
    """Whether this run draws a fragment and not the page."""
    context = get_script_run_ctx()
    return context is not None and bool(context.fragment_ids_this_run)


def _dismiss(work: Work) -> None:
    if work in works():
        works().remove(work)


def _title(work: Work, say: Say) -> str:
    one, more = _HEADS[work.kind]
    return counted(say, one, more, work.count)


def _how_far(work: Work) -> tuple[int, int]:
    at = work.progress
    return (at.files, max(at.files_total, 1)) if at is not None else (0, work.count)


def _head(work: Work, say: Say) -> str:
    done, total = _how_far(work)
    facts, share, read = [], 0.0, 0.0
    if not work.under_way:
        share = 1.0
        facts.append(say("work_stopped") if work.stopping else say("work_done"))
    elif work.waiting:
        facts.append(say("work_waiting"))
    elif work.held_up:
        facts.append(say("work_held_up"))
    elif work.progress is None:
        facts.append(say("upload_reading") if work.kind == "upload" else say("work_under_way"))
    else:
        share, read = done / total, work.progress.read / total
        facts.append(say("work_files", done=f"{done:,}", total=f"{total:,}"))
        if work.progress.read > done:
            facts.append(counted(say, "one_read", "more_read", work.progress.read))
        if work.progress.pages:
            facts.append(counted(say, "one_page", "more_pages", work.progress.pages))
        if work.progress.chunks:
            facts.append(counted(say, "one_chunk", "more_chunks", work.progress.chunks))
        facts.append(name_as_html(work.progress.current.rsplit("/", 1)[-1]))
    state = "busy" if work.under_way else "over"
    return (
        f'<div class="sl-work sl-{state}" role="status"><b>{as_html(_title(work, say))}</b>'
        f'<span class="sl-fine">{" · ".join(facts)}</span>'
        f'<i class="sl-meter"><i style="width:{100 * read:.0f}%"></i><i style="width:{100 * share:.0f}%"></i></i></div>'
    )


def _files(report: IngestReport, kind: Kind, number: int, say: Say) -> str:
    refused = [
        _entry(f, "no", say("report_refused", reason=say.error(f.reason))) for f in _latest(report.refused)
    ]
    refused += [_entry(f, "no", say.error(f.reason)) for f in _latest(report.overtaken)]
    partial = [
        _entry(f, "part", say("report_partial", reason=say.error(f.reason))) for f in _latest(report.partial)
    ]
    good = [_entry(f, "ok", _indexed(f, say)) for f in _latest(report.indexed)]
    unchanged = say("report_unchanged" if kind == "upload" else "report_same")
    good += [_entry(f, "ok", unchanged) for f in _latest(report.unchanged)]
    good += [_entry(f, "ok", say("report_removed")) for f in _latest(report.removed)]
    counts = [
        counted(say, one, more, len(files))
        for one, more, files in (
            ("one_indexed", "more_indexed", report.indexed), ("one_partial", "more_partial", report.partial),
            ("one_refused", "more_refused", report.refused), ("one_unchanged", "more_unchanged", report.unchanged),
            ("one_removed", "more_removed", report.removed), ("one_overtaken", "more_overtaken", report.overtaken),
        )
        if files
    ]  # fmt: skip
    if not counts:
        return ""
    bad = f'<ul class="sl-report">{"".join(refused + partial)}</ul>' if refused or partial else ""
    if not good:
        return bad
    summary = f"<summary>{as_html(' · '.join(counts))}</summary>"
    is_open = " open" if len(good) <= 5 else ""
    return f'{bad}<details class="sl-done" data-key="work-{number}"{is_open}>{summary}<ul class="sl-report">{"".join(good)}</ul></details>'


def _indexed(file: FileResult, say: Say) -> str:
    parts = [counted(say, "report_indexed_one", "report_indexed_more", file.chunks)]
    if file.hidden_words:
        parts.append(counted(say, "one_hidden", "more_hidden", file.hidden_words))
    return " · ".join(parts)


def _latest(files: Sequence[FileResult]) -> list[FileResult]:
    return list(files[-_LISTED:])[::-1]


def _entry(file: FileResult, kind: str, words: str) -> str:
    name = name_html(file.path.split("/", 1)[-1], file.path)
    return f'<li class="sl-{kind}">{name}<span>{as_html(words)}</span></li>'
