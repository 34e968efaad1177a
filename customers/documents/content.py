"""What an uploaded file really is, told by its bytes and never by its name; what could act on its own is refused.

No library reads PDF here, so the check is made of what a PDF must say to do anything: the names of its actions. They are
looked for in the file itself and in every compressed stream of it, also written in escapes (`/#4AavaScript`).
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


def _names(*names: bytes) -> re.Pattern[bytes]:
    """Any of these PDF names, of which every character may be written as #xx."""
    spelled = (b"".join(b"(?:%c|#(?i:%02x))" % (letter, letter) for letter in name) for name in names)
    first = b"(?=[#" + bytes({name[0] for name in names}) + b"])"
    return re.compile(b"/" + first + b"(?:" + b"|".join(spelled) + rb")(?=[\x00\s/<>\[\](){}%]|$)")


# What runs, opens, sends or carries something else.
_ACTIVE = _names(
    b"JavaScript", b"Launch", b"EmbeddedFile", b"EmbeddedFiles", b"RichMedia", b"SubmitForm", b"ImportData", b"XFA",
    b"Movie", b"Rendition",
)  # fmt: skip
_ENCRYPTED, _OBJECT_STREAM, _PARAMETERS = _names(b"Encrypt"), _names(b"ObjStm"), _names(b"DecodeParms")
# A stream of objects is only read if it is packed in the one way that is unpacked here.
_PLAIN_FILTER = re.compile(rb"/Filter\s*\[?\s*/FlateDecode\s*\]?\s*(?=/|>>)")
_DICTIONARY_REACH = 600
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_MOST_STREAMS = 20_000
_MOST_UNPACKED, _ONE_STREAM = 64 * 1024 * 1024, 32 * 1024 * 1024
_BLOCK = 64 * 1024
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
    if _ENCRYPTED.search(data):
        raise UnacceptableFile("PDF设了密码或加密，无法检查，请另存为不加密的文件。")
    _refuse_active(data)
    _refuse_hidden_objects(data)
    for unpacked in _unpacked_streams(data):
        _refuse_active(unpacked)


def _refuse_active(data: bytes) -> None:
    if _ACTIVE.search(data):
        raise UnacceptableFile("PDF中含有脚本或可自动执行的内容，请打印后重新扫描。")


def _refuse_hidden_objects(data: bytes) -> None:
    for found in _OBJECT_STREAM.finditer(data):
        begin = max(data.rfind(b"obj", 0, found.start()), found.start() - _DICTIONARY_REACH)
        end = data.find(b"stream", found.end(), found.end() + _DICTIONARY_REACH)
        dictionary = data[begin:end] if end > 0 else b""
        if not _PLAIN_FILTER.search(dictionary) or _PARAMETERS.search(dictionary):
            raise UnacceptableFile("PDF的编码方式无法检查，请打印后重新扫描，或另存为图片。")


def _unpacked_streams(data: bytes) -> Iterator[bytes]:
    """Whatever in the file unpacks, up to a bound: a small file must not grow without end."""
    left, view = _MOST_UNPACKED, memoryview(data)
    for number, found in enumerate(_STREAM.finditer(data)):
        if number == _MOST_STREAMS:
            raise UnacceptableFile("PDF内容过于复杂，无法检查，请打印后重新扫描。")
        unpacked = _unpacked(view[found.end() :], min(left, _ONE_STREAM))
        left -= len(unpacked)
        yield unpacked


def _unpacked(packed: memoryview, most: int) -> bytes:
    """What the packed bytes begin with, block by block, so that the rest of the file is not copied for every stream; what is
    not packed gives what came before the first mistake."""
    unpacker, pieces, size = zlib.decompressobj(), [], 0
    for start in range(0, len(packed), _BLOCK):
        try:
            piece = unpacker.decompress(packed[start : start + _BLOCK], most - size + 1)
        except zlib.error:
            break
        pieces.append(piece)
        size += len(piece)
        if size > most:
            raise UnacceptableFile("PDF内容解开后过大，无法检查，请分成几个文件，或降低扫描精度。")
        if unpacker.eof:
            break
    return b"".join(pieces)


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
