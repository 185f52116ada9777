"""The plan of a run: the files of a folder compared with the documents of the index, by content hash.

    given paths -> checked (given) -> every file hashed (listing) -> label of its folder (roots) -> Plan (comparing, tasks)

Uploads have no folder; of those it is asked whether they are made as they would be today (kept).
"""

from ingest.sync.comparing import plan
from ingest.sync.given import check_given
from ingest.sync.kept import uploads_to_do
from ingest.sync.listing import walk
from ingest.sync.tasks import FileTask, Plan, is_current, name_of

__all__ = ["FileTask", "Plan", "check_given", "is_current", "name_of", "plan", "uploads_to_do", "walk"]
