"""Sentences, phrases and figures from small word lists: varied enough that lines, widths and counts differ."""

import random

NOUNS = "survey harbour council valve archive teacher orchard ledger bridge sensor tariff meadow engine clause market vessel".split()
QUALITIES = "regional steady hollow annual narrow tested public early remote combined quiet formal".split()
DEEDS = "measured repaired discussed recorded replaced approved compared postponed described counted".split()
PLACES = "Aarhus Coimbra Dundee Graz Lublin Namur Oulu Pisa Rennes Vigo".split()
FRAMES = [
    "The {quality} {noun} was {deed} in {place} before any other {other} had been {done}.",
    "Of {number} {noun}s, fewer than {part} percent were {deed}; the {other} explains most of this.",
    "When a {noun} is {quality}, it has to be {deed} again within {small} days.",
    "In {place}, by contrast, no {other} was {deed} after {year}.",
    "It follows that the {noun} and the {quality} {other} should be {done} together.",
    "Nobody had {deed} the {other} since {year}, although the {noun} in {place} was known to be {quality}.",
]


class Prose:
    """A source of text that depends on its seed alone."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def _fill(self, frame):
        pick = self.random.choice
        return frame.format(
            quality=pick(QUALITIES), noun=pick(NOUNS), other=pick(NOUNS), deed=pick(DEEDS), done=pick(DEEDS), place=pick(PLACES),
            number=self.random.randint(40, 4000), part=self.random.randint(3, 60), small=self.random.randint(2, 30),
            year=self.random.randint(1880, 2020),
        )  # fmt: skip

    def sentence(self):
        return self._fill(self.random.choice(FRAMES))

    def paragraph(self, fewest=2, most=6):
        return " ".join(self.sentence() for _ in range(self.random.randint(fewest, most)))

    def phrase(self):
        frames = ["{quality} {noun}s in {place}", "the {noun} and its {other}", "{deed} {noun}s", "a {quality} {other}"]
        words = self._fill(self.random.choice(frames))
        return words[0].upper() + words[1:]

    def word(self):
        return self.random.choice(NOUNS).capitalize()

    def figure(self):
        return self.random.choice(["{:,}", "{}", "{}.5", "{}%"]).format(self.random.randint(1, 9999))
