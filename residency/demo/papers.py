"""Which documents the demo park asks of each kind, and what one of them looks like."""

from __future__ import annotations

from residency.kinds import ApplicantKind as K

LICENCE = ("licence", "营业执照", "Business licence", True)
IDENTITY = ("identity", "法定代表人身份证明", "Identity of the legal representative", True)
PLAN = ("plan", "商业计划书", "Business plan", True)
SALES = ("sales", "近 12 个月销售证明", "Proof of sales in the last 12 months", False)
LEASE = ("use", "场地使用承诺书", "Declaration on the use of the premises", True)

_BY_KIND = {
    K.EXPORTER: [LICENCE, IDENTITY, LEASE, SALES],
    K.IMPORTER: [LICENCE, IDENTITY, LEASE, ("customs", "海关备案证明", "Customs record", False)],
    K.START_UP: [PLAN, ("team", "团队成员名单", "List of the team", True)],
    K.LIVESTREAM: [
        LICENCE,
        IDENTITY,
        LEASE,
        ("hosts", "主播签约名单", "Hosts under contract", True),
    ],
    K.PROVIDER: [LICENCE, IDENTITY, ("qualification", "资质证书", "Qualifications", True)],
    K.ADDRESS: [LICENCE, IDENTITY, ("works", "实际经营地证明", "Proof of where it works", True)],
    K.UNIVERSITY: [
        ("letter", "校方公函", "Letter of the university", True),
        ("plan", "合作方案", "Plan of the cooperation", True),
    ],
}
REQUIREMENTS = [
    (kind, code, zh, en, is_required)
    for kind, lines in _BY_KIND.items()
    for code, zh, en, is_required in lines
]
PAGE = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
    b"/Resources << /Font << /F1 5 0 R >> >> >>"
)


def paper(title: str) -> bytes:
    """A PDF of one page with its title; the demo has no real documents."""
    text = title.encode("ascii", "replace").replace(b"(", b"").replace(b")", b"")
    stream = b"BT /F1 24 Tf 60 760 Td (" + text + b") Tj ET"
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        PAGE,
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(parts) + 1, table)
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, start)
    )
