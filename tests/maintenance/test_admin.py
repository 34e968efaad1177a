"""The administrator looks at runs and starts them again; no customer is in sight."""

import pytest
from django.contrib import admin
from django.urls import reverse

from maintenance.daily.runs import run_until
from maintenance.enums import RunState, RunStepName
from maintenance.models import CareRule, DailyRun, MaintenanceTask, Quarantine, RunStep
from organization import clock
from organization.enums import AuditAction
from organization.models import AuditEvent
from tests.world import TODAY


@pytest.fixture
def ran(world):
    customer = world.customer("欧阳秘密")
    run_until(TODAY, shards=1)
    Quarantine.objects.create(
        step=RunStepName.CARE, business_date=TODAY, customer=customer, error="读不懂", created_at=clock.now()
    )
    return DailyRun.objects.get()


def act(client, name: str, action: str, *rows):
    url = reverse(f"admin:maintenance_{name}_changelist")
    return client.post(url, {"action": action, "_selected_action": [row.pk for row in rows]}, follow=True)


def test_runs_are_shown_with_a_number_and_no_name(sign_in, world, ran):
    client = sign_in(world.administrator)
    for name in ("dailyrun", "runstep"):
        answer = client.get(reverse(f"admin:maintenance_{name}_changelist"))
        assert answer.status_code == 200
        assert "欧阳秘密" not in answer.content.decode()
    assert Quarantine not in admin.site._registry
    assert MaintenanceTask not in admin.site._registry


def test_a_date_is_run_again_and_its_quarantine_released(sign_in, world, ran):
    answer = act(sign_in(world.administrator), "dailyrun", "run_again", ran)
    assert "已重新列入1个日期" in answer.content.decode()
    ran.refresh_from_db()
    assert ran.state == RunState.PENDING
    assert Quarantine.objects.get().resolved_at is not None
    assert AuditEvent.objects.filter(action=AuditAction.RUN, actor_id=world.administrator.pk).exists()


def test_only_failed_steps_are_retried(sign_in, world, ran):
    failed, done = RunStep.objects.order_by("pk")[:2]
    RunStep.objects.filter(pk=failed.pk).update(state=RunState.DEAD, attempt=8)
    act(sign_in(world.administrator), "runstep", "retry", failed, done)
    failed.refresh_from_db()
    done.refresh_from_db()
    assert (failed.state, failed.attempt, done.state) == (RunState.PENDING, 0, RunState.DONE)


def test_runs_are_not_written_by_hand(sign_in, world, ran):
    client = sign_in(world.administrator)
    assert client.get(reverse("admin:maintenance_dailyrun_add")).status_code == 403
    assert client.post(reverse("admin:maintenance_dailyrun_delete", args=[ran.pk]), {"post": "yes"}).status_code == 403
    assert DailyRun.objects.exists()


def test_a_care_rule_is_changed_with_a_trace(sign_in, world):
    rule = CareRule.objects.get(occasion="duanwu")
    url = reverse("admin:maintenance_carerule_change", args=[rule.pk])
    data = {
        "name": "端午", "is_active": "on", "lead_days": 5, "channel": "phone", "min_tier": "PLATINUM", "sex": "",
        "occupations": "[]", "suggestion": "端午安康",
    }  # fmt: skip
    assert sign_in(world.administrator).post(url, data).status_code == 302
    rule.refresh_from_db()
    assert (rule.lead_days, rule.min_tier, rule.occasion) == (5, "PLATINUM", "duanwu")
    assert AuditEvent.objects.get(action=AuditAction.CHANGE).after["提前天数"] == 5


@pytest.mark.parametrize("who", ["rm", "supervisor", "auditor"])
def test_nobody_else_gets_in(sign_in, world, who):
    answer = sign_in(world.people[who]).get(reverse("admin:maintenance_dailyrun_changelist"))
    assert answer.status_code == 403
