"""客户文件 on the 360 page: handed in, opened by whoever was put on record, never by a mere address."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.urls import reverse

from customers.models import Document
from customers.services.documents import add_document
from organization.models import AuditEvent
from tests.customers.documents.files import PLAIN_PDF, SCRIPT, jpeg, pdf, png
from ui.middleware import RequestSizeMiddleware


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def paper(world, customer):
    return add_document(by=world.rm, customer=customer, kind="identity", file=BytesIO(png()))


def address(name: str, customer, *more: str) -> str:
    return reverse(f"customers:{name}", args=[customer.public_id, *more])


def upload(data: bytes, name: str = "扫描件.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="application/pdf")


def test_a_paper_is_handed_in_and_seen(world, customer, sign_in):
    client = sign_in(world.rm)
    tab = reverse("customers:customer_page", args=[customer.public_id]) + "?tab=compliance"
    assert client.get(tab).content.decode().count("bi-dash-circle") == 3
    # What the browser says of it is not believed.
    client.post(
        address("document_add", customer), {"kind": "identity", "file": upload(jpeg(), "a.pdf"), "note": "正面"}
    )
    page = client.get(tab).content.decode()
    assert "第1版，JPEG" in page
    assert "正面" in page
    assert Document.objects.get().format == "jpg"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "文件是空的"),
        (b"<html>", "只接受PDF、JPG、PNG"),
        (pdf(SCRIPT), "脚本或可自动执行"),
        (b"%PDF-1.4" + bytes(10 * 1024 * 1024 + 1), "超过10MB"),
    ],
)
def test_a_bad_file_is_refused_with_what_was_typed(world, customer, sign_in, data, sentence):
    response = sign_in(world.rm).post(
        address("document_add", customer), {"kind": "identity", "file": upload(data), "note": "正反面两页"}
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert "正反面两页" in page
    assert not Document.objects.exists()


def test_no_file_and_no_kind(world, customer, sign_in):
    page = sign_in(world.rm).post(address("document_add", customer), {"kind": "x"}).content.decode()
    assert "请选择文件。" in page
    assert "选项已失效" in page


def test_opened_by_the_button_it_is_on_record(world, customer, paper, sign_in):
    client = sign_in(world.rm)
    response = client.post(address("document_open", customer, paper.public_id), follow=True)
    assert response.content == png()
    assert response["Content-Type"] == "image/png"
    assert response["Content-Disposition"] == 'inline; filename="88000001-identity-1.png"'
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    assert AuditEvent.objects.latest("pk").action == "reveal"
    changes = reverse("customers:customer_page", args=[customer.public_id]) + "?tab=changes"
    assert "查看完整客户文件" in sign_in(world.supervisor).get(changes).content.decode()


def test_saved_it_is_an_attachment(world, customer, sign_in):
    paper = add_document(by=world.rm, customer=customer, kind="plan", file=BytesIO(PLAIN_PDF))
    response = sign_in(world.rm).post(address("document_open", customer, paper.public_id), {"save": "1"}, follow=True)
    assert response["Content-Disposition"] == 'attachment; filename="88000001-plan-1.pdf"'
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Security-Policy"].startswith("default-src 'none'")


def test_an_address_alone_opens_nothing(world, customer, paper, sign_in, fixed_clock):
    client = sign_in(world.rm)
    content = address("document_content", customer, paper.public_id)
    assert client.get(content).status_code == 302
    assert client.get(content, {"ticket": "forged"}).status_code == 302
    ticketed = client.post(address("document_open", customer, paper.public_id)).headers["Location"]
    assert client.get(ticketed).content == png()
    # Handed on to a colleague who may see the customer too, it opens nothing.
    assert sign_in(world.supervisor).get(ticketed).status_code == 302
    fixed_clock.shift(timedelta(seconds=61))
    assert sign_in(world.rm).get(ticketed).status_code == 302


def test_a_paper_of_another_customer_or_removed_is_not_there(world, customer, paper, sign_in):
    other = world.customer("王芳")
    client = sign_in(world.rm)
    assert client.post(address("document_open", other, paper.public_id)).status_code == 404
    refused = client.post(address("document_remove", customer, paper.public_id), {"reason": ""})
    assert refused.status_code == 422
    client.post(address("document_remove", customer, paper.public_id), {"reason": "传错了"})
    assert client.post(address("document_open", customer, paper.public_id)).status_code == 404
    assert sign_in(world.stranger).post(address("document_open", customer, paper.public_id)).status_code == 404


def test_a_file_that_is_gone_is_said(world, customer, paper, sign_in, tmp_path):
    (tmp_path / "files" / "documents" / "incoming" / paper.public_id).unlink()
    page = sign_in(world.rm).post(address("document_open", customer, paper.public_id), follow=True).content.decode()
    assert "文件不在了" in page


def test_three_hundred_megabytes_are_refused_unread(db):
    class Unread:
        def read(self, *args):
            raise AssertionError("the body was read")

    request = RequestFactory().post("/customers/x/documents/new/")
    request.META |= {"CONTENT_LENGTH": str(300 * 1024 * 1024), "wsgi.input": Unread()}
    response = RequestSizeMiddleware(lambda request: pytest.fail("went on"))(request)
    assert response.status_code == 413
    assert "超过60MB" in response.content.decode()
    request.META["CONTENT_LENGTH"] = "-5"
    assert RequestSizeMiddleware(lambda request: pytest.fail("went on"))(request).status_code == 413
