"""``make sbom``: what is inside, as CycloneDX, from the two lock files."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from assets import npm_command

CHECKOUT = Path(__file__).resolve().parent.parent
OUT = CHECKOUT / ".park" / "sbom"
UV = [str(Path(sys.executable).with_name("uv")), "export", "--frozen", "--quiet"]
AS_CYCLONEDX = ["--no-default-groups", "--preview-features", "sbom-export", "--format=cyclonedx1.5"]
NPM = ["sbom", "--package-lock-only", "--sbom-format", "cyclonedx"]


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    _write("python.json", [*UV, *AS_CYCLONEDX], CHECKOUT)
    with tempfile.TemporaryDirectory() as folder:
        _copy_with_a_version(Path(folder))
        _write("npm.json", [*npm_command(), *NPM], Path(folder))


def _copy_with_a_version(folder: Path) -> None:
    """npm describes only packages that have one; ours is published nowhere and has none."""
    for name in ("package.json", "package-lock.json"):
        content = json.loads((CHECKOUT / name).read_text(encoding="utf-8"))
        for each in (content, content.get("packages", {}).get("", {})):
            each["version"] = "0.0.0"
        (folder / name).write_text(json.dumps(content), encoding="utf-8")


def _write(name: str, command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, check=True)
    (OUT / name).write_bytes(done.stdout)
    print(f"{OUT / name}: {len(json.loads(done.stdout)['components'])} components")


if __name__ == "__main__":
    main()
