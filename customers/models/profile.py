"""What the archive knows beyond the row that every list reads (DOMAIN 1.6), and where each field is known from (ADR 9)."""

from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models

from customers.enums import (
    Channel,
    Degree,
    Education,
    FactOrigin,
    HouseholdRole,
    Industry,
    ProductCategory,
    RetirementType,
    ServiceChannel,
    ServiceElement,
    TaxItem,
    Topic,
    Weekday,
)
from customers.models.customer import Customer, HandleMixin
from organization.fields import CodesField, EncryptedTextField
from organization.models import Unit
from organization.scoping import Scope, ScopedModel

_OF_CUSTOMER = Scope(manager="customer__manager", co_manager="customer__co_manager", unit="customer__unit")
_POSTCODE = RegexValidator(r"^[0-9]{6}$", "邮政编码应为6位数字。")


class Yuan(models.DecimalField):
    """An amount that may be unknown and is never negative."""

    def __init__(self, *args, **kwargs):
        fixed = {"max_digits": 18, "decimal_places": 2, "null": True, "blank": True}
        super().__init__(*args, **fixed | kwargs)
        self.validators = [*self.validators, MinValueValidator(0, "金额不能为负数。")]


class CustomerProfile(ScopedModel):
    """One row a customer, made when the first of its fields is filled in; `Customer.details` is never missing.

    It has no version of its own: the archive is one, and `Customer.version` rises with either row. Amounts in yuan.
    """

    scope = _OF_CUSTOMER

    customer = models.OneToOneField(
        Customer, models.CASCADE, primary_key=True, related_name="profile", verbose_name="客户"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="归属机构")

    # 基本特征
    nationality = models.CharField("国籍", max_length=40, blank=True, default="")
    id_expires_on = models.DateField("证件有效期至", null=True, blank=True)
    is_id_permanent = models.BooleanField("证件长期有效", default=False)
    is_politically_exposed = models.BooleanField("政治公众人物", null=True, blank=True)
    education = models.CharField("学历", max_length=10, choices=Education, blank=True, default="")
    household_role = models.CharField("家庭角色", max_length=10, choices=HouseholdRole, blank=True, default="")
    region = models.CharField("常住地区", max_length=60, blank=True, default="")
    alt_phone = EncryptedTextField("备用电话", blank=True, default="", row_key="customer_id")
    wecom_id = EncryptedTextField("企业微信", blank=True, default="", row_key="customer_id")
    wechat_id = EncryptedTextField("微信号", blank=True, default="", row_key="customer_id")
    postcode = models.CharField("邮政编码", max_length=6, blank=True, default="", validators=[_POSTCODE])
    quiet_days = CodesField("不便打扰的日子", choices=Weekday.choices)
    first_contact_on = models.DateField("首次接触日期", null=True, blank=True)
    title = models.CharField("职务", max_length=60, blank=True, default="")
    industry = models.CharField("行业", max_length=2, choices=Industry, blank=True, default="")
    retirement_type = models.CharField("退休类型", max_length=3, choices=RetirementType, blank=True, default="")
    payroll_bank = models.CharField("代发工资银行", max_length=40, blank=True, default="")
    annual_income = Yuan("税后年收入")
    monthly_spending = Yuan("月支出")
    other_assets = Yuan("房产等其他资产")
    debts = Yuan("负债")
    insurance_cover = Yuan("商业保险保额")
    housing_fund = Yuan("公积金月缴存")
    social_insurance_months = models.PositiveSmallIntegerField("社保缴费月数", null=True, blank=True)
    tax_items = CodesField("专项附加扣除", choices=TaxItem.choices)

    # 购买行为特征
    activity = models.CharField("交易活跃度", max_length=6, choices=Degree, blank=True, default="")
    price_sensitivity = models.CharField("价格敏感度", max_length=6, choices=Degree, blank=True, default="")
    product_preference = CodesField("产品偏好", choices=ProductCategory.choices)
    channel_habit = CodesField("办理渠道习惯", choices=ServiceChannel.choices)
    buying_habit = models.CharField("购买习惯", max_length=200, blank=True, default="")

    # 服务需求特征
    most_valued = CodesField("最看重的服务", choices=ServiceElement.choices)
    least_valued = CodesField("最不看重的服务", choices=ServiceElement.choices)
    topics = CodesField("关注话题", choices=Topic.choices)
    # Tells of health and religion.
    dietary_note = EncryptedTextField("饮食与宗教禁忌", blank=True, default="", row_key="customer_id")
    gift_taboos = models.CharField("送礼忌讳", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "客户档案补充"

    def __str__(self) -> str:
        return f"客户档案补充 {self.pk}"


class FieldSource(ScopedModel):
    """Where one field of the archive is known from, and the day on which that was so."""

    scope = _OF_CUSTOMER

    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="field_sources", verbose_name="客户", db_index=False
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="归属机构")
    field = models.CharField("栏目", max_length=30)
    origin = models.CharField("来源", max_length=10, choices=FactOrigin)
    as_of = models.DateField("核实日期")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "信息来源"
        constraints = [models.UniqueConstraint(fields=["customer", "field"], name="field_source_once")]
        indexes = [models.Index(fields=["as_of", "id"], name="field_source_as_of")]

    def __str__(self) -> str:
        return f"{self.get_origin_display()} {self.as_of}"


class ContactPreference(HandleMixin, ScopedModel):
    """A way of contact that the customer does not want, why, and since when."""

    scope = _OF_CUSTOMER

    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="contact_preferences", verbose_name="客户", db_index=False
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="归属机构")
    channel = models.CharField("联系方式", max_length=10, choices=Channel)
    reason = models.CharField("原因", max_length=100)
    since = models.DateField("提出日期")

    class Meta:
        verbose_name = verbose_name_plural = "不接受的联系方式"
        ordering = ["channel"]
        constraints = [models.UniqueConstraint(fields=["customer", "channel"], name="contact_preference_once")]

    def __str__(self) -> str:
        return f"不接受{self.get_channel_display()}"


PROFILE_FIELDS = tuple(
    column.name for column in CustomerProfile._meta.concrete_fields if column.name not in ("customer", "unit")
)


def column_of(field: str) -> models.Field:
    """The column of a field of the archive, in whichever of its two rows it stands."""
    return (CustomerProfile if field in PROFILE_FIELDS else Customer)._meta.get_field(field)


def row_with(customer: Customer, field: str) -> models.Model:
    """The row of this customer's archive in which a field stands."""
    return customer.details if field in PROFILE_FIELDS else customer


def value_of(customer: Customer, field: str) -> Any:
    """A field of the archive as it stands, in the clear."""
    return getattr(row_with(customer, field), field)


def unopened(customer: Customer, field: str) -> Any:
    """The same, but of an encrypted field only what is stored: enough to see whether there is anything."""
    row = row_with(customer, field)
    if isinstance(column_of(field), EncryptedTextField) and field in row.__dict__:
        return row.__dict__[field]
    return getattr(row, field)
