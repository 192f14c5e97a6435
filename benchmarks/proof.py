"""``make proof``: the tests that have full figures, with all of them, and each guard off in turn.

Writes ``benchmarks/proof.json``: every test with its outcome and seconds, and the guards' table.
Seconds are for the record of this run on this machine; nothing asserts them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from xml.etree import ElementTree

CHECKOUT = Path(__file__).resolve().parent.parent
RECORD = CHECKOUT / "benchmarks" / "proof.json"
GUARDS = CHECKOUT / "benchmarks" / "guards.json"
INTERRUPTED = 2


def with_full_figures() -> list[str]:
    """The test files that know a full run from a reduced one, and the access matrix.

    Some know it by themselves, some by what they import of the tests beside them.
    """
    texts = {path: path.read_text(encoding="utf-8") for path in (CHECKOUT / "tests").rglob("*.py")}
    know = {path for path, text in texts.items() if "tests.proof import" in text}
    sources = tuple(f"{_module(path)} import" for path in know)
    know |= {path for path, text in texts.items() if any(name in text for name in sources)}
    know |= {CHECKOUT / "tests" / "walls" / "test_access_matrix.py"}
    return sorted(str(path.relative_to(CHECKOUT)) for path in know if path.name.startswith("test_"))


def _module(path: Path) -> str:
    return ".".join(path.relative_to(CHECKOUT).with_suffix("").parts)


def run(files: list[str]) -> tuple[int, list[dict[str, object]]]:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", *files, f"--junit-xml={report}", "-q", "-n", "2"]
        environment = os.environ | {"PARK_PROOF": "1"}
        status = _waited_for(subprocess.Popen(command, cwd=CHECKOUT, env=environment))
        cases = ElementTree.parse(report).iter("testcase")
        # One that was interrupted stands there without a name.
        return status, [_told(case) for case in cases if case.get("name")]


def _waited_for(run: subprocess.Popen[bytes]) -> int:
    """Ctrl-C reaches pytest too, which still writes down what is through."""
    while True:
        try:
            return run.wait()
        except KeyboardInterrupt:
            continue


def _told(case: ElementTree.Element) -> dict[str, object]:
    kinds = {child.tag for child in case}
    outcome = next((kind for kind in ("failure", "error", "skipped") if kind in kinds), "passed")
    figures = {
        each.get("name", ""): each.get("value", "")
        for properties in case.iter("properties")
        for each in properties
    }
    told: dict[str, object] = {
        "test": f"{case.get('classname')}::{case.get('name')}",
        "outcome": outcome,
        "seconds": round(float(case.get("time", 0)), 1),
    }
    return told | ({"figures": figures} if figures else {})


def recorded(tests: list[dict[str, object]], files: list[str], day: str) -> list[dict[str, object]]:
    """The record with these lines anew: the whole of it takes hours, so it may be made in parts.

    Of ``files`` that ran as a whole nothing older stays: tests may have other names by now.
    """
    before = json.loads(RECORD.read_text(encoding="utf-8"))["tests"] if RECORD.exists() else []
    whole = tuple(_module(CHECKOUT / file) + "::" for file in files if "::" not in file)
    kept = {each["test"]: each for each in before if not each["test"].startswith(whole)}
    kept |= {test["test"]: test | {"on": day} for test in tests}
    return [kept[name] for name in sorted(kept)]


def main() -> int:
    day = time.strftime("%Y-%m-%d", time.gmtime())
    files = sys.argv[1:] or with_full_figures()
    status, tests = run(files)
    unnoticed = 0
    if not sys.argv[1:]:
        unnoticed = subprocess.run(
            [sys.executable, "-m", "tests.guards"], cwd=CHECKOUT, check=False
        ).returncode
    record = {
        # What was interrupted (2) has not run as a whole.
        "tests": recorded(tests, files if status != INTERRUPTED else [], day),
        "guards": json.loads(GUARDS.read_text(encoding="utf-8")) if GUARDS.exists() else [],
    }
    RECORD.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(tests)} tests with full figures; the record is in {RECORD.relative_to(CHECKOUT)}")
    return status or unnoticed


if __name__ == "__main__":
    sys.exit(main())
