"""Papers taken in, opened and removed: versions, refusals, what lies on the disk and what the trail says."""

import os
import stat
import time
from datetime import date
from io import BytesIO

import pytest
from django.db import transaction

from customers.documents import storage
from customers.models import Document
from customers.queries.documents import documents_part
from customers.services.documents import add_document, open_document, remove_document, tidy_incoming
from organization.crypto import CannotDecrypt
from organization.exceptions import RuleViolation
from organization.models import AuditEvent, Parameter
from organization.parameters import forget
from tests.customers.documents.files import PLAIN_PDF, jpeg, png
from tests.world import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path / "files" / "documents"


def keep(world, customer, data: bytes = b"", kind: str = "identity", **said) -> Document:
    return add_document(by=said.pop("by", world.rm), customer=customer, kind=kind, file=BytesIO(data or png()), **said)


def test_versions_of_a_kind_and_the_check_list(world, folder):
    customer = world.customer()
    keep(world, customer, png())
    second = keep(world, customer, jpeg(), valid_until=date(2027, 1, 10))
    keep(world, customer, PLAIN_PDF, "income")
    assert (second.version, second.format, second.unit) == (2, "jpg", world.east)
    papers = {one.kind.value: one for one in documents_part(customer, TODAY)["papers"]}
    assert set(papers) == {"identity", "risk_questionnaire", "consent", "income"}
    assert (papers["identity"].present, papers["identity"].state) == (second, "expiring")
    assert [one.version for one in papers["identity"].older] == [1]
    assert (papers["consent"].state, papers["income"].state) == ("missing", "kept")
    assert documents_part(customer, date(2027, 1, 11))["papers"][0].state == "expired"


def test_on_the_disk_it_is_encrypted_private_and_outside_the_web_root(
    world, folder, settings, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        document = keep(world, world.customer(), png())
    (path,) = [path for path in folder.rglob("*") if path.is_file()]
    assert path == folder / document.public_id[:2] / document.public_id
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"PNG" not in path.read_bytes()
    assert storage.get(document.public_id) == png()
    assert not str(folder).startswith(str(settings.STATIC_ROOT))
    # A file put in another's place does not open.
    path.rename(folder / document.public_id[:2] / "other")
    (folder / "ot").mkdir()
    (folder / document.public_id[:2] / "other").rename(folder / "ot" / "other")
    with pytest.raises(CannotDecrypt):
        storage.get("other")


def test_until_the_commit_it_waits_and_is_found_there(world, folder):
    document = keep(world, world.customer())
    assert (folder / "incoming" / document.public_id).exists()
    assert storage.get(document.public_id) == png()


def test_what_came_of_nothing_is_tidied_up(world, folder):
    customer = world.customer()
    lost = keep(world, customer)  # its commit hook never ran
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        keep(world, customer, jpeg())
        raise ZeroDivisionError
    assert tidy_incoming() == 0
    yesterday = time.time() - 25 * 3600
    for path in (folder / "incoming").iterdir():
        os.utime(path, (yesterday, yesterday))
    assert tidy_incoming() == 2
    assert not list((folder / "incoming").iterdir())
    assert storage.get(lost.public_id) == png()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"kind": "passport"}, "选择文件类型"),
        ({"data": b"GIF89a"}, "只接受PDF、JPG、PNG"),
        ({"valid_until": date(2026, 11, 22)}, "已经过去"),
        ({"note": "长" * 201}, "最多200个字"),
        ({"data": png() + b"\0" * (11 * 1024 * 1024)}, "超过10MB"),
    ],
)
def test_what_cannot_be_kept_is_refused(world, folder, said, sentence):
    with pytest.raises(RuleViolation, match=sentence):
        keep(world, world.customer(), **said)
    assert not Document.objects.exists()
    assert not folder.exists()


def test_the_same_file_is_not_kept_twice(world, folder):
    customer = world.customer()
    first = keep(world, customer)
    with pytest.raises(RuleViolation, match="完全相同"):
        keep(world, customer)
    remove_document(by=world.rm, document=first, reason="传错了")
    assert keep(world, customer).version == 2


def test_removing_asks_for_a_reason_and_keeps_the_row(world, folder):
    document = keep(world, world.customer())
    with pytest.raises(RuleViolation, match="删除理由"):
        remove_document(by=world.rm, document=document, reason=" ")
    removed = remove_document(by=world.rm, document=document, reason="传错了")
    assert (removed.removed_by, removed.remove_reason) == (world.rm, "传错了")
    event = AuditEvent.objects.latest("pk")
    assert (event.reason, event.before["document"]) == ("传错了", "身份证件第1版")
    with pytest.raises(RuleViolation, match="已经删除"):
        remove_document(by=world.rm, document=document, reason="再删一次")
    with pytest.raises(RuleViolation, match="已经删除"):
        open_document(by=world.rm, document=removed)
    assert storage.get(document.public_id) == png()


def test_opening_is_on_record_and_counted(world, folder):
    Parameter.objects.create(code="reveal_daily_quota", effective_from=date(2026, 1, 1), value=1, source="test")
    forget()
    document = keep(world, world.customer())
    open_document(by=world.rm, document=document)
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.reason, event.after) == ("reveal", "身份证件第1版", {"field": "document"})
    with pytest.raises(RuleViolation, match="上限"):
        open_document(by=world.rm, document=document)


def test_only_whoever_keeps_the_archive_may(world, folder):
    customer = world.customer()
    document = keep(world, customer)
    for act in (
        lambda by: keep(world, customer, jpeg(), by=by),
        lambda by: remove_document(by=by, document=document, reason="不要了"),
    ):
        with pytest.raises(RuleViolation, match="管户范围"):
            act(world.stranger)
        with pytest.raises(RuleViolation, match="不能修改"):
            act(world.outlet_head)
    with pytest.raises(RuleViolation, match="不能查看"):
        open_document(by=world.head_office_staff, document=document)
    open_document(by=world.outlet_head, document=document)


def test_the_papers_are_read_at_once(world, folder, django_assert_num_queries):
    customer = world.customer()
    for kind in ("identity", "income", "plan"):
        keep(world, customer, kind=kind)
    with django_assert_num_queries(1):
        documents_part(customer, TODAY)
