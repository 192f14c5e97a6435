from __future__ import annotations

import io

import pytest
from django.utils import translation

from foundation.tables import encodings
from foundation.tables.encodings import Certainty, EncodingUndecided, judge
from foundation.tables.errors import TableError
from foundation.tables.source import open_table
from tests.shared_data import shared

CHINESE = "订单号,商品,金额\nA1,保温杯,12.50\nA2,雨伞,8.00\n"
FRENCH = "Order,Article,Price\n1,Crème brûlée,12.50\n2,Café,8.00\n"


def judged(content: bytes) -> encodings.Judgement:
    return judge(io.BytesIO(content))


def named(found: encodings.Judgement) -> list[str]:
    return [candidate.encoding for candidate in found.candidates]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_is_certain_and_read_away(encoding):
    content = CHINESE.encode(encoding)
    assert judged(content).certainty is Certainty.CERTAIN
    table = open_table(io.BytesIO(content))
    assert table.headers == ["订单号", "商品", "金额"]
    assert table.preview() == [(2, ["A1", "保温杯", "12.50"]), (3, ["A2", "雨伞", "8.00"])]


def test_pure_ascii_is_certain():
    found = judged(b"a,b\n1,2\n")
    assert (found.encoding, found.certainty) == ("ascii", Certainty.CERTAIN)


def test_utf8_is_likely_and_shows_what_else_it_could_be():
    found = judged(CHINESE.encode())
    assert (found.encoding, found.certainty) == ("utf-8", Certainty.LIKELY)
    assert named(found)[0] == "utf-8"


def test_a_character_cut_by_a_chunk_is_no_error(monkeypatch):
    monkeypatch.setattr(encodings, "CHUNK_BYTES", 7)
    content = ("a,b\n" + "保温杯,é\n" * 50).encode()
    assert judged(content).encoding == "utf-8"
    broken = content[:-3] + b"\xff\n"
    assert judged(broken).not_utf8_from_line == 51


def test_gb18030_is_never_chosen_silently():
    found = judged(CHINESE.encode("gb18030"))
    assert found.encoding is None
    assert "gb18030" in named(found)
    assert "utf-8" not in named(found)
    right = next(each for each in found.candidates if each.encoding == "gb18030")
    assert "A1,保温杯,12.50" in right.lines


def test_latin1_that_decodes_as_gb18030_is_left_to_a_person():
    content = "Name,Ort\nMÃ¼ller,KÃ¶ln\n".encode("latin-1")
    content += "A,B\nÄÖÄÖ,ÜÄÜÄ\n".encode("latin-1")
    content.decode("gb18030")  # the trap: no error at all
    found = judged(content)
    assert found.encoding is None or found.encoding == "utf-8"
    certain_trap = "A,B\nÄÖÄÖ,ÜÄÜÄ\n".encode("latin-1")
    certain_trap.decode("gb18030")
    with pytest.raises(EncodingUndecided) as refused:
        open_table(io.BytesIO(certain_trap))
    offered = {each.encoding: each.lines for each in refused.value.judgement.candidates}
    assert {"gb18030", "cp1252"} <= offered.keys()
    assert offered["cp1252"] == ("ÄÖÄÖ,ÜÄÜÄ",)


def test_the_choice_is_followed():
    content = FRENCH.encode("latin-1")
    table = open_table(io.BytesIO(content), encoding="latin-1")
    assert table.preview(1) == [(2, ["1", "Crème brûlée", "12.50"])]


def test_a_choice_that_does_not_decode_names_the_row():
    content = b"a,b\n1,2\n" + "3,é\n".encode("latin-1")
    with pytest.raises(TableError) as refused:
        open_table(io.BytesIO(content), encoding="utf-8")
    assert (refused.value.code, refused.value.row) == ("undecodable", 3)


def test_a_choice_against_the_mark_is_refused():
    with pytest.raises(TableError) as refused:
        open_table(io.BytesIO(CHINESE.encode("utf-16")), encoding="gb18030")
    assert refused.value.code == "encoding_contradicts_mark"


def test_only_known_encodings_can_be_chosen():
    with pytest.raises(TableError) as refused:
        open_table(io.BytesIO(b"a,b\n1,2\n"), encoding="unicode_escape")
    assert refused.value.code == "encoding_unknown"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_mark_is_offered(encoding):
    content = CHINESE.encode(encoding)
    found = judged(content)
    assert found.encoding is None
    assert named(found)[0] == encoding
    table = open_table(io.BytesIO(content), encoding=encoding)
    assert table.headers == ["订单号", "商品", "金额"]


def test_one_zero_byte_is_a_remark_not_utf16():
    table = open_table(io.BytesIO(b"a,b\n" + b"1,2\n" * 100 + b"3,\0\n"))
    assert [(each.code, each.row) for each in table.warnings] == [("zero_bytes", 102)]


def test_sentences_exist_in_both_languages():
    with pytest.raises(EncodingUndecided) as refused:
        open_table(io.BytesIO(CHINESE.encode("gb18030")))
    with translation.override("en"):
        assert "Choose" in str(refused.value)


FOLDER_ENCODINGS = {
    "Big5": "big5",
    "GB2312": "gb18030",
    "UTF-16": "utf-16",
    "iso-8859-1": "latin-1",
    "utf-8-sig": "utf-8-sig",
}


def test_every_real_file_is_certain_or_offers_its_true_encoding():
    files = sorted(shared("edge-inputs", "encodings-chardet").iterdir())
    assert len(files) >= 16
    for path in files:
        true = FOLDER_ENCODINGS[path.name.split("_")[0]]
        content = path.read_bytes()
        found = judged(content)
        if found.encoding is not None:
            content.decode(found.encoding)
            # What is called certain or likely must read as the truth does.
            assert content.decode(found.encoding) == content.decode(true), path.name
        else:
            accepted = {true, "cp1252"} if true == "latin-1" else {true}
            assert accepted & set(named(found)), path.name
