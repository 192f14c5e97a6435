"""Make .venv from uv.lock. Runs with the machine's own Python and its standard library only."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from stamps import CHECKOUT, fresh, remember

VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"


def pinned_uv() -> str:
    """The one place that names uv's version is pyproject.toml."""
    groups = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["dependency-groups"]
    return next(item for item in groups["local"] if item.startswith("uv=="))


def make_venv() -> None:
    """A working .venv with pip; one whose Python was moved or is too old is made anew."""
    question = "import sys; sys.exit(sys.version_info < (3, 11))"
    if PYTHON.exists() and subprocess.run([PYTHON, "-c", question], check=False).returncode == 0:
        return
    if subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=False).returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit("Python's venv module does not work here. On Debian: apt install python3-venv")


def install() -> None:
    make_venv()
    uv = VENV / "bin" / "uv"
    if not uv.exists():
        ensure_pip()
        command = [PYTHON, "-m", "pip", "install", "--quiet", pinned_uv()]
        if subprocess.run(command, check=False).returncode:
            sys.exit("pip could not install uv; its reason stands above.")
    environment = os.environ | {
        "UV_PROJECT_ENVIRONMENT": str(VENV),
        "UV_PYTHON": str(PYTHON),
        "UV_PYTHON_DOWNLOADS": "never",
        # Where PYTHONDONTWRITEBYTECODE is set nothing else would ever compile.
        "UV_COMPILE_BYTECODE": "1",
        # What the machine trusts, a company's own authority included.
        "UV_SYSTEM_CERTS": os.environ.get("UV_SYSTEM_CERTS", "1"),
    }
    environment.pop("VIRTUAL_ENV", None)
    command = [uv, "sync", "--frozen", "--quiet"]
    if subprocess.run(command, cwd=CHECKOUT, env=environment, check=False).returncode:
        sys.exit("uv could not install the packages of uv.lock; its reason stands above.")


def ensure_pip() -> None:
    if subprocess.run([PYTHON, "-c", "import pip"], capture_output=True, check=False).returncode:
        subprocess.run([PYTHON, "-m", "ensurepip"], stdout=subprocess.DEVNULL, check=True)


if __name__ == "__main__":
    inputs = [CHECKOUT / "uv.lock", Path(__file__)]
    if not fresh("environment", inputs, [VENV / "bin" / "granian", VENV / "bin" / "uv"]):
        print("Installing the Python packages of uv.lock …", flush=True)
        install()
        remember("environment", inputs)
