"""The parts of a document: each knows its typst source, its Markdown, its class, and the text a page shows of it."""

from dataclasses import dataclass, field
from html import escape


def quoted(text):
    """As a typst string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@dataclass
class Heading:
    text: str
    depth: int
    scored_as = "heading"

    def typst(self):
        return f"#heading(level: {self.depth}, {quoted(self.text)})"

    def markdown(self):
        return "# " + self.text

    def shown(self):
        return self.text


@dataclass
class Paragraph:
    text: str
    style: str = "body"  # a function of the template: body or note
    scored_as = "text"

    def typst(self):
        return f"#{self.style}({quoted(self.text)})"

    def markdown(self):
        return self.text

    def shown(self):
        return self.text


@dataclass
class Items:
    items: list
    numbered: bool = False
    scored_as = "list"

    def typst(self):
        return f"#{'enum' if self.numbered else 'list'}({', '.join(map(quoted, self.items))})"

    def markdown(self):
        return "\n".join(f"{f'{index}.' if self.numbered else '-'} {item}" for index, item in enumerate(self.items, 1))

    def shown(self):
        return "".join((str(index) if self.numbered else "") + item for index, item in enumerate(self.items, 1))


@dataclass
class Table:
    rows: list
    stroke: str = "none"  # typst's stroke of the cells
    fill: str = "none"
    scored_as = "table"
    columns: int = field(init=False)

    def __post_init__(self):
        self.columns = len(self.rows[0])

    def typst(self):
        cells = ", ".join(quoted(cell) for row in self.rows for cell in row)
        look = f"stroke: {self.stroke}, fill: {self.fill}, align: (x, _) => if x == 0 {{ left }} else {{ right }}"
        return f"#block(breakable: false, table(columns: {self.columns}, {look}, {cells}))"

    def markdown(self):
        rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in self.rows)
        return f"<table>{rows}</table>"

    def shown(self):
        return "".join(cell for row in self.rows for cell in row)
