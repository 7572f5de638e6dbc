"""Scans as scanners and telephones make them, and files that only pretend to be scans."""

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream

WHERE = b"GPS 43.1155 131.8855 Ivanova"
"""What a telephone adds: place and owner."""
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta><!-- ' + WHERE + b" -->"
)


def jpeg(width: int = 8, height: int = 8, *, told: bool = True) -> bytes:
    """A JPEG by its parts: tables, frame and scan stand for those of a camera."""

    def part(marker: int, body: bytes) -> bytes:
        return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body

    parts = [b"\xff\xd8", part(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")]
    if told:
        parts += [part(0xE1, b"Exif\x00\x00" + WHERE), part(0xFE, WHERE), part(0xED, WHERE)]
    parts += [part(0xDB, bytes(65)), part(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00")]
    parts += [
        part(0xC4, bytes(20)),
        part(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56",
    ]
    return b"".join(parts) + b"\xff\xd9" + (WHERE if told else b"")


def png(width: int = 2, height: int = 2, *, told: bool = True) -> bytes:
    """A PNG, with what programs add."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    words = chunk(b"tEXt", b"Author\x00" + WHERE) + chunk(b"eXIf", WHERE) if told else b""
    pixels = chunk(b"IDAT", zlib.compress(b"\x00\x10\x20" * 2))
    return b"\x89PNG\r\n\x1a\n" + head + words + pixels + chunk(b"IEND", b"") + (WHERE if told else b"")


def pdf(change: Callable[[Pdf], object] = lambda _: None, pages: int = 1, **how: Any) -> bytes:
    """A scan in PDF: a picture a page, with what scanners note of themselves."""
    made = pikepdf.new()
    for _ in range(pages):
        page = made.add_blank_page(page_size=(595, 842))
        picture = Stream(made, jpeg())
        picture.stream_dict = Dictionary(
            Type=Name.XObject, Subtype=Name.Image, Width=8, Height=8, ColorSpace=Name.DeviceGray
        )
        picture.write(jpeg(), filter=Name.DCTDecode)
        page.Resources = Dictionary(XObject=Dictionary(Im0=made.make_indirect(picture)))
        page.Contents = Stream(made, b"q 595 0 0 842 0 0 cm /Im0 Do Q")
    made.docinfo["/Author"] = WHERE.decode()
    made.Root.Metadata = Stream(made, XMP)
    change(made)
    out = io.BytesIO()
    made.save(out, **how)
    return out.getvalue()


def acting(**action: object) -> Callable[[Pdf], object]:
    """Let a PDF do something when it is opened."""
    return lambda made: setattr(made.Root, "OpenAction", Dictionary(**action))


def on_page(**said: object) -> Callable[[Pdf], object]:
    return lambda made: [setattr(made.pages[0].obj, name, value) for name, value in said.items()]


def in_names(made: Pdf) -> None:
    script = Dictionary(S=Name.JavaScript, JS="app.alert(1)")
    made.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array(["x", made.make_indirect(script)])))


def attached(made: Pdf) -> None:
    made.attachments["x.exe"] = b"MZ"


def with_form(made: Pdf) -> None:
    made.Root.AcroForm = Dictionary(XFA=Stream(made, b"<xdp/>"), Fields=Array([]))


def alone(made: Pdf) -> None:
    """An action that no page leads to."""
    made.Root.Hidden = made.make_indirect(Dictionary(S=Name.Launch, F="calc.exe"))


def annotated(**said: object) -> Callable[[Pdf], object]:
    note = Dictionary(Type=Name.Annot, Rect=Array([0, 0, 1, 1]), **said)
    return lambda made: setattr(made.pages[0].obj, "Annots", Array([note]))


ACTIVE: dict[str, bytes] = {
    "a script at the opening": pdf(acting(S=Name.JavaScript, JS="app.alert(1)")),
    "a program at the opening": pdf(acting(S=Name.Launch, F="calc.exe")),
    "another file at the opening": pdf(acting(S=Name.GoToR, F="\\\\evil\\share")),
    "an action of a page": pdf(on_page(AA=Dictionary(O=Dictionary(S=Name.Named, N=Name.Print)))),
    "a script among the names": pdf(in_names),
    "a file inside": pdf(attached),
    "a form of another kind": pdf(with_form),
    "a program that nothing leads to": pdf(alone),
    "a form that is sent away": pdf(
        annotated(Subtype=Name.Link, A=Dictionary(S=Name.SubmitForm, F="http://x"))
    ),
    "a film": pdf(annotated(Subtype=Name.RichMedia)),
    "a script packed with other objects": pdf(in_names, object_stream_mode=pikepdf.ObjectStreamMode.generate),
}
