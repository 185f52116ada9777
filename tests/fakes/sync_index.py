"""An index as ``ingest.sync`` sees it, without a database, and the parts of a plan by name."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from chatbot.store import DocumentRow
from ingest.sync import Plan, check_given, plan


@dataclass
class Index:
    """Documents and roots as an index keeps them between two runs."""

    store: Path
    rows: dict[str, DocumentRow] = field(default_factory=dict)
    roots: dict[str, Path] = field(default_factory=dict)

    def label(self, path: Path) -> str:
        """As ``Writer.label_root``."""
        for label, root in self.roots.items():
            if root == path:
                return label
        label, number = path.name, 1
        while label in self.roots:
            number += 1
            label = f"{path.name}-{number}"
        self.roots[label] = path
        return label

    def plan(self, *paths: Path, made_by: str = "v1") -> Plan:
        check_given(paths, self.store, self.rows.values)
        return plan(paths, list(self.rows.values()), self.roots, self.label, made_by, self.store)

    def sync(self, *paths: Path, made_by: str = "v1") -> Plan:
        """Plan and carry out, as far as names go."""
        work = self.plan(*paths, made_by=made_by)
        for label, path in work.relabelled:
            old, self.roots[label] = self.roots[label], path
            for uri, row in self.rows.items():
                if row.path.is_relative_to(old):
                    self.rows[uri] = replace(row, path=path / row.path.relative_to(old))
        for row, task in work.renamed:
            del self.rows[row.uri]
            self.rows[task.uri] = replace(row, uri=task.uri, path=task.path)
        for row in work.gone:
            del self.rows[row.uri]
        for task in work.todo:
            self.rows[task.uri] = self._row(task.uri, task.path, task.sha256, made_by, "indexed")
        for task, reason in work.unreadable:
            self.rows[task.uri] = self._row(task.uri, task.path, "", made_by, "refused", reason)
        return work

    @staticmethod
    def _row(uri: str, path: Path, sha256: str, made_by: str, status: str, reason: str = "") -> DocumentRow:
        return DocumentRow(uri, path, sha256, made_by, status, reason, "", "text", "", 1, 0, "", 0, 1)


def todo_of(work: Plan) -> list[str]:
    return [task.uri for task in work.todo]


def unchanged_of(work: Plan) -> list[str]:
    return [row.uri for row in work.unchanged]


def gone_of(work: Plan) -> list[str]:
    return [row.uri for row in work.gone]


def renamed_of(work: Plan) -> list[tuple[str, str]]:
    return [(row.uri, task.uri) for row, task in work.renamed]


def nothing_to_do(work: Plan) -> bool:
    return not (work.todo or work.gone or work.unreadable or work.renamed or work.relabelled or work.left)
