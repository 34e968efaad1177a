"""The customer, the people around them, and how tier and strategy moved."""

import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.models import Q

from customers.enums import (
    MANAGED_TIERS,
    Channel,
    CustomerStatus,
    EducationStage,
    IdType,
    MaritalStatus,
    Occupation,
    Relation,
    Sex,
    Strategy,
    Tier,
)
from organization.crypto import blind_index
from organization.fields import EncryptedTextField
from organization.models import Unit
from organization.scoping import Scope, ScopedModel, ScopedQuerySet

if TYPE_CHECKING:
    from customers.models.profile import CustomerProfile


def new_public_id() -> str:
    """A random name for URLs and exports that tells nothing and cannot be guessed (128 bits)."""
    return secrets.token_urlsafe(16)


class HandleMixin:
    """A row that is reached only through its customer: named in URLs by a keyed digest, so that it needs no second key."""

    @property
    def handle(self) -> str:
        return blind_index(f"handle:{self._meta.db_table}", str(self.pk))


class CustomerQuerySet(ScopedQuerySet):
    def active(self) -> "CustomerQuerySet":
        return self.filter(status=CustomerStatus.ACTIVE)

    def managed(self) -> "CustomerQuerySet":
        """优质客户: GOLD and above, with a manager."""
        return self.active().filter(tier__in=MANAGED_TIERS, manager__isnull=False)


class Customer(ScopedModel):
    """A customer of the bank, in the policy's dimensions (二（一）2). Identifiers are encrypted; names are not (search).

    Amounts in yuan. `version` rises with every save through a service: the second of two savers is shown the difference.
    """

    scope = Scope(manager="manager", co_manager="co_manager", unit="unit")

    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    number = models.CharField("客户号", max_length=32, unique=True)
    # Each of these three begins an index of its own below.
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="归属机构", db_index=False)
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="客户经理",
        db_index=False,
    )  # fmt: skip
    co_manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="协办客户经理",
        db_index=False,
    )  # fmt: skip
    managed_since = models.DateField("分配日期", null=True, blank=True)
    status = models.CharField("状态", max_length=12, choices=CustomerStatus, default=CustomerStatus.ACTIVE)

    # 基本特征
    name = models.CharField("姓名", max_length=60)
    sort_name = models.CharField("姓名排序", max_length=120, editable=False, default="")
    sex = models.CharField("性别", max_length=8, choices=Sex, default=Sex.UNKNOWN)
    birth_date = models.DateField("出生日期", null=True, blank=True)
    id_type = models.CharField("证件类型", max_length=20, choices=IdType, default=IdType.IDENTITY_CARD)
    id_number = EncryptedTextField("证件号码", blank=True, default="")
    id_number_index = models.CharField(max_length=32, blank=True, default="", editable=False)
    mobile = EncryptedTextField("手机号码", blank=True, default="")
    mobile_index = models.CharField(max_length=32, blank=True, default="", editable=False, db_index=True)
    address = EncryptedTextField("联系地址", blank=True, default="")
    email = EncryptedTextField("电子邮箱", blank=True, default="")
    marital_status = models.CharField("婚姻状况", max_length=10, choices=MaritalStatus, default=MaritalStatus.UNKNOWN)
    occupation = models.CharField("职业", max_length=20, choices=Occupation, default=Occupation.OTHER)
    employer = models.CharField("工作单位", max_length=100, blank=True, default="")
    is_veteran = models.BooleanField("退役军人", default=False)
    is_party_member = models.BooleanField("中共党员", default=False)
    interests = models.CharField("兴趣爱好", max_length=200, blank=True, default="")

    # 联系偏好
    preferred_channel = models.CharField("首选联系方式", max_length=10, choices=Channel, blank=True, default="")
    preferred_time = models.CharField("方便联系时间", max_length=40, blank=True, default="")
    has_no_contact = models.BooleanField("免打扰", default=False)
    no_contact_reason = models.CharField("免打扰原因", max_length=100, blank=True, default="")
    mourning_until = models.DateField("治丧期至", null=True, blank=True)
    note = models.TextField("备注", max_length=2000, blank=True, default="")

    # 账户特征与维护
    tier = models.CharField("客户层级", max_length=12, choices=Tier, default=Tier.MASS)
    # Set by hand: the movement rule leaves the tier alone through this day.
    tier_held_until = models.DateField("手工评定至", null=True, blank=True)
    strategy = models.CharField("维护策略", max_length=12, choices=Strategy, default=Strategy.RESPONSIVE)
    aum = models.DecimalField("管理资产", max_digits=18, decimal_places=2, default=0)
    aum_on = models.DateField("资产日期", null=True, blank=True)
    monthly_avg_daily_aum = models.DecimalField("月日均AUM", max_digits=18, decimal_places=2, default=0)
    last_contact_on = models.DateField("上次联系", null=True, blank=True)
    next_contact_on = models.DateField("下次应联", null=True, blank=True)

    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField("建档时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "客户"
        ordering = ["-monthly_avg_daily_aum", "-id"]
        constraints = [
            # One archive per identity document within the whole bank; people without one are not compared.
            models.UniqueConstraint(
                fields=["id_type", "id_number_index"], condition=~Q(id_number_index=""), name="customer_identity",
                violation_error_message="该证件号码已有客户档案",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["manager", "-monthly_avg_daily_aum", "-id"], name="customer_manager_aum"),
            # Few customers have one; the rest would only mislead a planner about how many rows a co-manager has.
            models.Index(fields=["co_manager"], condition=Q(co_manager__isnull=False), name="customer_co_manager"),
            models.Index(fields=["unit", "-monthly_avg_daily_aum", "-id"], name="customer_unit_aum"),
            models.Index(
                fields=["mourning_until"], condition=Q(mourning_until__isnull=False), name="customer_mourning"
            ),
            models.Index(fields=["-monthly_avg_daily_aum", "-id"], name="customer_aum"),
            models.Index(fields=["sort_name", "id"], name="customer_sort_name"),
            models.Index(fields=["next_contact_on", "id"], name="customer_next_contact"),
            models.Index(fields=["last_contact_on", "id"], name="customer_last_contact"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def honorific(self) -> str:
        """先生 or 女士, to be said after the name; nothing when the sex is unknown."""
        return {Sex.MALE: "先生", Sex.FEMALE: "女士"}.get(self.sex, "")

    @property
    def details(self) -> "CustomerProfile":
        """The second row of the archive (models.profile); an empty one, not saved, as long as nothing is filled in."""
        try:
            return self.profile
        except ObjectDoesNotExist:
            return self._meta.get_field("profile").related_model(customer=self, unit_id=self.unit_id)


class Person(HandleMixin, ScopedModel):
    """Somebody around the customer (关系人); not necessarily a customer."""

    scope = Scope(manager="customer__manager", co_manager="customer__co_manager", unit="customer__unit")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="people", verbose_name="客户")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="归属机构")
    relation = models.CharField("关系", max_length=12, choices=Relation)
    name = models.CharField("姓名", max_length=60)
    sex = models.CharField("性别", max_length=8, choices=Sex, default=Sex.UNKNOWN)
    birth_date = models.DateField("出生日期", null=True, blank=True)
    is_dependent = models.BooleanField("由客户抚养或赡养", default=False)
    education_stage = models.CharField("就学阶段", max_length=12, choices=EducationStage, blank=True, default="")
    note = models.CharField("备注", max_length=200, blank=True, default="")
    # Who of the family is a customer too; told by putting both into one household.
    same_as = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="本行客户", db_index=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "关系人"
        ordering = ["customer", "relation", "id"]
        indexes = [
            models.Index(fields=["relation", "birth_date"], name="person_birth"),
            # Few are: enough for the key's own upkeep.
            models.Index(fields=["same_as"], condition=Q(same_as__isnull=False), name="person_same_as"),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.get_relation_display()}）"


class SearchKey(ScopedModel):
    """Everything a customer can be found by, as prefixes: name, pinyin, initials; tails of phone and id as keyed digests."""

    scope = Scope(manager="customer__manager", co_manager="customer__co_manager", unit="customer__unit")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="search_keys")
    key = models.CharField(max_length=130, db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "检索键"
        constraints = [models.UniqueConstraint(fields=["customer", "key"], name="search_key_once")]

    def __str__(self) -> str:
        return self.key


class Change(ScopedModel):
    """One step in the history of an attribute that the policy wants recorded in the archive."""

    scope = Scope(manager="customer__manager", co_manager="customer__co_manager", unit="customer__unit")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="%(class)ss", verbose_name="客户")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="归属机构")
    reason = models.CharField("理由", max_length=200)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="操作人"
    )
    changed_at = models.DateTimeField("时间")

    class Meta:
        abstract = True
        ordering = ["-changed_at", "-id"]


class StrategyChange(Change):
    before = models.CharField("原策略", max_length=12, choices=Strategy)
    after = models.CharField("新策略", max_length=12, choices=Strategy)

    class Meta(Change.Meta):
        verbose_name = verbose_name_plural = "策略变更"

    def __str__(self) -> str:
        return f"{self.get_before_display()}→{self.get_after_display()}"


class TierChange(Change):
    before = models.CharField("原层级", max_length=12, choices=Tier)
    after = models.CharField("新层级", max_length=12, choices=Tier)
    rule = models.CharField("规则版本", max_length=10, blank=True, default="", help_text="所用层级下限的生效日期")
    held_until = models.DateField("手工评定至", null=True, blank=True)

    class Meta(Change.Meta):
        verbose_name = verbose_name_plural = "层级变更"

    def __str__(self) -> str:
        if self.before == self.after:
            return f"维持{self.get_after_display()}"
        return f"{self.get_before_display()}→{self.get_after_display()}"
