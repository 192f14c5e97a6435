"""``make sbom``: what is inside, as CycloneDX, from the two lock files."""

import subprocess
import sys
from pathlib import Path

from assets import npm_command

CHECKOUT = Path(__file__).resolve().parent.parent
OUT = CHECKOUT / ".park" / "sbom"
UV = [str(Path(sys.executable).with_name("uv")), "export", "--frozen", "--no-default-groups"]
AS_CYCLONEDX = ["--preview-features", "sbom-export", "--format", "cyclonedx1.5"]
NPM = ["sbom", "--package-lock-only", "--sbom-format", "cyclonedx"]


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    for name, command in {
        "python.json": [*UV, *AS_CYCLONEDX],
        "npm.json": [*npm_command(), *NPM],
    }.items():
        with (OUT / name).open("wb") as file:
            subprocess.run(command, cwd=CHECKOUT, stdout=file, check=True)
        print(OUT / name)


if __name__ == "__main__":
    main()
