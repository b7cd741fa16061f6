"""The speed of `zoned process`, beside what PDFium alone takes for the same files in the same run.

measure.py CORPUS LONG ZONED FLOOR PDFIUM: CORPUS is a folder of files, LONG a document of many pages, which shows what is left
when no process is started for each few pages. Figures as JSON on standard output, one line for people on standard error. Rates
are pages for each second of processor time, children included, the best of several alternating rounds: other work on
the machine changes them least. Only scaling is by the clock.
"""

import ctypes
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 3
# prctl(2): processes whose parent has ended become this one's children.
PR_SET_CHILD_SUBREAPER = 36


def run(command, cores):
    """The command's output, clock and processor seconds, and the peak memory in MiB of the largest process in it."""
    with tempfile.TemporaryFile() as output:
        began = time.monotonic()
        child = subprocess.Popen(
            command, stdout=output, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=lambda: os.sched_setaffinity(0, cores),
        )
        seconds, peak = 0.0, 0
        # What the command leaves behind is this process' to wait for, and counts too.
        while True:
            try:
                ended, status, usage = os.wait4(-1, 0)
            except ChildProcessError:
                break
            if ended == child.pid:
                elapsed = time.monotonic() - began
                child.returncode = os.waitstatus_to_exitcode(status)
            seconds, peak = seconds + usage.ru_utime + usage.ru_stime, max(peak, usage.ru_maxrss)
        output.seek(0)
        figures = json.loads(output.read())
    return figures, elapsed, seconds, peak / 1024


def main():
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    corpus, long, zoned, floor, pdfium = sys.argv[1:]
    files = sorted(str(path) for path in Path(corpus).rglob("*.pdf") if "hostile" not in path.parts)
    if not files:
        sys.exit(f"bench-speed: {corpus} holds no PDF files")
    cores = sorted(os.sched_getaffinity(0))
    # Reading scans takes Tesseract's time, which is not compared here.
    os.environ["ZONED_OCR_ENABLED"] = "never"

    def process(jobs, names, out):
        command = [zoned, "process", *names, "--out", out, "--format", "markdown,json", "--headers-footers"]
        figures, *measured = run([*command, "--jobs", str(jobs), "--json"], set(cores[:jobs]))
        return sum(file["pages"] for file in figures["files"]), *measured

    ours, raw, whole, clocks, peak = [], [], [], {1: [], 2: []}, 0.0
    with tempfile.TemporaryDirectory() as out:
        # Two files of one name would be written to one place: each folder of the corpus is a run.
        folders = {}
        for name in files:
            folders.setdefault(os.path.dirname(name), []).append(name)
        for _ in range(ROUNDS):
            figures, _, seconds, _ = run([floor, pdfium, *files], set(cores[:1]))
            raw.append(figures["pages"] / seconds)
            pages, _, seconds, _ = process(1, [long], out)
            whole.append(pages / seconds)
            for jobs in [1, 2][: len(cores)]:
                pages = spent = clock = 0.0
                for names in folders.values():
                    done, elapsed, seconds, memory = process(jobs, names, out)
                    pages, spent, clock = pages + done, spent + seconds, clock + elapsed
                    peak = max(peak, memory)
                clocks[jobs].append(clock)
                if jobs == 1:
                    ours.append(pages / spent)
    figures = {
        "files": len(files),
        "pages": int(pages),
        "zoned_pages_per_cpu_second": round(max(ours), 1),
        "zoned_pages_per_cpu_second_of_a_long_document": round(max(whole), 1),
        "pdfium_pages_per_cpu_second": round(max(raw), 1),
        "ratio_to_pdfium": round(max(ours) / max(raw), 3),
        "peak_rss_mib_of_a_process": round(peak, 1),
    }
    if clocks[2]:
        figures["scaling_1_to_2"] = round(statistics.median(clocks[1]) / statistics.median(clocks[2]), 2)
    print(json.dumps(figures, indent=2))
    print(
        f"{figures['zoned_pages_per_cpu_second']} pages/s, {figures['ratio_to_pdfium']} of PDFium alone"
        f" ({figures['pdfium_pages_per_cpu_second']}); two processes {figures.get('scaling_1_to_2', '-')} times as fast"
        f" as one; at most {figures['peak_rss_mib_of_a_process']} MiB a process",
        file=sys.stderr,
    )


main()
