"""Products, accounts, positions and end-of-day balances. Money in the account's currency, yuan by default."""

from datetime import date

from django.db import models

from customers.enums import LiquidityTier, PartyRole, ProductCategory, ProductRisk
from customers.models.customer import Customer, new_public_id
from organization.fields import EncryptedTextField
from organization.models import Unit
from organization.scoping import Scope, ScopedModel, ScopedQuerySet

_OF_CUSTOMER = Scope(manager="customer__manager", co_manager="customer__co_manager", unit="customer__unit")


class Product(models.Model):
    """What the bank offers; not customer data."""

    code = models.CharField("产品代码", max_length=32, unique=True)
    name = models.CharField("产品名称", max_length=100)
    category = models.CharField("类别", max_length=20, choices=ProductCategory)
    risk = models.CharField("风险等级", max_length=2, choices=ProductRisk, default=ProductRisk.R1)
    liquidity = models.CharField("流动性", max_length=10, choices=LiquidityTier, default=LiquidityTier.SAME_DAY)
    horizon_days = models.PositiveIntegerField("期限（天）", null=True, blank=True)
    is_on_sale = models.BooleanField("在售", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "产品"
        ordering = ["category", "code"]

    def __str__(self) -> str:
        return self.name


class AccountQuerySet(ScopedQuerySet):
    def open(self, on: date) -> "AccountQuerySet":
        return self.filter(models.Q(closed_on=None) | models.Q(closed_on__gt=on), opened_on__lte=on)


class Account(ScopedModel):
    """An account or card of a customer. `reference` is the core system's key; the number printed on it is encrypted."""

    scope = _OF_CUSTOMER

    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="accounts", verbose_name="客户")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="开户机构")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name="产品")
    reference = models.CharField("账户标识", max_length=40, unique=True)
    number = EncryptedTextField("账号", blank=True, default="")
    number_index = models.CharField(max_length=32, blank=True, default="", editable=False, db_index=True)
    currency = models.CharField("币种", max_length=3, default="CNY")
    opened_on = models.DateField("开户日期")
    closed_on = models.DateField("销户日期", null=True, blank=True)
    balance = models.DecimalField("余额", max_digits=18, decimal_places=2, default=0)
    balance_on = models.DateField("余额日期", null=True, blank=True)

    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "账户"
        ordering = ["customer", "opened_on", "id"]

    def __str__(self) -> str:
        return self.product.name


class AccountParty(ScopedModel):
    """Who owns an account and who may dispose of it; the owner is `Account.customer` too."""

    scope = _OF_CUSTOMER

    account = models.ForeignKey(Account, models.CASCADE, related_name="parties", verbose_name="账户")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="account_parties", verbose_name="客户")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="归属机构")
    role = models.CharField("身份", max_length=12, choices=PartyRole)

    class Meta:
        verbose_name = verbose_name_plural = "账户权利人"
        ordering = ["account", "id"]
        constraints = [models.UniqueConstraint(fields=["account", "customer"], name="account_party_once")]

    def __str__(self) -> str:
        return f"{self.customer} {self.get_role_display()}"


class HoldingQuerySet(ScopedQuerySet):
    def open(self) -> "HoldingQuerySet":
        return self.filter(closed_on=None)


class Holding(ScopedModel):
    """A position with its own life: a term deposit, a wealth product, a loan. `remind_on` is the next lead day before
    `matures_on` that the daily run must look at; null when nothing is left to say."""

    scope = _OF_CUSTOMER

    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    # Written by the daily run: keys that lead an index below need no second one.
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="holdings", verbose_name="客户", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="归属机构", db_index=False)
    account = models.ForeignKey(
        Account, models.SET_NULL, null=True, blank=True, related_name="holdings", verbose_name="账户"
    )
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name="产品")
    reference = models.CharField("持仓标识", max_length=40, unique=True)
    amount = models.DecimalField("金额", max_digits=18, decimal_places=2)
    rate = models.DecimalField("年利率", max_digits=8, decimal_places=6, null=True, blank=True)
    bought_on = models.DateField("起始日期")
    matures_on = models.DateField("到期日期", null=True, blank=True)
    closed_on = models.DateField("结清日期", null=True, blank=True)
    remind_on = models.DateField("提醒日期", null=True, blank=True, editable=False)

    objects = HoldingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "持有产品"
        ordering = ["matures_on", "id"]
        indexes = [
            models.Index(fields=["unit", "remind_on"], name="holding_remind"),
            models.Index(fields=["customer", "matures_on"], name="holding_matures"),
        ]

    def __str__(self) -> str:
        return self.product.name


class BalanceSnapshot(ScopedModel):
    """The end-of-day balance of an account on a day it changed; days between carry the last value (DOMAIN 1.2)."""

    scope = _OF_CUSTOMER

    # A row for every account and day it changed: keys that lead an index below need no second one.
    account = models.ForeignKey(Account, models.CASCADE, related_name="snapshots", verbose_name="账户", db_index=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name="客户", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="归属机构")
    category = models.CharField("类别", max_length=20, choices=ProductCategory)
    day = models.DateField("日期")
    balance = models.DecimalField("余额", max_digits=18, decimal_places=2)

    class Meta:
        verbose_name = verbose_name_plural = "日终余额"
        ordering = ["account", "-day"]
        constraints = [models.UniqueConstraint(fields=["account", "day"], name="balance_once")]
        indexes = [models.Index(fields=["customer", "day"], name="balance_customer_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.balance}"


class MonthlyBalance(ScopedModel):
    """月日均AUM of a customer for a closed month, unrounded to six places (gates compare unrounded)."""

    scope = _OF_CUSTOMER

    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="monthly_balances", verbose_name="客户", db_index=False
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="归属机构")
    month = models.DateField("月份", help_text="当月一日")
    average = models.DecimalField("月日均", max_digits=22, decimal_places=6)
    closing = models.DecimalField("月末余额", max_digits=18, decimal_places=2)

    class Meta:
        verbose_name = verbose_name_plural = "月日均余额"
        ordering = ["customer", "-month"]
        constraints = [models.UniqueConstraint(fields=["customer", "month"], name="monthly_balance_once")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.average}"
