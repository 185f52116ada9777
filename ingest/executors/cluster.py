"""Files read by workers on a Ray cluster; each is stored once, because the database compares before it stores.

lots of files -> their bytes read here -> a free worker -> parsed, split, embedded and committed there -> this run's report

Ray decides nothing: a worker that is lost costs the work on its lot, which goes to another one, and that one first looks
in the index what is there already.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from chatbot.config import Config
from chatbot.errors import ChatbotError, ConfigError, ExecutorError, Phrase
from ingest.executors.crew import ADDRESS, Begun, Crew, Finished, Lost, ray_module
from ingest.executors.executor import Executor, Run
from ingest.executors.lots import Lot, Lots
from ingest.executors.worker import Facts, makes
from ingest.reading import Left, read_content
from ingest.sync import FileTask

LARGEST = 64 * 2**20  # bytes; a larger file is read on this machine, which holds one lot for each worker


class RayExecutor(Executor):
    """Workers on the cluster that ``RAY_ADDRESS`` names, and none where it is not set.

    Raises:
        ConfigError: the index is one that other machines cannot write to, or Ray or its address is missing.
    """

    def __init__(self, config: Config) -> None:
        if config.index.backend == "sqlite":
            raise ConfigError(
                "the executor ray needs an index that other machines can write to: set backend = "
                '"postgres" under [store], or leave --executor away'
            )
        address = os.environ.get(ADDRESS, "")
        if not address or "://" in address:  # the client of ray:// is another package, and another way in
            raise ConfigError(
                "{name} is {address}; set it to the head of the Ray cluster, HOST:6379, or to local for workers on this machine alone",
                name=ADDRESS,
                address=repr(address) if address else "not set",
            )
        ray_module()

    def carry_out(self, tasks: Sequence[FileTask], run: Run) -> None:
        small = [task for task in tasks if task.bytes <= LARGEST]
        here = [task for task in tasks if task.bytes > LARGEST]
        if small:
            with Crew(run.config, len(small)) as crew:
                here += _Work(crew, run, Lots(small, crew.size)).to_the_end()
        run.read_and_store(here)
        _sort(run, tasks)


class _Work:
    """One run's lots and those who do them."""

    def __init__(self, crew: Crew, run: Run, lots: Lots) -> None:
        self._crew, self._run, self._lots = crew, run, lots
        self._makes = makes(run.config)
        with run.store.reading() as view:
            self._roots = view.roots()
        self._sequence = run.store.sequence()
        self._grown: list[FileTask] = []
        self._lost = 0

    def to_the_end(self) -> list[FileTask]:
        """Files that have grown beyond what is sent, and are still to be read."""
        while self._lots or self._crew.is_busy:
            while self._crew.has_idle and self._lots:
                self._give(self._lots.take())
            match self._crew.wait() if self._crew.is_busy or self._lots else None:
                case Begun(facts):
                    self._check(facts)
                case Finished(result):
                    if isinstance(result, ChatbotError):
                        raise result
                    self._run.take(result)
                case Lost(lot) if lot is not None:
                    self._lose(lot)
        if self._lost:
            self._run.report.notes.append(
                Phrase("{count} workers ended too early; what they had was given to others", count=self._lost)
            )
        return self._grown

    def _lose(self, lot: Lot) -> None:
        self._lost += 1
        if given_up := self._lots.lose(lot):
            task, count = given_up
            reason = "{count} workers ended while they had it; the next run tries again; if that happens again, leave it out"
            self._run.leave(task, Phrase(reason, count=count))

    def _give(self, lot: Lot) -> None:
        """Read the files of ``lot`` and send them; what cannot be read has its outcome at once."""
        tasks, contents = [], {}
        for given in lot.tasks:
            task, content = read_content(given, LARGEST)
            if isinstance(content, Left):
                self._run.leave(task, content.reason)
            elif task.bytes > LARGEST:
                self._grown.append(task)
            else:
                tasks.append(task)
                contents[task.uri] = content
        if tasks:
            self._crew.give(Lot(tuple(tasks), lot.lost, lot.before), tasks, contents)

    def _check(self, there: Facts) -> None:
        """Refuse a machine that would make something else of a file, or store it elsewhere."""
        if different := sorted(set(there.makes) - set(self._makes)):
            raise ExecutorError(
                "{machine} would make other documents than this machine ({there} and not {here}); install the same there",
                machine=there.machine,
                there=", ".join(different),
                here=", ".join(sorted(set(self._makes) - set(there.makes))),
            )
        # an index of the same folders and as many commits is this one
        if not (
            self._roots.items() <= there.roots.items()
            and self._sequence <= there.sequence <= self._run.store.sequence()
        ):
            raise ExecutorError(
                "{machine} has another database; set SECONDLOOK_DSN to the same one where Ray is started on every machine",
                machine=there.machine,
            )


def _sort(run: Run, tasks: Sequence[FileTask]) -> None:
    """The report in the order of the files, as one process would have made it."""
    place = {task.uri: number for number, task in enumerate(tasks)}
    report = run.report
    for results in (report.indexed, report.partial, report.refused, report.unchanged, report.overtaken):
        results.sort(key=lambda result: place.get(result.path, -1))
