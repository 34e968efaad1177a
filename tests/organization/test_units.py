"""The tree of units: what may stand where, and paths that follow a move."""

import pytest

from organization.enums import AuditAction, UnitKind
from organization.exceptions import RuleViolation
from organization.models import AuditEvent, Unit
from organization.services.units import create_unit, update_unit


def paths():
    return dict(Unit.objects.values_list("code", "path"))


def test_a_new_unit_stands_below_its_parent(world):
    unit = create_unit(
        by=world.administrator, parent=world.branch, kind=UnitKind.SUB_BRANCH, code="1110", name=" 东城支行 "
    )  # fmt: skip
    assert unit.path == "0000/1100/1110/"
    assert unit.name == "东城支行"
    said = AuditEvent.objects.get(action=AuditAction.CREATE)
    assert said.actor_id == world.administrator.pk
    assert said.after["路径"] == unit.path


def test_moving_a_unit_moves_everything_below_it(world):
    middle = create_unit(
        by=None, parent=world.branch, kind=UnitKind.SUB_BRANCH, code="1110", name="东城支行"
    )  # fmt: skip
    update_unit(by=world.administrator, unit=world.east, parent=middle)
    assert paths()["1101"] == "0000/1100/1110/1101/"
    far = Unit.objects.get(code="2100")
    update_unit(by=world.administrator, unit=middle, parent=far)
    assert paths() == {
        "0000": "0000/", "1100": "0000/1100/", "2100": "0000/2100/", "1110": "0000/2100/1110/",
        "1101": "0000/2100/1110/1101/", "1102": "0000/1100/1102/", "2101": "0000/2100/2101/",
    }  # fmt: skip
    assert {u.code for u in Unit.objects.under(far)} == {"2100", "1110", "1101", "2101"}


def test_a_new_number_changes_the_paths_below_and_no_others(world):
    create_unit(by=None, parent=world.head_office, kind=UnitKind.BRANCH, code="11000", name="像而不是")
    update_unit(by=world.administrator, unit=world.branch, code="11_0".replace("_", "9"))
    assert paths()["1101"] == "0000/1190/1101/"
    assert paths()["11000"] == "0000/11000/"


def test_who_sees_what_follows_the_move(world):
    customer = world.customer()
    from customers.models import Customer

    update_unit(by=world.administrator, unit=world.east, parent=Unit.objects.get(code="2100"))
    head = type(world.branch_head).objects.get(pk=world.branch_head.pk)
    assert customer not in Customer.objects.visible_to(head)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"code": "11/01"}, "机构号只能"),
        ({"code": ""}, "机构号只能"),
        ({"code": "1102"}, "已被使用"),
        ({"name": "  "}, "请填写机构名称"),
        ({"kind": UnitKind.BRANCH}, "分行不能设在分行之下"),
        ({"parent": None}, "除总行外"),
        ({"parent": None, "kind": UnitKind.HEAD_OFFICE}, "总行只能有一个"),
        ({"is_active": False}, "还有在岗员工"),
    ],
)
def test_what_a_unit_may_not_be(world, fields, sentence):
    with pytest.raises(RuleViolation, match=sentence):
        update_unit(by=world.administrator, unit=world.east, **fields)
    assert paths()["1101"] == "0000/1100/1101/"


def test_a_unit_cannot_move_below_itself(world):
    middle = create_unit(by=None, parent=world.branch, kind=UnitKind.SUB_BRANCH, code="1110", name="东城支行")
    with pytest.raises(RuleViolation, match="不能是本机构或其下级"):
        update_unit(by=world.administrator, unit=world.branch, parent=middle)


def test_a_unit_with_units_in_use_below_it_stays_in_use(world):
    with pytest.raises(RuleViolation, match="下级机构"):
        update_unit(by=world.administrator, unit=Unit.objects.get(code="2100"), is_active=False)


def test_a_unit_stays_above_what_lies_below_it(world):
    with pytest.raises(RuleViolation, match="级别要高于"):
        update_unit(by=world.administrator, unit=world.branch, kind=UnitKind.OUTLET)


@pytest.mark.parametrize("who", ["branch_head", "auditor", "rm"])
def test_only_the_administrator_keeps_units(world, who):
    with pytest.raises(RuleViolation, match="只有系统管理员"):
        create_unit(by=world.people[who], parent=world.branch, kind=UnitKind.OUTLET, code="1103", name="新网点")


def test_saving_without_a_change_says_nothing(world):
    update_unit(by=world.administrator, unit=world.east, name=world.east.name)
    assert not AuditEvent.objects.exists()
