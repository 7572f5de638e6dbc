"""The pages of one form, bound to a PDF: each page is one of the pictures that the child drew."""

from collections.abc import Sequence
from typing import Final

from registry.errors import N_, InvalidError

_WIDTH: Final = 595
"""Of a bound page, in points: that of A4; its height follows the picture."""
_FRAME: Final = 0xC0
_HEAD: Final = 4


def bind(pictures: Sequence[bytes]) -> bytes:
    """Bind grey JPEG pictures to a PDF, a page each; the same pictures give the same bytes.

    Raises:
        InvalidError: one of them is none of the child's pictures.
    """
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b""]
    pages = []
    for picture in pictures:
        width, height = _size(picture)
        first = len(objects) + 1
        pages.append(first)
        tall = round(_WIDTH * height / width)
        drawn = f"q {_WIDTH} 0 0 {tall} 0 0 cm /P Do Q".encode()
        objects += [
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {_WIDTH} {tall}]/Contents {first + 1} 0 R"
            f"/Resources<</XObject<</P {first + 2} 0 R>>>>>>".encode(),
            _stream(f"<</Length {len(drawn)}>>", drawn),
            _stream(
                f"<</Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceGray"
                f"/BitsPerComponent 8/Filter/DCTDecode/Length {len(picture)}>>",
                picture,
            ),
        ]
    kids = " ".join(f"{one} 0 R" for one in pages)
    objects[1] = f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>".encode()
    return _file(objects)


def _stream(head: str, data: bytes) -> bytes:
    return head.encode() + b"stream\n" + data + b"\nendstream"


def _file(objects: Sequence[bytes]) -> bytes:
    out, starts = bytearray(b"%PDF-1.4\n"), []
    for number, one in enumerate(objects, start=1):
        starts.append(len(out))
        out += f"{number} 0 obj\n".encode() + one + b"\nendobj\n"
    table = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{start:010d} 00000 n \n".encode() for start in starts)
    out += f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(out)


def _size(picture: bytes) -> tuple[int, int]:
    """Read width and height of a plain JPEG by its parts."""
    place = 2
    while place + 9 <= len(picture) and picture[place] == 0xFF:  # noqa: PLR2004 - how each part begins
        if picture[place + 1] == _FRAME:
            height, width = (int.from_bytes(picture[at : at + 2]) for at in (place + 5, place + 7))
            if width and height:
                return width, height
            break
        place += 2 + int.from_bytes(picture[place + 2 : place + _HEAD])
    raise InvalidError(N_("Снимок страницы повреждён. Отсканируйте бланк ещё раз."), code="scan-damaged")
