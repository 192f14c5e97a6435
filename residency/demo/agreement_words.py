"""Words of the demo's agreements, in both languages as such papers have them."""

from __future__ import annotations

TITLES = {
    "residency": ("入驻协议", "Residency agreement"),
    "mou": ("合作备忘录", "Memorandum of understanding"),
    "co_build": ("共建协议", "Co-construction agreement"),
    "training": ("实训中心合作协议", "Training centre agreement"),
}
SCOPES = {
    "residency": (
        (
            "园区向入驻企业提供办公与直播场地、公共设施和跨境电商服务。\n"
            "企业在园区依法经营，按月报送经营数据，遵守消防与安全规定。\n"
            "协议期满前九十天，双方商定续签或退园。"
        ),
        (
            "The park gives the company offices, studios, shared facilities and services for "
            "cross-border e-commerce.\n"
            "The company trades by the law, reports its figures each month and keeps the rules of "
            "fire protection and safety.\n"
            "Ninety days before the end both sides agree on renewing or leaving."
        ),
    ),
    "mou": (
        "双方就跨境电商企业的金融、物流服务开展合作，定期交换需求与进展。",
        (
            "The sides work together on finance and logistics for cross-border companies, and tell "
            "each other regularly what is needed and how far it is."
        ),
    ),
    "co_build": (
        "双方共建跨境电商产业学院，共享师资、课程与实训场地。",
        (
            "The sides build a school of cross-border e-commerce together and share teachers, "
            "courses and training rooms."
        ),
    ),
    "training": (
        (
            "园区为学校提供实训席位、直播间和企业导师；学校组织学生按期参加实训。\n"
            "每学期由双方联系人核对席位和名单。"
        ),
        (
            "The park gives the university training seats, studios and mentors from companies; the "
            "university sends its students to each course.\n"
            "Each term the contact persons of both sides compare seats and rosters."
        ),
    ),
}
# Who promises what.
COMMITMENTS = [
    ("park", "每季度组织一次企业对接会 / A meeting with companies each quarter"),
    ("organisation", "指定专人对接园区企业 / A person in charge for the park's companies"),
]
UNIVERSITY_COMMITMENTS = [
    ("organisation", "每学期开课前两周提交学生名单 / The roster two weeks before each term"),
    ("park", "每学期提供不少于 60 个实训席位 / At least 60 training seats each term"),
    ("organisation", "派两名教师参加园区实训 / Two teachers take part in the training"),
]
