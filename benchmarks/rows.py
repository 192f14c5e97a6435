"""What a benchmark says: one figure of ours against its floor, measured in the same run."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results.json"


@dataclass(frozen=True, slots=True)
class Row:
    """``ratio`` is ours divided by floor; ``demanded`` reads '>= 0.25' or '<= 12'."""

    name: str
    ours: float
    floor: float
    ratio: float
    demanded: str
    met: bool


def at_least(name: str, ours: float, floor: float, demanded: float) -> Row:
    """A rate that must reach a share of the floor's rate."""
    ratio = ours / floor
    return Row(name, ours, floor, round(ratio, 3), f">= {demanded}", ratio >= demanded)


def at_most(name: str, ours: float, floor: float, demanded: float) -> Row:
    """A time or count that must stay within a multiple of the floor's."""
    ratio = ours / floor
    return Row(name, ours, floor, round(ratio, 3), f"<= {demanded}", ratio <= demanded)


def write(rows: list[Row], path: Path = RESULTS) -> None:
    """Replace the rows of the same names, keep those of benchmarks that did not run."""
    kept = json.loads(path.read_text()) if path.exists() else []
    names = {row.name for row in rows}
    merged = [row for row in kept if row["name"] not in names] + [asdict(row) for row in rows]
    path.write_text(json.dumps(sorted(merged, key=lambda row: row["name"]), indent=1) + "\n")


def table(rows: list[Row]) -> str:
    lines = [f"{'name':<44} {'ours':>12} {'floor':>12} {'ratio':>7}  demanded"]
    for row in rows:
        mark = "met" if row.met else "MISSED"
        lines.append(
            f"{row.name:<44} {row.ours:>12.4g} {row.floor:>12.4g} {row.ratio:>7.3f}"
            f"  {row.demanded:<9} {mark}"
        )
    return "\n".join(lines)
