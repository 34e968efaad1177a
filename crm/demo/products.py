"""The shelf of the demo bank: code, name, category, risk, liquidity, days to maturity."""

from customers.enums import LiquidityTier as L
from customers.enums import ProductCategory as C
from customers.enums import ProductRisk as R
from customers.models import Product

SHELF = (
    ("D001", "活期储蓄", C.DEMAND_DEPOSIT, R.R1, L.SAME_DAY, None),
    ("D003", "三个月定期", C.TERM_DEPOSIT, R.R1, L.MONTHS, 91),
    ("D012", "一年期定期", C.TERM_DEPOSIT, R.R1, L.MONTHS, 365),
    ("D036", "三年期定期", C.TERM_DEPOSIT, R.R1, L.YEARS, 1096),
    ("C012", "个人大额存单一年期", C.LARGE_DEPOSIT, R.R1, L.MONTHS, 365),
    ("C036", "个人大额存单三年期", C.LARGE_DEPOSIT, R.R1, L.YEARS, 1096),
    ("W101", "安享日开理财", C.WEALTH, R.R2, L.DAYS, None),
    ("W190", "稳健增利90天", C.WEALTH, R.R2, L.MONTHS, 90),
    ("W218", "稳健增利180天", C.WEALTH, R.R2, L.MONTHS, 180),
    ("W336", "平衡优选一年封闭", C.WEALTH, R.R3, L.MONTHS, 365),
    ("F201", "现金宝货币基金", C.FUND, R.R1, L.DAYS, None),
    ("F305", "中短债基金", C.FUND, R.R2, L.DAYS, None),
    ("F410", "沪深成长混合基金", C.FUND, R.R4, L.DAYS, None),
    ("I501", "养老年金保险", C.INSURANCE, R.R2, L.YEARS, None),
    ("B601", "储蓄国债三年期", C.BOND, R.R1, L.YEARS, 1096),
    ("M701", "积存金", C.METAL, R.R3, L.DAYS, None),
    ("L801", "个人住房贷款", C.LOAN, R.R1, L.YEARS, 7300),
    ("L802", "个人消费贷款", C.LOAN, R.R1, L.MONTHS, 1096),
    ("K901", "金卡借记卡", C.DEBIT_CARD, R.R1, L.SAME_DAY, None),
)


def build_products() -> dict[str, Product]:
    """The shelf, once, however often it is asked for."""
    for code, name, category, risk, liquidity, days in SHELF:
        Product.objects.get_or_create(
            code=code,
            defaults={"name": name, "category": category, "risk": risk, "liquidity": liquidity, "horizon_days": days},
        )
    return {product.code: product for product in Product.objects.all()}
