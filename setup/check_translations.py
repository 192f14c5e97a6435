"""Every string for people has a finished translation. Ends with status 1 on any gap.

Extracts the strings anew into a temporary copy (GNU gettext by Django's makemessages) and
compares; the working tree stays as it is.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

CHECKOUT = Path(__file__).resolve().parent.parent
LANGUAGES = ("zh_Hans",)  # the source strings are English
LEFT_OUT = (".venv", ".git", ".park", "node_modules", "staticfiles", "vendor", ".mypy_cache")
SHOWN = 40


def extracted(language: str) -> Catalog:
    """The catalogue as makemessages would write it now, existing translations merged in."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "checkout"
        shutil.copytree(CHECKOUT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
        (copy / "locale").mkdir(exist_ok=True)
        command = ["makemessages", f"--locale={language}", "--no-obsolete", "--ignore=tests/*"]
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=copy,
            env=os.environ | {"PARK_STATE": str(Path(folder) / "state")},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        return read(copy / "locale" / language / "LC_MESSAGES" / "django.po")


def read(path: Path) -> Catalog:
    if not path.exists():
        return Catalog()
    with path.open("rb") as file:
        return read_po(file)


def gaps(now: Catalog, kept: Catalog) -> list[str]:
    """What is missing, in words, one line each."""
    found = []
    for message in now:
        if not message.id:
            continue
        written = kept.get(message.id, message.context)
        if written is None:
            found.append(f"not in the catalogue: {message.id!r}")
        elif written.fuzzy:
            found.append(f"fuzzy: {message.id!r}")
        elif not all([written.string] if isinstance(written.string, str) else written.string):
            found.append(f"untranslated: {message.id!r}")
    return found


def main() -> int:
    if shutil.which("xgettext") is None:
        print("GNU gettext is missing: install it (Debian: apt install gettext) to check strings.")
        return 1
    status = 0
    for language in LANGUAGES:
        kept = read(CHECKOUT / "locale" / language / "LC_MESSAGES" / "django.po")
        found = gaps(extracted(language), kept)
        for line in found[:SHOWN]:
            print(f"{language}: {line}")
        if found:
            print(
                f"{language}: {len(found)} strings need work (manage.py makemessages -l {language})"
            )
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
