"""What a file is, by its bytes: the good are known, the damaged and those that act are refused with a sentence."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.documents.content import UnacceptableFile, recognise
from customers.enums import DocumentFormat
from tests.customers.documents.files import CATALOG, PLAIN_PDF, SCRIPT, jpeg, packed, pdf, png

OBJECTS = b"5 0 6 30 " + SCRIPT


@pytest.mark.parametrize(
    ("data", "format"),
    [
        (png(), DocumentFormat.PNG),
        (jpeg(), DocumentFormat.JPEG),
        (jpeg() + b"\0" * 20, DocumentFormat.JPEG),
        (PLAIN_PDF, DocumentFormat.PDF),
        (pdf(CATALOG, packed(b"1 0 << /Type /Page >>", b"/Type /ObjStm /N 1 /First 4")), DocumentFormat.PDF),
        (pdf(b"<< /Type /Catalog /OpenAction [3 0 R /Fit] >>"), DocumentFormat.PDF),
        (pdf(CATALOG, packed(os.urandom(200_000))), DocumentFormat.PDF),
    ],
)
def test_the_good_are_known(data, format):
    assert recognise(data) == format


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "空的"),
        (b"MZ\x90\0" + bytes(100), "只接受PDF、JPG、PNG"),
        (b"<html><script>alert(1)</script>", "只接受"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "只接受"),
        (b"PK\3\4" + bytes(100), "只接受"),
        (b"\n" + PLAIN_PDF, "只接受"),
        (PLAIN_PDF[:-8], "不完整"),
        (PLAIN_PDF + b"<html>" * 500, "不完整"),
        (png()[:-4], "不完整"),
        (png() + b"<script>", "不完整"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "已损坏"),
        (b"\xff\xd8\xff", "已损坏"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "已损坏"),
        (jpeg(0, 5), "没有内容"),
        (png(60_000, 60_000), "尺寸过大"),
    ],
)
def test_the_damaged_and_the_others_are_refused(data, sentence):
    with pytest.raises(UnacceptableFile, match=sentence):
        recognise(data)


@pytest.mark.parametrize(
    "data",
    [
        pdf(b"<< /Type /Catalog /OpenAction 2 0 R >>", SCRIPT),
        pdf(CATALOG, b"<< /S /#4AavaScript /JS 3 0 R >>"),
        pdf(CATALOG, b"<< /S /J#61v#61Script/JS(x)>>"),
        pdf(CATALOG, b"<< /S /#4a#61#76#61#53#63#72#69#70#74 >>"),
        pdf(CATALOG, b"<< /S /JavaScript%x\n>>"),
        pdf(CATALOG, b"<< /S /JavaScript\0>>"),
        # behind more than one block of packed bytes
        pdf(CATALOG, packed(os.urandom(300_000) + OBJECTS, b"/Type /ObjStm /N 1 /First 4")),
        pdf(CATALOG, b"<< /S /Launch /F (cmd.exe) >>"),
        pdf(CATALOG, b"<< /Type /Filespec /EF << /F 3 0 R >> >>", b"<< /Type /EmbeddedFile >>"),
        pdf(CATALOG, b"<< /XFA 3 0 R >>"),
        pdf(CATALOG, b"<< /S /SubmitForm /F (http://far.example) >>"),
        pdf(CATALOG, packed(OBJECTS, b"/Type /ObjStm /N 1 /First 4")),
        # hidden behind a stream that never ends, as far as a reader of words could tell
        pdf(CATALOG, b"% << >> stream\n" + SCRIPT),
    ],
)
def test_what_acts_is_refused(data):
    with pytest.raises(UnacceptableFile, match="脚本或可自动执行"):
        recognise(data)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (pdf(CATALOG, b"<< /Encrypt 5 0 R >>"), "密码或加密"),
        (
            pdf(CATALOG, b"<< /Type /ObjStm /Filter [/ASCIIHexDecode /FlateDecode] >>\nstream\n00>\nendstream"),
            "编码方式",
        ),
        (pdf(CATALOG, b"<< /Type /ObjStm /Filter 9 0 R >>\nstream\n00\nendstream"), "编码方式"),
        (pdf(CATALOG, packed(OBJECTS, b"/Type /ObjStm /DecodeParms << /Predictor 12 >>")), "编码方式"),
        (pdf(CATALOG, packed(b"\0" * (40 * 1024 * 1024))), "解开后过大"),
        (pdf(CATALOG, *[packed(b"\0" * (30 * 1024 * 1024))] * 5), "解开后过大"),
        (pdf(CATALOG, b"stream\n" * 20_001), "过于复杂"),
        (pdf(CATALOG, b"<< /E#6ecrypt 5 0 R >>"), "密码或加密"),
        (pdf(CATALOG, b"<< /Type /Obj#53tm /Filter 9 0 R >>\nstream\n00\nendstream"), "编码方式"),
        (pdf(CATALOG, packed(OBJECTS, b"/Type /ObjStm /Decode#50arms << /Predictor 12 >>")), "编码方式"),
    ],
)
def test_what_cannot_be_looked_into_is_refused(data, sentence):
    with pytest.raises(UnacceptableFile, match=sentence):
        recognise(data)


@given(
    st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=200).map(lambda b: png()[:12] + b),
        st.binary(max_size=200).map(lambda b: b"\xff\xd8\xff" + b),
        st.binary(max_size=200).map(lambda b: b"%PDF-1.4" + b + b"%%EOF"),
    )
)
def test_any_bytes_are_known_or_refused_in_words(data):
    try:
        assert recognise(data) in DocumentFormat
    except UnacceptableFile as error:
        assert str(error)
