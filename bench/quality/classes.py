"""The kinds of zones, as the seven classes that the scorers know."""

HEADING, TEXT, LIST, TABLE, FIGURE, HEADER, FOOTER = "heading text list table figure header footer".split()

CLASS_OF_KIND = {
    "title": HEADING, "heading": HEADING,
    "paragraph": TEXT, "caption": TEXT, "footnote": TEXT, "formula": TEXT, "code": TEXT, "form_field": TEXT,
    "list": LIST, "list_item": LIST, "toc": LIST,
    "table": TABLE, "figure": FIGURE, "header": HEADER, "footer": FOOTER,
}  # fmt: skip

# DP-Bench's categories.
CLASS_OF_CATEGORY = {
    "Heading1": HEADING,
    "Paragraph": TEXT, "Caption": TEXT, "Footnote": TEXT, "Equation": TEXT,
    "List": LIST, "Index": LIST,
    "Table": TABLE, "Figure": FIGURE, "Chart": FIGURE, "Header": HEADER, "Footer": FOOTER,
}  # fmt: skip


def scored_zones(page):
    """A page of zoned's JSON as the scorers' zones: boxes as shares of the page, left top right bottom. Watermarks have no class."""
    width, height = page["width"], page["height"]
    for zone in page["zones"]:
        box = zone["bbox"]
        kind = zone["kind"]
        if kind == "page_number":
            kind = "header" if box["y"] < height / 2 else "footer"
        if kind not in CLASS_OF_KIND:
            continue
        right, bottom = box["x"] + box["width"], box["y"] + box["height"]
        yield {
            "bbox": [box["x"] / width, box["y"] / height, right / width, bottom / height],
            "type": CLASS_OF_KIND[kind],
            "kind": zone["kind"],
            "confidence": zone["confidence"],
        }
