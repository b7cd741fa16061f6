"""How well the structure of tables is found, as the ICDAR 2013 table competition measured it: the relations of cells that
lie next to each other.

A relation is a cell's text, the text of the nearest cell with text to its right or below it, and which of the two it is
(M. Göbel, T. Hassan, E. Oro, G. Orsi, *A methodology for evaluating algorithms for table understanding in PDF documents*,
DocEng 2012). As there, texts are compared without white space and with special characters folded, recall and precision
are those of all tables of a document together, and the figures are means over documents. Tables that are missed cost
recall, what is no table costs precision.
"""

import html
import re
import unicodedata
from collections import Counter
from statistics import fmean

from bs4 import BeautifulSoup


PIPE = re.compile(r"(?<!\\)\|")
RULE = re.compile(r"[|:\- ]+")


def plain(text):
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum()).lower()


def grid_of(table):
    """The cell at each position of an HTML table, by row; a spanning cell is at several."""
    taken = {}
    for row, tr in enumerate(table.find_all("tr")):
        column = 0
        for cell in tr.find_all(["td", "th"]):
            while (row, column) in taken:
                column += 1
            for down in range(int(cell.get("rowspan", 1))):
                for across in range(int(cell.get("colspan", 1))):
                    taken[row + down, column + across] = cell
            column += int(cell.get("colspan", 1))
    return taken


def relations(table):
    grid = grid_of(table)
    rows = 1 + max((row for row, _ in grid), default=-1)
    columns = 1 + max((column for _, column in grid), default=-1)
    text = {id(cell): plain(cell.get_text(" ")) for cell in grid.values()}
    seen, found = set(), Counter()
    for way, lines in (
        ("right", [[(row, column) for column in range(columns)] for row in range(rows)]),
        ("down", [[(row, column) for row in range(rows)] for column in range(columns)]),
    ):
        for line in lines:
            cells = [grid[place] for place in line if place in grid and text[id(grid[place])]]
            for one, other in zip(cells, cells[1:]):
                if one is not other and (way, id(one), id(other)) not in seen:
                    seen.add((way, id(one), id(other)))
                    found[way, text[id(one)], text[id(other)]] += 1
    return found


def as_html(markdown):
    """The Markdown with its pipe tables as HTML: tables without spans are written so."""
    lines, rows = [], []

    def end():
        if len(rows) > 1:
            cells = lambda row: "".join(f"<td>{html.escape(cell.strip())}</td>" for cell in PIPE.split(row.strip().strip("|")))
            lines.append("<table>" + "".join(f"<tr>{cells(row)}</tr>" for row in rows if not RULE.fullmatch(row.strip())) + "</table>")
        rows.clear()

    for line in markdown.splitlines():
        if line.lstrip().startswith("|"):
            rows.append(line)
        else:
            end()
            lines.append(line)
    end()
    return "\n".join(lines)


def relations_in(markdown):
    """Those of all tables of a document."""
    soup = BeautifulSoup(as_html(markdown), "lxml")
    tables = [table for table in soup.find_all("table") if not table.find_parent("table")]
    return sum((relations(table) for table in tables), Counter())


def scores(pairs):
    """Mean F1, recall and precision of documents, each given as (true Markdown, found Markdown). Documents without tables in truth
    are left out unless tables were found in them: these have no precision."""
    recalls, precisions = [], []
    for true_text, found_text in pairs:
        true, found = relations_in(true_text), relations_in(found_text)
        right = sum((true & found).values())
        if true:
            recalls.append(right / sum(true.values()))
        if found:
            precisions.append(right / sum(found.values()))
    recall, precision = (round(fmean(values), 4) if values else None for values in (recalls, precisions))
    f1 = round(2 * recall * precision / (recall + precision), 4) if recall and precision else 0.0
    return {"documents": len(recalls), "f1": f1, "recall": recall, "precision": precision}
