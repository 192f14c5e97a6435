"""Names and notes of the demo's leads and applicants: invented."""

from __future__ import annotations

_PLACES = [
    ("塘沽", "Tanggu"),
    ("汉沽", "Hangu"),
    ("大港", "Dagang"),
    ("开州", "Kaizhou"),
    ("涪陵", "Fuling"),
    ("万盛", "Wansheng"),
    ("永川", "Yongchuan"),
    ("宁河", "Ninghe"),
    ("潼南", "Tongnan"),
    ("武清", "Wuqing"),
]
_TRADES = [
    ("跨境贸易", "Cross-border Trade"),
    ("进口优品", "Import Select"),
    ("创客团队", "Makers"),
    ("直播", "Live Streaming"),
]
_CONTACTS = ["王磊", "刘洋", "赵欣", "孙悦", "周涛", "吴静", "郑凯"]

# (Chinese name, English name, contact): forty.
LEADS = [
    (f"{place}{trade}有限公司", f"{place_en} {trade_en}", _CONTACTS[(row * 3 + column) % 7])
    for row, (place, place_en) in enumerate(_PLACES)
    for column, (trade, trade_en) in enumerate(_TRADES)
]
NOTES = [
    "想要临街的办公室，能停两辆货车。",
    "等春节后再定，先放一放。",
    "换了负责人，愿意重新谈。",
    "已发园区介绍和价目表，下周来看场地。",
    "团队暂时不扩张，计划推迟。",
    "主营业务不在园区的准入范围内。",
    "文件已过期，请上传有效期内的版本。",
    "关心海关申报和退税服务，介绍给服务台。",
]


def company(number: int) -> tuple[str, str, str]:
    """An applicant that came by itself."""
    place, place_en = _PLACES[number % 10]
    name = f"{place}远航进出口有限公司"
    return name, f"{place_en} Voyage Import & Export", _CONTACTS[number % 7]
