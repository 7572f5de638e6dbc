"""A definition to look at: the drawing (SVG) and, beside it, the same as a list of steps."""

from registry.workflows.drawing.steps import Place, Way, steps
from registry.workflows.drawing.svg import draw

__all__ = ["Place", "Way", "draw", "steps"]
