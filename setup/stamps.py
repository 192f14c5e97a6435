"""Remember what a set-up step was made from, so that it runs again only when that changed."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
STAMPS = CHECKOUT / ".venv" / "stamps"


def _digest(inputs: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in inputs:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def fresh(step: str, inputs: Iterable[Path], outputs: Iterable[Path]) -> bool:
    """Whether ``step`` was done from exactly these inputs and its outputs still exist."""
    stamp = STAMPS / step
    return (
        stamp.exists()
        and stamp.read_text() == _digest(inputs)
        and all(output.exists() for output in outputs)
    )


def remember(step: str, inputs: Iterable[Path]) -> None:
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / step).write_text(_digest(inputs))
