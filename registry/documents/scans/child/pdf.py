"""PDF: nothing in it may act; what tells more than its pages is taken out, and it is written anew."""

import io
from collections.abc import Iterator
from typing import Any, Final

import pikepdf

from registry.documents.scans.child.pictures import JPEG, stripped_jpeg
from registry.documents.scans.child.refusing import Limits, RefusedError

MARK: Final = b"%PDF-"
_ACTIVE: Final = frozenset(
    {"/JS", "/JavaScript", "/AA", "/XFA", "/EmbeddedFiles", "/EF", "/AF", "/Launch", "/RichMediaContent"}
)
_ACTIONS: Final = frozenset(
    {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition", "/Movie"}
)
_KINDS: Final = frozenset({"/EmbeddedFile", "/RichMedia", "/Movie", "/Screen", "/FileAttachment", "/3D"})
_TELLING: Final = ("/Metadata", "/PieceInfo", "/LastModified", "/Thumb")


def stripped(data: bytes, limits: Limits) -> tuple[int, bytes]:
    """Count the pages and give the file written anew, without what programs noted about people and times.

    Raises:
        RefusedError: it is locked, damaged, too long, or does something besides showing pages.
    """
    try:
        with pikepdf.open(io.BytesIO(data)) as opened:
            return _looked_through(opened, limits)
    except pikepdf.PasswordError:
        raise RefusedError("locked") from None
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise RefusedError("damaged") from None


def _looked_through(opened: pikepdf.Pdf, limits: Limits) -> tuple[int, bytes]:
    if opened.is_encrypted:
        raise RefusedError("locked")
    pages = len(opened.pages)
    if not pages:
        raise RefusedError("damaged")
    if pages > limits["pages"]:
        raise RefusedError("too-many-pages")
    for one in _dictionaries(opened, limits["objects"]):
        _check(one)
        _strip(one, limits)
    if "/Info" in opened.trailer:
        del opened.trailer["/Info"]
    return pages, _written(opened)


def _dictionaries(opened: pikepdf.Pdf, left: int) -> Iterator[Any]:
    """Give every dictionary of the file, those inside of others too, whether or not a page leads to it."""
    waiting: list[Any] = [opened.trailer, *opened.objects]
    while waiting:
        left -= 1
        if left < 0:
            raise RefusedError("too-complex")
        one = waiting.pop()
        if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            yield one
            waiting += [value for _, value in one.items() if _is_inside(value)]
        elif isinstance(one, pikepdf.Array):
            waiting += [value for value in one if _is_inside(value)]


def _is_inside(value: Any) -> bool:  # noqa: ANN401 - whatever stands in a PDF
    """Tell whether a value is a part of what holds it; what is only pointed at comes by itself."""
    return isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect


def _check(one: Any) -> None:  # noqa: ANN401 - a dictionary of a PDF
    if _ACTIVE & set(one.keys()) or _says(one, "/S") in _ACTIONS:
        raise RefusedError("active")
    if {_says(one, "/Type"), _says(one, "/Subtype")} & _KINDS:
        raise RefusedError("active")
    at_once = one.get("/OpenAction")
    if isinstance(at_once, pikepdf.Dictionary) and _says(at_once, "/S") != "/GoTo":
        raise RefusedError("active")


def _says(one: Any, key: str) -> str:  # noqa: ANN401 - as above
    value = one.get(key)
    return str(value) if isinstance(value, pikepdf.Name) else ""


def _strip(one: Any, limits: Limits) -> None:  # noqa: ANN401 - as above
    for key in _TELLING:
        if key in one:
            del one[key]
    if isinstance(one, pikepdf.Stream) and _says(one, "/Filter") == "/DCTDecode":
        raw = one.read_raw_bytes()
        if raw.startswith(JPEG):
            parameters: Any = one.get("/DecodeParms")
            kept = stripped_jpeg(raw, limits)
            one.write(kept, filter=pikepdf.Name.DCTDecode, decode_parms=parameters)


def _written(opened: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    opened.save(
        out,
        compress_streams=False,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        fix_metadata_version=False,
        deterministic_id=True,
    )
    return out.getvalue()
