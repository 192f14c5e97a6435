"""Names masked, registration numbers judged, countries named."""

from __future__ import annotations

import csv

import pytest

from foundation import countries, names, registration
from foundation.errors import InvalidInput
from foundation.registration import InvalidRegistration
from tests.shared_data import shared


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("仲晓妮", "仲*妮"),
        ("王五", "王*"),
        ("欧阳小小", "欧**小"),
        ("Jane Smith", "J*** S***"),
        ("X", "X***"),
        (" ", ""),
    ],
)
def test_names(name, masked):
    assert names.mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("18612341402", "186 **** 1402"),
        ("+86 186 1234 1402", "+86 186 **** 1402"),
        ("+6591234567", "+65 ****67"),
        ("110", "****"),
    ],
)
def test_phones(phone, masked):
    assert names.mask_phone(phone) == masked


def test_emails_ids_and_cards():
    assert names.mask_email("123456@qq.com") == "123***@qq.com"
    assert names.mask_email("ab@x.cn") == "a***@x.cn"
    assert names.mask_email("nonsense") == "***"
    number = "11010519491231002X"
    assert names.mask_id(number, names.Exposure.HIGH) == "110105********002X"
    assert names.mask_id(number) == "110************02X"
    assert names.mask_id(number, names.Exposure.LOW) == "1****************X"
    assert names.mask_id("1234") == "****"
    assert names.mask_card("6222 0212 3456 7890") == "**** 7890"


@pytest.mark.parametrize(
    "number",
    ["91110000600037341L", " 9111 0000-6000 37341l ", "９１１１００００６０００３７３４１Ｌ"],
)
def test_a_social_credit_code_is_accepted_as_written(number):
    assert registration.validate("CN", number) == "91110000600037341L"


def test_letters_among_the_first_eight_are_accepted_where_stdnum_refuses():
    from stdnum.cn import uscc

    number = "N21101056000373417"[:17]
    number += uscc.calc_check_digit(number)
    assert registration.validate_uscc(number) == number
    assert not uscc.is_valid(number)


@pytest.mark.parametrize(
    ("number", "word"),
    [
        ("91110000600037341", "17"),
        ("91110000600037341I", "never I, O"),
        ("911100006000373410", "does not fit"),
        ("91110000600037314L", "does not fit"),
        ("", "0"),
    ],
)
def test_refused_social_credit_codes(number, word):
    with pytest.raises(InvalidRegistration) as refused:
        registration.validate("CN", number)
    assert word in str(refused.value)


@pytest.mark.parametrize("number", ["00192200M", "197401143C", "S16FC0121D", "t01fc6132d"])
def test_uens(number):
    assert registration.validate("SG", number) == number.upper()


@pytest.mark.parametrize("number", ["123", "123456", "201912345A", "T99ZZ1234A", "00192200A"])
def test_refused_uens(number):
    with pytest.raises(InvalidRegistration):
        registration.validate("SG", number)


def test_other_countries_only_need_something():
    assert registration.validate("DE", " hrb  1234 ") == "HRB 1234"
    with pytest.raises(InvalidRegistration):
        registration.validate("DE", "")


def test_countries_are_those_of_iso_3166():
    with shared("reference-lists", "iso3166", "country-codes.csv").open(encoding="utf-8") as file:
        listed = {row["ISO3166-1-Alpha-2"] for row in csv.DictReader(file)}
    assert listed == countries.CODES


def test_countries_are_named_in_both_languages():
    assert (countries.name("SG", "en"), countries.name("SG", "zh-hans")) == ("Singapore", "新加坡")
    assert countries.name("ZZ", "en") == "Unknown Region"
    assert countries.by_name()["united kingdom"] == countries.by_name()["英国"] == "GB"
    assert countries.choices("en")[-1][0] == "ZZ"
    assert countries.validate(" cn ") == "CN"
    with pytest.raises(InvalidInput):
        countries.validate("EU")
