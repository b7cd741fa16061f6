"""The documents: papers, reports, slides, contracts and price lists, set by typst in the fonts it brings."""

import typst

from .blocks import Heading, Items, Paragraph, Table, quoted
from .prose import Prose
from .truth import locate

FONTS = ["Libertinus Serif", "New Computer Modern"]
STROKES = ["none", "0.5pt", "(x: none, y: 0.4pt)"]
FILLS = ["none", "(_, y) => if calc.even(y) { luma(235) }"]
MARGIN = 70  # points, above and below
SEEDS = range(4)


def figures(prose, columns=4):
    head = [prose.word() for _ in range(columns)]
    rows = [[prose.phrase(), *(prose.figure() for _ in range(columns - 1))] for _ in range(prose.random.randint(3, 8))]
    return Table([head, *rows], prose.random.choice(STROKES), prose.random.choice(FILLS))


def items(prose, long=True):
    texts = [prose.sentence() if long else prose.phrase() for _ in range(prose.random.randint(3, 6))]
    return Items(texts, prose.random.random() < 0.5)


def section(prose, number, depth=2):
    yield Heading(f"{number} {prose.phrase()}" if prose.random.random() < 0.6 else prose.phrase(), depth)
    for _ in range(prose.random.randint(1, 4)):
        yield Paragraph(prose.paragraph())


def paper(prose):
    yield Heading(prose.phrase(), 1)
    for number in range(1, 6):
        yield from section(prose, number)
        if prose.random.random() < 0.5:
            yield from section(prose, f"{number}.1", 3)


def report(prose):
    yield Heading(prose.phrase(), 1)
    for number in range(1, 5):
        yield from section(prose, number)
        yield items(prose) if prose.random.random() < 0.5 else figures(prose)
        yield Paragraph(prose.paragraph())


def slides(prose):
    for _ in range(5):
        yield Heading(prose.phrase(), 1)
        yield items(prose, long=False) if prose.random.random() < 0.7 else Paragraph(prose.paragraph(1, 2))


def contract(prose):
    yield Heading(prose.phrase(), 1)
    for number in range(1, 7):
        yield Heading(f"{number}. {prose.word()}", 2)
        for part in range(1, prose.random.randint(2, 4)):
            yield Paragraph(f"{number}.{part} {prose.paragraph(1, 3)}")


def price_list(prose):
    yield Heading(prose.phrase(), 1)
    for _ in range(4):
        yield Heading(prose.word(), 2)
        yield figures(prose, 3)
        yield Paragraph(prose.sentence(), "note")


# Each kind's page: its size, columns and running text.
KINDS = {
    paper: ('paper: "a4"', 2, "header"),
    report: ('paper: "us-letter"', 1, "both"),
    slides: ("width: 720pt, height: 405pt", 1, "footer"),
    contract: ('paper: "a4"', 1, "footer"),
    price_list: ('paper: "a5"', 1, "header"),
}


def source(kind, blocks, prose):
    size, columns, running = KINDS[kind]
    name = quoted(prose.phrase())
    head = f"header: [#text(8pt, {name}) #h(1fr) #text(8pt, context counter(page).display())]"
    foot = f'footer: [#text(8pt, {name}) #h(1fr) #text(8pt, context counter(page).display("1 / 1", both: true))]'
    edges = {"header": head, "footer": foot, "both": f"{head}, {foot}"}[running]
    points = 17 if kind is slides else prose.random.choice([9, 10, 11])
    lines = [
        f"#set page({size}, margin: (x: 56pt, y: {MARGIN}pt), columns: {columns}, {edges})",
        f'#set text(font: "{prose.random.choice(FONTS)}", size: {points}pt, lang: "en")',
        f"#set par(justify: {prose.random.choice(['true', 'false'])})",
        prose.random.choice(["", "#show heading.where(level: 2): set align(center)", "#show heading.where(level: 3): set text(style: \"italic\", weight: \"regular\")"]),
        "#let body(it) = par(it)",
        "#let note(it) = par(text(size: 0.85em, it))",
    ]
    for index, block in enumerate(blocks):
        if kind is slides and isinstance(block, Heading) and index:
            lines.append("#pagebreak()")
        lines.append(block.typst())
    return "\n\n".join(lines)


def make(folder):
    """Writes pdfs/ and truth/ into `folder`; gives each document's pages of true zones."""
    for name in ("pdfs", "truth"):
        (folder / name).mkdir(parents=True)
    zones = {}
    for kind in KINDS:
        for seed in SEEDS:
            name = f"{kind.__name__}-{seed}"
            prose = Prose(name)
            blocks = list(kind(prose))
            pdf = folder / "pdfs" / f"{name}.pdf"
            typst.compile(source(kind, blocks, prose).encode(), output=str(pdf), ignore_system_fonts=True)
            zones[name] = locate(pdf, blocks, MARGIN - 6, MARGIN - 6)
            (folder / "truth" / f"{name}.md").write_text("\n\n".join(block.markdown() for block in blocks) + "\n")
    return zones
