"""The square code (QR) as a picture for a page."""

import io

import segno


def square_svg(text: str) -> str:
    """Draw a square code as SVG that stands in a page: black on white whatever the page's colours are."""
    made = io.BytesIO()
    square = segno.make_qr(text, error="m")
    square.save(made, kind="svg", scale=5, dark="#000", light="#fff", xmldecl=False, svgns=True, nl=False)
    return made.getvalue().decode()
