"""Whether a zone's confidence is the share of such zones that are right.

A zone is right if a zone of the truth has the same class and overlaps it by an intersection over union of at least 0.5.
"""

from collections import defaultdict

OVERLAP = 0.5
BINS = [0.0, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0]


def intersection_over_union(one, other):
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    area = lambda box: (box[2] - box[0]) * (box[3] - box[1])
    return width * height / (area(one) + area(other) - width * height)


def judged(zones, truth):
    """The zones of one page as (kind, confidence, right or not)."""
    for zone in zones:
        right = any(
            zone["type"] == other["type"] and intersection_over_union(zone["bbox"], other["bbox"]) >= OVERLAP
            for other in truth
        )
        yield zone["kind"], zone["confidence"], right


def bin_of(confidence):
    return max(index for index, low in enumerate(BINS[:-1]) if confidence >= low - 1e-6)


def curve(verdicts):
    """Bins that hold zones, each with how sure the engine was and how often it was right; and the expected calibration
    error: the bins' mean distance between the two, weighted by their zones (Naeini, Cooper, Hauskrecht 2015)."""
    binned = defaultdict(list)
    for _, confidence, right in verdicts:
        binned[bin_of(confidence)].append((confidence, right))
    bins = []
    for index in sorted(binned):
        inside = binned[index]
        said = sum(confidence for confidence, _ in inside) / len(inside)
        was = sum(right for _, right in inside) / len(inside)
        bins.append({"from": BINS[index], "to": BINS[index + 1], "zones": len(inside), "said": round(said, 3), "right": round(was, 3)})
    error = sum(entry["zones"] * abs(entry["said"] - entry["right"]) for entry in bins) / max(1, len(verdicts))
    return {"zones": len(verdicts), "bins": bins, "expected_calibration_error": round(error, 4)}


def by_rule(verdicts):
    """The hit rate of each kind and confidence: a rule of the engine gives all its zones the same one."""
    rules = defaultdict(lambda: [0, 0])
    for kind, confidence, right in verdicts:
        rules[kind, round(confidence, 2)][0] += 1
        rules[kind, round(confidence, 2)][1] += right
    return [
        {"kind": kind, "said": said, "zones": zones, "right": round(right / zones, 3)}
        for (kind, said), (zones, right) in sorted(rules.items())
    ]
