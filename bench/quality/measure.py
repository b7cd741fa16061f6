"""measure.py CORPUS ZONED: what the scorers of CORPUS say of ZONED's Markdown and zones, beside what others reached.

The table goes to standard error, everything as JSON to standard output. The corpus' own scorers run as they are.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import fmean

sys.path.insert(0, str(Path(__file__).parent))
import adjacency
import calibration
from classes import CLASS_OF_CATEGORY, scored_zones
from generate import documents

HERE = Path(__file__).parent
MEASURES = ("overall", "nid", "teds", "mhs")


def process(zoned, pdfs, out, *options):
    """Runs zoned over the files; its outputs lie in `out`. Files that fail are missing there, and score nothing."""
    out.mkdir(parents=True)
    files = sorted(str(pdf) for pdf in pdfs.glob("*.pdf"))
    if not files:
        raise SystemExit(f"bench-quality: no PDFs in {pdfs}")
    command = [zoned, "process", *files, "--out", str(out), "--format", "markdown,json", *options]
    done = subprocess.run(command, capture_output=True, text=True)
    if not any(out.glob("*.json")):
        raise SystemExit(f"bench-quality: zoned wrote nothing for {pdfs}:\n{done.stderr}")


def markdown_scores(corpus, truth, out):
    """Means of the Markdown scorer over all documents."""
    scores = out / "scores.markdown"
    command = [sys.executable, corpus / "tools/score_md.py", truth, out, "--project", "--json", scores]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    documents = json.loads(scores.read_text()).values()
    means = {}
    for measure in MEASURES:
        values = [document[measure] for document in documents if document[measure] is not None]
        means[measure] = round(fmean(values), 4) if values else None
    return {"documents": len(documents), **means}


def table_structure(truth, out):
    """The relations of neighbouring cells found in documents with tables."""
    found = lambda name: (out / name).read_text() if (out / name).exists() else ""
    return adjacency.scores((path.read_text(), found(path.name)) for path in sorted(truth.glob("*.md")))


def pages_of(out):
    """Each document's pages of scored zones."""
    return {
        path.stem: [list(scored_zones(page)) for page in json.loads(path.read_text())["pages"]]
        for path in sorted(out.glob("*.json"))
    }


def zone_scores(corpus, pages, folder):
    """The zone scorer's figures, read from the line it prints."""
    answer = folder / "zones.predicted"
    answer.write_text(json.dumps({name: {"pages": [{"zones": zones} for zones in of]} for name, of in pages.items()}))
    command = [sys.executable, corpus / "tools/score_zones.py", corpus / "dpbench/zones.json", corpus / "dpbench/pdfs", answer]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    figure = lambda pattern: float(re.search(pattern + r"(\d\.\d+)", printed).group(1))
    characters = printed[printed.index("char_f1"):]
    return {
        "boxes_f1": figure(r"loc_f1 "),
        "class_per_character": figure(r"char_acc "),
        "header_f1": float(re.search(r"header:(\d\.\d+)", characters).group(1)),
        "footer_f1": float(re.search(r"footer:(\d\.\d+)", characters).group(1)),
        "order_tau": figure(r"tau "),
    }


def leaking(meta, out):
    """Documents with a running header left in the body."""
    squash = lambda text: " ".join(text.split())
    return sorted(
        name for name, document in meta.items()
        if squash(document["header"]) in squash((out / f"{name}.md").read_text())
    )


def public_truth(corpus):
    """DP-Bench's zones: a page a document."""
    for name, document in json.loads((corpus / "dpbench/zones.json").read_text()).items():
        zones = []
        for element in document["elements"]:
            across = [corner["x"] for corner in element["coordinates"]]
            down = [corner["y"] for corner in element["coordinates"]]
            box = [min(across), min(down), max(across), max(down)]
            zones.append({"bbox": box, "type": CLASS_OF_CATEGORY[element["category"]]})
        yield name.removesuffix(".pdf"), [zones]


def verdicts(pages, truth):
    """What calibration judges: every predicted zone of the documents that the truth knows."""
    return [
        verdict
        for name, true_pages in truth
        for predicted, true_zones in zip(pages.get(name, []), true_pages)
        for verdict in calibration.judged(predicted, true_zones)
    ]


def measure(corpus, zoned, scratch):
    public, synthetic, generated = (scratch / name for name in ("dpbench", "synth", "generated"))
    process(zoned, corpus / "dpbench/pdfs", public, "--headers-footers")
    process(zoned, corpus / "synth/pdfs", synthetic)
    made = documents.make(scratch / "made")
    process(zoned, scratch / "made/pdfs", generated)
    public_pages = pages_of(public)
    public_verdicts = verdicts(public_pages, public_truth(corpus))
    generated_verdicts = verdicts(pages_of(generated), made.items())
    return {
        "dpbench": markdown_scores(corpus, corpus / "dpbench/gt", public)
        | zone_scores(corpus, public_pages, scratch)
        | {"adjacency": table_structure(corpus / "dpbench/gt", public)},
        "synth": markdown_scores(corpus, corpus / "synth/gt", synthetic)
        | {"leaking": leaking(json.loads((corpus / "synth/meta.json").read_text()), synthetic)}
        | {"adjacency": table_structure(corpus / "synth/gt", synthetic)},
        "generated": markdown_scores(corpus, scratch / "made/truth", generated)
        | {"adjacency": table_structure(scratch / "made/truth", generated)},
        "calibration": {
            "dpbench": calibration.curve(public_verdicts),
            "generated": calibration.curve(generated_verdicts),
            "all": calibration.curve(public_verdicts + generated_verdicts),
            "rules": calibration.by_rule(public_verdicts + generated_verdicts),
        },
        "peers": json.loads((HERE / "peers.json").read_text()),
    }


def table(figures):
    """The figures for people."""
    columns = ("overall", "nid", "teds", "mhs", "boxes_f1", "header_f1", "footer_f1")
    shown = lambda row: "".join(f"{row[column]:>11.3f}" if row.get(column) is not None else f"{'':>11}" for column in columns)
    lines = [f"{'':52}" + "".join(f"{column:>11}" for column in columns)]
    for name in ("dpbench", "synth", "generated"):
        lines.append(f"{'zoned, ' + name:52}{shown(figures[name])}")
    lines += [f"{peer['name']:52}{shown(peer)}" for peer in figures["peers"]["engines"]]
    lines.append(f"(others: dpbench, measured {figures['peers']['measured']})")
    public = figures["dpbench"]
    lines.append(f"class per character {public['class_per_character']:.3f}, order {public['order_tau']:.4f}, leaking on synth {len(figures['synth']['leaking'])}")
    for name in ("dpbench", "synth", "generated"):
        cells = figures[name]["adjacency"]
        lines.append(f"neighbouring cells, {name}: F1 {cells['f1']:.3f}, recall {cells['recall']:.3f}, precision {cells['precision']:.3f} over {cells['documents']} documents with tables")
    for name in ("dpbench", "generated", "all"):
        curve = figures["calibration"][name]
        lines.append(f"confidence, {name}: {curve['zones']} zones, expected calibration error {curve['expected_calibration_error']:.3f}")
        lines += [f"    {entry['from']:.2f}–{entry['to']:.2f}: said {entry['said']:.3f}, right {entry['right']:.3f} of {entry['zones']}" for entry in curve["bins"]]
    return "\n".join(lines)


def main():
    corpus, zoned = Path(sys.argv[1]).resolve(), sys.argv[2]
    with tempfile.TemporaryDirectory() as scratch:
        figures = measure(corpus, zoned, Path(scratch))
    print(table(figures), file=sys.stderr)
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
