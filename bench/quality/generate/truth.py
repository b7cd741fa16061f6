"""Where each block of a document lies on its pages, read from the PDF's own characters.

Everything between the top and bottom margins is the blocks' text in their order, so each block takes the next characters;
what lies in the margins is running text.
"""

import unicodedata

import pypdfium2
import pypdfium2.raw as calls

COLUMN_STEP = 24.0  # points: text that goes on this much higher stands in the next column
GAP = 30.0  # points: running text further apart than this is two zones


def letters(text):
    """Lower-case letters and digits: what is the same however a line is broken or joined."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum())


def characters(page):
    """(letters, left, top, right, bottom) of the page's characters, from ascent to descent, points from the top left."""
    text, height = page.get_textpage(), page.get_height()
    box = calls.FS_RECTF()
    for index in range(text.count_chars()):
        seen = letters(chr(calls.FPDFText_GetUnicode(text, index)))
        if seen and calls.FPDFText_GetLooseCharBox(text, index, box):
            yield seen, box.left, height - box.top, box.right, height - box.bottom


def around(boxes):
    lefts, tops, rights, bottoms = zip(*boxes)
    return [min(lefts), min(tops), max(rights), max(bottoms)]


def pieces(placed, whole):
    """A block's characters, (page, box), as one group a page, or a column unless the block is kept `whole`."""
    groups = []
    for page, box in placed:
        last = groups[-1] if groups else None
        if last is None or last[0] != page or (not whole and box[3] < last[1][-1][3] - COLUMN_STEP):
            groups.append((page, [box]))
        else:
            last[1].append(box)
    return [(page, around(boxes)) for page, boxes in groups]


def running(boxes):
    """The zones of a margin's characters: parted where they lie far apart."""
    groups = []
    for box in sorted(boxes):
        if groups and box[0] - groups[-1][-1][2] <= GAP:
            groups[-1].append(box)
        else:
            groups.append([box])
    return [around(group) for group in groups]


def locate(pdf, blocks, top, bottom):
    """Pages of zones, boxes as shares of the page. Raises if the page does not show the blocks' text in their order."""
    document = pypdfium2.PdfDocument(pdf)
    pages, body = [], []
    for number, page in enumerate(document):
        width, height = page.get_size()
        margins = {"header": [], "footer": []}
        for seen, *box in characters(page):
            middle = (box[1] + box[3]) / 2
            if middle < top:
                margins["header"].append(box)
            elif middle > height - bottom:
                margins["footer"].append(box)
            else:
                body += [(letter, number, box) for letter in seen]
        zones = [(kind, box) for kind, boxes in margins.items() for box in running(boxes)]
        pages.append((width, height, zones))
    document.close()
    start = 0
    for block in blocks:
        text = letters(block.shown())
        taken = body[start : start + len(text)]
        if "".join(letter for letter, *_ in taken) != text:
            raise AssertionError(f"{pdf}: the page does not show {block.shown()[:40]!r} where it should")
        start += len(text)
        for number, box in pieces([(page, box) for _, page, box in taken], block.scored_as == "table"):
            pages[number][2].append((block.scored_as, box))
    return [
        [{"type": kind, "bbox": [box[0] / width, box[1] / height, box[2] / width, box[3] / height]} for kind, box in zones]
        for width, height, zones in pages
    ]
