"""How many lines of one fingerprint there are, when files overlap.

Two lines of one file that say the same are two movements. The same two in a later file are those
two again, and one of them in a shorter file is one of them: the number is the largest that any file
showed, and never less than the number of different labels seen. Both are joins, so the order in
which files come makes no difference, nor does a file that comes twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Change:
    """``labelled``: places of kept lines -> the label they get; ``added``: places of new lines."""

    labelled: dict[int, str] = field(default_factory=dict)
    added: list[int] = field(default_factory=list)


def merge(kept: Sequence[str], coming: Sequence[str]) -> Change:
    """What has to change in ``kept``, the labels of the lines there are, for those in a file."""
    change = Change()
    free = [place for place, label in enumerate(kept) if not label]
    there = Counter(label for label in kept if label)
    seen: Counter[str] = Counter()
    rest: list[int] = []
    for place, label in enumerate(coming):
        seen[label] += 1
        if not label:
            rest.append(place)
        elif seen[label] > there[label]:
            if free:
                change.labelled[free.pop(0)] = label
            else:
                change.added.append(place)
        else:
            rest.append(place)
    short = len(coming) - len(kept) - len(change.added)
    # Unlabelled ones first: what has a label was found above.
    spare = [place for place in rest if not coming[place]]
    change.added += spare[len(spare) - short :] if short > 0 else []
    return change
