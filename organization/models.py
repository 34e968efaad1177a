"""Units, people, and what is kept about their doings."""

import secrets
import unicodedata
from datetime import date

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q

from organization import clock
from organization.enums import AuditAction, CoverReason, Role, UnitKind
from organization.permissions import has_permission


def new_public_id() -> str:
    """A random name for URLs that tells nothing and cannot be guessed (128 bits)."""
    return secrets.token_urlsafe(16)


def plain_employee_no(text: str) -> str:
    """One spelling per person: full-width digits, blanks and small letters must not make a second one."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


class UnitQuerySet(models.QuerySet):
    def under(self, unit: "Unit") -> "UnitQuerySet":
        """The unit itself and everything below it."""
        return self.filter(path__prefix=unit.path)


class Unit(models.Model):
    """A place in the bank's tree. `path` is the codes from the root down, so a subtree is one prefix."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级机构"
    )
    kind = models.CharField("机构类型", max_length=20, choices=UnitKind)
    code = models.CharField("机构号", max_length=20, unique=True)
    name = models.CharField("机构名称", max_length=100)
    path = models.CharField("机构路径", max_length=255, unique=True, editable=False)
    plan_closes_at = models.TimeField(
        "日志计划截止时间", null=True, blank=True, help_text="前一工作日的几点截止；不填为当日24:00"
    )
    is_active = models.BooleanField("在用", default=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "机构"
        ordering = ["path"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs):
        self.path = f"{self.parent.path if self.parent_id else ''}{self.code}/"
        super().save(*args, **kwargs)

    @property
    def paths_down_to(self) -> list[str]:
        """The paths of the units above, from the root, and its own."""
        codes = self.path.rstrip("/").split("/")
        return ["".join(f"{code}/" for code in codes[: n + 1]) for n in range(len(codes))]


class StaffManager(BaseUserManager):
    def get_by_natural_key(self, employee_no: str) -> "Staff":
        return super().get_by_natural_key(plain_employee_no(employee_no))

    def create_user(self, employee_no: str, password: str | None = None, **fields) -> "Staff":
        staff = self.model(employee_no=plain_employee_no(employee_no), **fields)
        staff.set_password(password)
        staff.save()
        return staff

    def create_superuser(self, employee_no: str, password: str | None = None, **fields) -> "Staff":
        """The first administrator (`manage.py createsuperuser`). The role decides what it sees: no customers."""
        unit, _ = Unit.objects.get_or_create(
            parent=None, defaults={"code": "0000", "name": "总行", "kind": UnitKind.HEAD_OFFICE}
        )
        fields = {"unit": unit, "role": Role.ADMINISTRATOR, "name": "系统管理员"} | fields
        return self.create_user(employee_no, password, **fields)


class Staff(AbstractUser):
    """A member of staff, signing in with the employee number. The role is one; the unit is where it holds."""

    username = first_name = last_name = None
    employee_no = models.CharField("员工号", max_length=20, unique=True)
    name = models.CharField("姓名", max_length=50)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="staff", verbose_name="所属机构")
    role = models.CharField("岗位", max_length=30, choices=Role)
    supervisor = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="team", verbose_name="主管"
    )
    mobile = models.CharField("办公手机", max_length=20, blank=True)
    daily_capacity = models.PositiveSmallIntegerField("每日可联系客户数", default=20)
    must_change_password = models.BooleanField("首次登录须改密码", default=True)
    password_changed_at = models.DateTimeField("密码修改时间", null=True, blank=True, editable=False)

    USERNAME_FIELD = "employee_no"
    REQUIRED_FIELDS = ["name"]
    objects = StaffManager()

    class Meta:
        verbose_name = verbose_name_plural = "员工"
        ordering = ["unit__path", "employee_no"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs):
        # The admin site is for configuration; the role alone opens it.
        self.is_staff = self.role in {Role.ADMINISTRATOR, Role.AUDITOR}
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    def may(self, permission) -> bool:
        return has_permission(self, permission)

    def covered_ids(self) -> list[int]:
        """Colleagues this person stands in for today; read once per instance, that is once per request."""
        if not hasattr(self, "_covered_ids"):
            covers = Cover.objects.on(clock.today()).filter(substitute=self)
            self._covered_ids = list(covers.values_list("absent_id", flat=True))
        return self._covered_ids

    def serving_ids(self) -> list[int]:
        """Whose customers this person serves today: their own and those of absent colleagues they cover."""
        return [self.pk, *self.covered_ids()]

    def team_ids(self) -> list[int]:
        """A supervisor's people, the supervisor, and the people of an absent supervisor they cover."""
        if not hasattr(self, "_team_ids"):
            leading = self.serving_ids()
            team = Staff.objects.filter(supervisor__in=leading).values_list("pk", flat=True)
            self._team_ids = sorted({*leading, *team})
        return self._team_ids

    def unit_ids(self) -> list[int]:
        """The person's unit and every unit below it."""
        if not hasattr(self, "_unit_ids"):
            self._unit_ids = list(Unit.objects.under(self.unit).order_by().values_list("pk", flat=True))
        return self._unit_ids


class StaffSession(AbstractBaseSession):
    """A login. Unlike Django's own table it knows whose it is, so that a person's logins can be listed and ended."""

    staff_id = models.BigIntegerField("员工编号", null=True, db_index=True)
    signed_in_at = models.DateTimeField("登录时间", null=True)
    ip = models.CharField("登录地址", max_length=45, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "登录会话"

    @classmethod
    def get_session_store_class(cls):
        from organization.sessions import SessionStore

        return SessionStore


class CoverQuerySet(models.QuerySet):
    def on(self, day: date) -> "CoverQuerySet":
        return self.filter(starts_on__lte=day, ends_on__gte=day, is_cancelled=False)


class Cover(models.Model):
    """During an absence the substitute sees and serves the absent colleague's customers; ownership does not move."""

    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    absent = models.ForeignKey(Staff, models.CASCADE, related_name="absences", verbose_name="休假人")
    substitute = models.ForeignKey(Staff, models.CASCADE, related_name="covers", verbose_name="代班人")
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    reason = models.CharField("原因", max_length=20, choices=CoverReason, default=CoverReason.LEAVE)
    note = models.CharField("说明", max_length=200, blank=True)
    is_cancelled = models.BooleanField("已取消", default=False)
    created_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="登记人")
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = CoverQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "代班"
        ordering = ["-starts_on"]
        indexes = [models.Index(fields=["substitute", "starts_on", "ends_on"], name="cover_substitute")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="cover_dates",
                violation_error_message="结束日期不能早于开始日期",
            ),
            models.CheckConstraint(
                condition=~Q(absent=F("substitute")), name="cover_other", violation_error_message="代班人不能是本人"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.absent} 由 {self.substitute} 代班"


class AuditEvent(models.Model):
    """One fact of who did what. Append-only: no foreign keys, no update, no delete (triggers see to it)."""

    at = models.DateTimeField("时间", db_index=True)
    actor_id = models.BigIntegerField("操作人编号", null=True)
    actor = models.CharField("操作人", max_length=80, blank=True)
    role = models.CharField("岗位", max_length=30, blank=True)
    unit_code = models.CharField("机构号", max_length=20, blank=True)
    action = models.CharField("操作", max_length=20, choices=AuditAction)
    object_type = models.CharField("对象类型", max_length=50)
    object_id = models.CharField("对象编号", max_length=64, blank=True)
    object_label = models.CharField("对象", max_length=120, blank=True)
    before = models.JSONField("修改前", null=True, blank=True)
    after = models.JSONField("修改后", null=True, blank=True)
    reason = models.CharField("理由", max_length=200, blank=True)
    ip = models.CharField("来源地址", max_length=45, blank=True)
    request_id = models.CharField("请求编号", max_length=36, blank=True)
    row_hash = models.CharField("行摘要", max_length=64, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "审计记录"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["actor_id", "action", "at"], name="audit_actor"),
            models.Index(fields=["object_type", "object_id", "at"], name="audit_object"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.get_action_display()} {self.object_label}"


class AuditSeal(models.Model):
    """A block of audit rows, chained to the block before it. `ranges` lists the ids it holds, so that a row that was
    committed late simply falls into the next block and writers never wait for each other. `last_id` is the highest
    id of this and all earlier blocks."""

    number = models.PositiveBigIntegerField("块号", unique=True)
    ranges = models.JSONField("行号区间")
    last_id = models.PositiveBigIntegerField("最大行号")
    rows = models.PositiveIntegerField("行数")
    previous_digest = models.CharField("上一块摘要", max_length=64)
    digest = models.CharField("摘要", max_length=64)
    sealed_at = models.DateTimeField("封存时间")

    class Meta:
        verbose_name = verbose_name_plural = "审计封存块"
        ordering = ["number"]

    def __str__(self) -> str:
        return f"第{self.number}块"


class Notification(models.Model):
    """A line in the bell menu of one person."""

    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    recipient = models.ForeignKey(Staff, models.CASCADE, related_name="notifications", verbose_name="接收人")
    kind = models.CharField("类型", max_length=30)
    text = models.CharField("内容", max_length=300)
    url = models.CharField("链接", max_length=300, blank=True)
    dedupe_key = models.CharField("去重键", max_length=120)
    created_at = models.DateTimeField("时间")
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["recipient", "dedupe_key"], name="notification_once")]
        indexes = [models.Index(fields=["recipient", "read_at", "-id"], name="notification_unread")]

    def __str__(self) -> str:
        return self.text


class Parameter(models.Model):
    """A threshold, rate, interval or table, in force from a date on, with its source. Never a constant in code."""

    code = models.CharField("参数", max_length=60)
    effective_from = models.DateField("生效日期")
    value = models.JSONField("取值")
    source = models.CharField("依据", max_length=200)
    note = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "参数"
        ordering = ["code", "-effective_from"]
        constraints = [models.UniqueConstraint(fields=["code", "effective_from"], name="parameter_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.effective_from}"


class SubmittedForm(models.Model):
    """The key of a form that was carried out, with its answer: the second press of the button gets the same answer."""

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="+", verbose_name="员工")
    key = models.CharField("表单键", max_length=36)
    path = models.CharField("地址", max_length=300)
    content = models.CharField("内容摘要", max_length=32, default="")
    answer = models.JSONField("应答", null=True)
    created_at = models.DateTimeField("时间", db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "已提交表单"
        constraints = [models.UniqueConstraint(fields=["staff", "key"], name="submitted_once")]

    def __str__(self) -> str:
        return self.path
