"""What an uploaded file really is, told by its bytes and never by its name; what could act on its own is refused.

No library reads PDF here, so the check is made of what a PDF must say to do anything: the names of its actions. They are
looked for in the file itself, in every compressed stream of it, and written in escapes (`/#4AavaScript`).
"""

import re
import struct
import zlib
from collections.abc import Iterator

from customers.enums import DocumentFormat

_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_MOST_PIXELS = 120_000_000
_PDF_HEAD = re.compile(rb"%PDF-[12]\.\d")
_PDF_TAIL = 2048
# What runs, opens, sends or carries something else.
_ACTIVE = re.compile(
    rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData|XFA|Movie|Rendition)(?=[\s/<>\[\]()]|$)"
)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"stream\r?\n")
_OBJECT_STREAM = re.compile(rb"/ObjStm(?=[\s/<>\[\]()])")
# A stream of objects is only read if it is packed in the one way that is unpacked here.
_PLAIN_FILTER = re.compile(rb"/Filter\s*\[?\s*/FlateDecode\s*\]?\s*(?=/|>>)")
_DICTIONARY_REACH = 600
_MOST_UNPACKED = 200 * 1024 * 1024
_ONE_STREAM = 32 * 1024 * 1024
# Markers of a JPEG that tell its size; the others in that range are tables.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class UnacceptableFile(ValueError):
    """The sentence says what is wrong with the file and what to do."""


def recognise(data: bytes) -> DocumentFormat:
    """The format of an acceptable file. Raises UnacceptableFile for any other kind, a damaged one, and one that acts."""
    if not data:
        raise UnacceptableFile("文件是空的，请重新选择。")
    if _PDF_HEAD.match(data):
        _check_pdf(data)
        return DocumentFormat.PDF
    if data.startswith(_PNG):
        _check_pixels(*_png_size(data))
        return DocumentFormat.PNG
    if data.startswith(_JPEG):
        _check_pixels(*_jpeg_size(data))
        return DocumentFormat.JPEG
    raise UnacceptableFile("只接受PDF、JPG、PNG文件；系统按内容识别，改文件名没有用。")


def _check_pdf(data: bytes) -> None:
    if b"%%EOF" not in data[-_PDF_TAIL:]:
        raise UnacceptableFile("PDF文件不完整，请重新扫描或导出。")
    text = _unescaped(data)
    if b"/Encrypt" in text:
        raise UnacceptableFile("PDF设了密码或加密，无法检查，请另存为不加密的文件。")
    _refuse_active(text)
    _refuse_hidden_objects(text)
    for unpacked in _unpacked_streams(data):
        _refuse_active(_unescaped(unpacked))


def _refuse_active(text: bytes) -> None:
    if found := _ACTIVE.search(text):
        raise UnacceptableFile(f"PDF中含有脚本或可自动执行的内容（{found[1].decode()}），请打印后重新扫描。")


def _refuse_hidden_objects(text: bytes) -> None:
    for found in _OBJECT_STREAM.finditer(text):
        begin = max(text.rfind(b"obj", 0, found.start()), found.start() - _DICTIONARY_REACH)
        end = text.find(b"stream", found.end(), found.end() + _DICTIONARY_REACH)
        dictionary = text[begin:end] if end > 0 else b""
        if not _PLAIN_FILTER.search(dictionary) or b"/DecodeParms" in dictionary:
            raise UnacceptableFile("PDF的编码方式无法检查，请打印后重新扫描，或另存为图片。")


def _unpacked_streams(data: bytes) -> Iterator[bytes]:
    """Whatever in the file unpacks, up to a bound: a small file must not grow without end."""
    left = _MOST_UNPACKED
    for found in _STREAM.finditer(data):
        unpacker = zlib.decompressobj()
        try:
            unpacked = unpacker.decompress(data[found.end() :], min(left, _ONE_STREAM))
        except zlib.error:
            continue
        left -= len(unpacked)
        if unpacker.unconsumed_tail and not unpacker.eof:
            raise UnacceptableFile("PDF内容解开后过大，无法检查，请分成几个文件，或降低扫描精度。")
        yield unpacked


def _unescaped(text: bytes) -> bytes:
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), text)


def _png_size(data: bytes) -> tuple[int, int]:
    """Width and height; the picture must end where the file ends."""
    if data[8:16] != struct.pack(">I4s", 13, b"IHDR") or len(data) < 33:
        raise UnacceptableFile("PNG图片已损坏，请重新扫描或拍照。")
    if not data.endswith(b"IEND\xaeB`\x82"):
        raise UnacceptableFile("PNG图片不完整，请重新扫描或拍照。")
    return struct.unpack(">II", data[16:24])


def _jpeg_size(data: bytes) -> tuple[int, int]:
    place = 2
    while place + 9 <= len(data) and data[place] == 0xFF:
        marker, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4], "big")
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return width, height
        place += 2 + max(length, 2)
    raise UnacceptableFile("JPG图片已损坏，请重新扫描或拍照。")


def _check_pixels(width: int, height: int) -> None:
    if not width or not height:
        raise UnacceptableFile("图片没有内容，请重新扫描或拍照。")
    if width * height > _MOST_PIXELS:
        raise UnacceptableFile("图片尺寸过大，请降低扫描精度后重试。")
