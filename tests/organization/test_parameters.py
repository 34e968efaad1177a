"""Dated parameters: a value in force stays, a new one takes over on its day, and its form is checked."""

from datetime import timedelta

import pytest

from organization.declared import COVER_MAX_DAYS
from organization.enums import AuditAction
from organization.exceptions import RuleViolation
from organization.models import AuditEvent, Parameter
from organization.parameters import declared, parameter
from organization.services.parameters import remove_parameter, save_parameter
from organization.value_shape import mismatch
from tests.world import TODAY

MATRIX = {"GOLD": {"ACTIVE": {"phone": "2M"}, "PASSIVE": {}}, "MASS": {"ACTIVE": {"meeting": "1W"}, "PASSIVE": {}}}


@pytest.fixture
def save(world, django_capture_on_commit_callbacks):
    def do(**fields):
        wanted = {
            "by": world.administrator, "code": COVER_MAX_DAYS, "effective_from": TODAY, "value": 90, "source": "通知1号",
        }  # fmt: skip
        with django_capture_on_commit_callbacks(execute=True):
            return save_parameter(**wanted | fields)

    return do


def test_a_new_value_takes_over_on_its_day(save):
    save(effective_from=TODAY + timedelta(days=2))
    assert parameter(COVER_MAX_DAYS) == 180
    assert parameter(COVER_MAX_DAYS, TODAY + timedelta(days=2)) == 90
    save(value=60)
    assert parameter(COVER_MAX_DAYS) == 60
    assert AuditEvent.objects.filter(action=AuditAction.CREATE).count() == 2


def test_a_value_in_force_stays(save, world):
    shipped = Parameter.objects.get(code=COVER_MAX_DAYS)
    with pytest.raises(RuleViolation, match="已生效的取值不能修改"):
        save(row=shipped)
    with pytest.raises(RuleViolation, match="已生效的取值不能删除"):
        remove_parameter(by=world.administrator, row=shipped)


def test_a_coming_value_can_be_changed_and_taken_back(save, world):
    day = TODAY + timedelta(days=5)
    row = save(effective_from=day)
    save(row=row, effective_from=day, value=30)
    assert parameter(COVER_MAX_DAYS, day) == 30
    assert AuditEvent.objects.get(action=AuditAction.CHANGE).before["取值"] == 90
    remove_parameter(by=world.administrator, row=row)
    assert AuditEvent.objects.get(action=AuditAction.DELETE).before["取值"] == 30
    assert not Parameter.objects.filter(code=COVER_MAX_DAYS, effective_from=day).exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"code": "nobody_declared"}, "没有名为"),
        ({"effective_from": TODAY - timedelta(days=1)}, "不能早于今天"),
        ({"value": "90"}, "应为整数"),
        ({"value": -1}, "不能为负数"),
        ({"source": " "}, "请填写依据"),
    ],
)
def test_what_a_value_may_not_be(save, fields, sentence):
    with pytest.raises(RuleViolation, match=sentence):
        save(**fields)


def test_one_value_a_day(save):
    save()
    with pytest.raises(RuleViolation, match="这一天已有取值"):
        save(value=61)


def test_only_the_administrator_sets_parameters(save, world):
    with pytest.raises(RuleViolation, match="只有系统管理员"):
        save(by=world.branch_head)


@pytest.mark.parametrize("code", sorted(declared()))
def test_every_shipped_value_fits_its_own_form(code):
    assert mismatch(declared()[code].value, declared()[code].value) == ""


@pytest.mark.parametrize(
    ("shipped", "value", "problem"),
    [
        (5, 7, ""),
        (5, True, "取值应为整数"),
        (5, 1.5, "取值应为整数"),
        (0.5, 1, ""),
        (True, 1, "取值应为true或false"),
        ("0.035", "0.04", ""),
        ("0.035", 0.04, "取值应为文本"),
        ("0.035", "abc", "取值应为数字（写成文本，如\"0.035\"）"),
        ("1M", "2W", ""),
        ("1M", "2", "取值应为间隔（如\"2W\"、\"1M\"）"),
        ("18:00", "晚上", "取值应为时刻（如\"18:00\"）"),
        ([30, 7, 1], [14], ""),
        ([30, 7, 1], [14, "7"], "第2个应为整数"),
        ([30, 7, 1], 14, "取值应为[…]"),
        ({"a": 1, "b": 2}, {"a": 1}, "取值缺少b"),
        ({"a": 1, "b": 2}, {"a": 1, "b": 2, "c": 3}, "取值有不认识的项c"),
        ({"a": 1}, [1], "取值应为{…}"),
        (MATRIX, MATRIX | {"GOLD": {"ACTIVE": {"phone": "1M", "meeting": "6M"}, "PASSIVE": {}}}, ""),
        (MATRIX, MATRIX | {"GOLD": {"ACTIVE": {"fax": "1M"}, "PASSIVE": {}}}, "GOLD.ACTIVE有不认识的项fax"),
        (MATRIX, MATRIX | {"GOLD": {"ACTIVE": {"phone": "soon"}, "PASSIVE": {}}}, "GOLD.ACTIVE.phone应为间隔（如\"2W\"、\"1M\"）"),
        (MATRIX, {"GOLD": MATRIX["GOLD"]}, "取值缺少MASS"),
    ],
)  # fmt: skip
def test_the_form_of_a_value(shipped, value, problem):
    assert mismatch(shipped, value) == problem
