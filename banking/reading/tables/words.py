"""What banks and wallets call their columns, directions and currencies.

Letters and digits alone are compared, in any case. The first name found wins, so the more telling
stand first. A name that ends in a currency or in a unit ("Deposits (SGD)") is found without it.
"""

from __future__ import annotations

import re
import unicodedata

LETTERS = re.compile(r"[\W_]+")

# What a column is -> its names. Order of roles matters: a column has one.
COLUMNS: dict[str, tuple[str, ...]] = {
    "booked_on": (
        "交易日期", "交易日", "记账日期", "入账日期", "记账日", "交易时间", "日期", "发生日期",
        "记帐日期", "交易日期时间", "入账时间", "交易完成时间", "付款时间", "创建时间",
        "booking date", "posting date", "date processed", "transaction date", "date",
        "completed date", "book date", "posted date", "trade date",
        "Buchungstag", "Buchungsdatum", "Buchung", "Datum", "Valutadatum",
        "date opération", "date de comptabilisation", "date comptable",
        "fecha", "fecha operación", "fecha contable", "data", "data operazione", "data contabile",
        "boekingsdatum", "transactiedatum", "Datum provedení", "Datum transakce",
        "data operacji", "data księgowania", "bokföringsdag", "bokførtdato", "kirjauspäivä",
    ),
    "value_on": (
        "记账日期", "起息日", "入账日期", "记账日", "value date", "execution date", "Wertstellung",
        "Valuta", "Valutadatum", "date valeur", "date de valeur", "fecha valor", "data valuta",
        "Datum zaúčtování", "rentedatum", "valutadag",
    ),
    "clock": ("交易时间", "时间", "time"),
    "credit": (
        "存入金额", "收入金额", "贷方金额", "贷方发生额", "收入", "存入", "贷方", "转入金额", "入账",
        "credit", "credits", "credit amount", "deposits", "deposit", "paid in", "money in",
        "inflow", "Haben", "Gutschrift", "crédit", "abono", "haber", "avere", "entrate", "bij",
    ),
    "debit": (
        "取出金额", "支出金额", "借方金额", "借方发生额", "支出", "支取金额", "支取", "借方",
        "转出金额", "debit", "debits", "debit amount", "withdrawals", "withdrawal", "paid out",
        "money out", "outflow", "Soll", "Lastschrift", "débit", "cargo", "debe", "dare", "uscite",
        "af",
    ),
    "amount": (
        "入账币种金额", "入账金额", "结算金额", "人民币金额", "交易金额", "金额", "发生额",
        "收支金额", "amount", "transaction amount", "booking amount", "Buchungsbetrag", "Betrag",
        "Umsatz", "montant", "importe", "importo", "bedrag", "Zaúčtovaná částka", "Částka",
        "kwota", "kwota operacji", "belopp", "beløp", "määrä",
    ),
    "direction": (
        "收/支", "借贷", "借贷标志", "借贷方向", "收支类型", "收付标志", "借/贷", "来往账", "收支",
        "credit debit indicator", "debit credit", "dr cr", "cr dr", "direction", "Soll Haben",
        "Af Bij", "type of entry", "debit/credit",
    ),
    "currency": (
        "结算币种", "入账货币", "币种", "货币", "交易币种", "交易货币", "currency", "ccy",
        "Buchungswährung", "Währung", "devise", "moneda", "divisa", "valuta code", "Měna účtu",
        "waluta", "currency code",
    ),
    "balance": (
        "联机余额", "本次余额", "账户余额", "余额", "交易后余额", "当前余额", "balance",
        "running balance", "closing balance", "Saldo", "solde", "saldo after", "saldo po operacji",
    ),
    "counterparty_name": (
        "对方户名", "交易对手名称", "对方名称", "对手信息", "交易对方", "对方单位", "对手户名",
        "收付款人名称", "对方账户名称", "payee", "counterparty", "counterparty name", "name",
        "counteraccount name", "beneficiary", "payer", "Empfänger", "Auftraggeber/Empfänger",
        "Begünstigter/Zahlungspflichtiger", "naam", "Název protiúčtu", "bénéficiaire",
        "beneficiario", "nadawca/odbiorca",
    ),
    "counterparty_account": (
        "对方账号", "交易对手账号", "对方账户", "对手账号", "对方帐号", "counterparty account",
        "counterparty iban", "beneficiary account", "counteraccount", "Kontonummer", "Tegenrekening",
        "Číslo protiúčtu",
    ),
    "remittance": (
        "交易附言", "附言", "客户摘要", "用途", "摘要", "交易摘要", "交易说明", "交易描述", "商品说明",
        "商品", "备注", "说明", "description", "details", "narrative", "remittance information",
        "reference text", "message", "message for payee", "Verwendungszweck", "Buchungstext",
        "Transaktionsbeschreibung", "libellé", "concepto", "descripción", "causale", "omschrijving",
        "Zpráva", "opis", "tytuł",
    ),
    "kind": (
        "交易类型", "交易分类", "业务类型", "交易摘要", "type", "transaction type", "Transaktionstyp",
        "Umsatzart", "Typ transakce",
    ),
    "bank_reference": (
        "交易流水号", "流水号", "交易订单号", "交易单号", "日志号", "核心流水号", "凭证号", "回单编号",
        "支付宝交易号", "transaction reference number", "transaction reference", "transaction id",
        "bank reference", "reference", "référence", "referencia", "Buchungsreferenz",
        "Id transakce", "ref",
    ),
    "own_reference": (
        "商户单号", "商家订单号", "商户订单号", "业务编号", "payment reference", "customer reference",
        "end to end id", "Variable symbol 1", "VS", "Kundenreferenz", "client note",
    ),
    "status": ("交易状态", "当前状态", "状态", "status"),
    "account": (
        "账号", "本方账号", "账户", "IBAN", "account", "account number", "account id", "Rekening",
        "Auftraggeberkonto", "IBAN Auftraggeberkonto", "cuenta", "Číslo účtu", "konto", "compte",
    ),
    "card": ("卡号末四位", "卡末四位", "卡号后四位"),
}  # fmt: skip

IN_WORDS = frozenset({
    "收入", "收", "贷", "贷方", "贷cr", "入", "来账", "来", "存入", "转入", "已收入", "c", "cr",
    "crdt", "credit", "in", "h", "haben", "bij", "av", "money in", "deposit", "贷记", "进账",
})  # fmt: skip
OUT_WORDS = frozenset({
    "支出", "支", "借", "借方", "借dr", "出", "往账", "往", "支取", "转出", "已支出", "d", "dr",
    "dbit", "debit", "out", "s", "soll", "af", "money out", "withdrawal", "借记", "出账",
})  # fmt: skip
NEUTRAL_WORDS = frozenset({"", "不计收支", "中性交易", "其他"})
# A payment that did not happen leaves no money behind.
CLOSED_WORDS = (
    "交易关闭",
    "支付失败",
    "交易失败",
    "已撤销",
    "已取消",
    "cancelled",
    "failed",
    "declined",
    "reverted",
)
PENDING_WORDS = frozenset(
    {"pending", "待入账", "未入账", "等待付款", "处理中", "vorgemerkt", "authorised"}
)

# What a wallet's neutral movement does with the money in it, by its kind.
POCKET = r"(?:零钱通|余额宝|零钱)"
COMES_IN = re.compile(
    rf"退款|充值|退货|转入零钱通-?来自(?!{POCKET})|转入余额宝-?(?:单次|自动)?转入$"
)
GOES_OUT = re.compile(rf"提现|还款|购买|转出-?到(?!{POCKET})")
# On a card's bill a charge stands as a positive amount, and money back in these words.
MONEY_BACK = re.compile(r"退货|还款|退款|返现|payment received|refund", re.IGNORECASE)

CURRENCY_WORDS = {
    "人民币": "CNY", "人民币元": "CNY", "元": "CNY", "rmb": "CNY", "美元": "USD", "欧元": "EUR",
    "港币": "HKD", "港元": "HKD", "日元": "JPY", "英镑": "GBP", "新加坡元": "SGD", "新币": "SGD",
    "澳元": "AUD", "加元": "CAD", "瑞士法郎": "CHF", "韩元": "KRW", "泰铢": "THB", "卢布": "RUB",
}  # fmt: skip
SIGNS = {"€": "EUR", "£": "GBP", "¥": "CNY", "￥": "CNY"}

# Labels above a table whose value stands beside or behind them.
LABELS = {
    "account": ("账号", "账户", "卡号", "本方账号", "查询账号", "account", "account number", "iban", "支付宝账户", "微信昵称", "account details for", "kontonummer"),
    "holder": ("户名", "账户名称", "姓名", "account name", "name"),
    "currency": ("币种", "货币", "currency", "währung"),
}  # fmt: skip


def folded(said: str) -> str:
    """For comparing names: full-width as narrow, no case, letters and digits alone."""
    return LETTERS.sub("", unicodedata.normalize("NFKC", said)).casefold()
