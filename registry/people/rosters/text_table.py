"""A list as text with separators: every cell quoted, and none that a spreadsheet would calculate."""

import csv
import io
from collections.abc import Sequence

from registry.people.rosters.child.defusing import defused
from registry.people.rosters.workbook import CLASS_HEADER, Page

_MARK = "\ufeff"
"""Says to spreadsheets that the text is UTF-8."""


def write_text(pages: Sequence[Page]) -> bytes:
    """Write sheets as one table, the class of each row first, the shorter rows filled up.

    Lines end and quotes double as in RFC 4180. A cell that a spreadsheet would take for a formula gets an
    apostrophe before it, which our own reader of lists takes away again.
    """
    out = io.StringIO(_MARK, newline="")
    out.seek(0, io.SEEK_END)
    table = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    widest = max((page.header for page in pages), key=len)
    table.writerow(map(defused, [CLASS_HEADER, *widest]))
    for page in pages:
        for row in page.rows:
            cells = [page.title, *row]
            table.writerow(map(defused, cells + [""] * (len(widest) + 1 - len(cells))))
    return out.getvalue().encode()
