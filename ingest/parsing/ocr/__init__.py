"""OCR of scans by Tesseract, in Korean and English: an extra, in use as soon as it is installed.

Recogniser.lines(Picture) -> Line[], as a PDF page with a text layer gives them

installed    whether it is there, and with what language data
time_left    the processor time that it may use, and whom it asks for more
picture      a page as grey pixels: turned, sampled, cut into columns
recogniser   reads the pages of one file
rows         what was found: rows of words, how sure they are -> lines
scans        what became of the pages of one file
"""

from ingest.parsing.ocr.installed import INSTALL, available, came_since
from ingest.parsing.ocr.picture import Picture
from ingest.parsing.ocr.recogniser import DPI, MAX_PIXELS, Recogniser
from ingest.parsing.ocr.scans import Scans, page_list
from ingest.parsing.ocr.time_left import ask_for_time, seconds_left

__all__ = [
    "DPI",
    "INSTALL",
    "MAX_PIXELS",
    "Picture",
    "Recogniser",
    "Scans",
    "ask_for_time",
    "available",
    "came_since",
    "page_list",
    "seconds_left",
]
