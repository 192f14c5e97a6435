from __future__ import annotations

import os
import shutil
import subprocess
from decimal import Decimal

import pytest

from foundation import pdf

SAMPLE = "foundation/sample"


@pytest.fixture(autouse=True)
def _fonts():
    if not pdf.has_fonts():
        reason = f"no fonts in {pdf.font_dir()}: run make setup"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


def text_of(content: bytes) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    done = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True
    )
    return done.stdout.decode()


def sample(rows, language="zh-hans") -> bytes:
    data = {"title": "园区简报", "footer": "Park Portal", "headers": ["机构", "金额"], "rows": rows}
    return pdf.render(SAMPLE, data, language=language)


def test_chinese_and_rare_characters_are_there():
    content = sample([["重庆保税物流有限公司", "CNY 1,234.56"], ["朱镕基", "1"], ["犇骉鱻", "2"]])
    assert content.startswith(b"%PDF")
    assert len(content) < 1_000_000
    text = text_of(content)
    for word in ("园区简报", "重庆保税物流有限公司", "镕", "骉", "CNY 1,234.56"):
        assert word in text


def test_pages_are_numbered_and_long_lists_stay_small():
    content = sample([[f"企业 {n}", str(n)] for n in range(400)])
    assert len(content) < 1_000_000
    text = text_of(content)
    last = text.rstrip().rpartition("\n")[2]
    assert " / " in last
    current, _slash, total = last.split()[-3:]
    assert current == total != "1"


def test_data_is_never_code():
    hostile = '#read("/park_portal/settings.py") *bold* $x$ "quoted" \\ <label> @ref'
    assert '#read("/park_portal/settings.py")' in text_of(sample([[hostile, "1"]])).replace(
        "\n", " "
    )


def test_a_decimal_is_passed_exactly():
    assert "0.1000" in text_of(sample([["x", Decimal("0.1000")]], "en"))


@pytest.mark.parametrize(
    "name", ["foundation/none", "../etc/passwd", "foundation/../secret", "sample"]
)
def test_only_templates_of_apps_can_be_named(name):
    with pytest.raises(ValueError, match="no template"):
        pdf.render(name, {}, language="en")
