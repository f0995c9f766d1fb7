"""Read the rows of a CSV file, with the line on which each begins."""

import csv
import io
from collections.abc import Iterator

from ..reading import Reading


def rows_of(text: str, reading: Reading, delimiter: str = ",") -> Iterator[tuple[int, list[str]]]:
    """Yield the rows; one that can't be read is left out and noted.

    Args:
        text: The file.
        reading: Where it is noted.
        delimiter: What stands between two cells.
    """
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=delimiter)
    while True:
        line = rows.line_num + 1
        try:
            cells = next(rows, None)
        except csv.Error as error:
            reading.skip(line, "", f"can't be read ({error}).")
            continue
        if cells is None:
            return
        yield line, cells


def records_of(
    text: str, reading: Reading, header: str, delimiter: str = ","
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row under a header as a record, its names in lower case.

    Args:
        text: The file.
        reading: Where rows that can't be read are noted.
        header: A name that the header has; what stands before the header is passed over.
        delimiter: What stands between two cells.
    """
    names: list[str] = []
    for line, cells in rows_of(text, reading, delimiter):
        if not names:
            lowered = [cell.strip().lower() for cell in cells]
            names = lowered if header in lowered else []
        elif any(cell.strip() for cell in cells):
            padded = [*cells, *[""] * (len(names) - len(cells))]
            yield line, dict(zip(names, padded, strict=False))
