"""Files inside a PDF: bytes that go along with what is printed, under names of their own."""

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFStream, PDFString
from reportlab.pdfgen.canvas import Canvas


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file to go along.

    Attributes:
        name: ASCII, as the reader saves it.
        media_type: of its bytes, ``application/json`` for example.
        says: one sentence on what it is, shown beside the name.
    """

    name: str
    data: bytes
    media_type: str
    says: str


def attach_files(canvas: Canvas, files: Sequence[AttachedFile]) -> None:
    """Put files into the document under way; they carry no time, so the same files give the same bytes."""
    if not files:
        return
    document = canvas._doc  # noqa: SLF001 - the canvas has no other way to the catalogue of its document
    listed = []
    # A name tree is sorted by its names.
    for file in sorted(files, key=lambda one: one.name):
        listed += [
            PDFString(file.name),
            document.Reference(_named(document.Reference(_embedded(file)), file)),
        ]
    tree = PDFDictionary({"Names": PDFArray(listed)})
    document.Catalog.Names = PDFDictionary({"EmbeddedFiles": document.Reference(tree)})


def _embedded(file: AttachedFile) -> PDFStream:
    about = {
        "Type": PDFName("EmbeddedFile"),
        # Written out, since reportlab leaves a slash inside a name as it is.
        "Subtype": "/" + file.media_type.replace("/", "#2F"),
        "Params": PDFDictionary({"Size": len(file.data)}),
    }
    return PDFStream(PDFDictionary(about), file.data)


def _named(embedded: object, file: AttachedFile) -> PDFDictionary:
    return PDFDictionary(
        {
            "Type": PDFName("Filespec"),
            "F": PDFString(file.name),
            "UF": PDFString(file.name),
            "Desc": PDFString(file.says),
            "EF": PDFDictionary({"F": embedded, "UF": embedded}),
        }
    )
