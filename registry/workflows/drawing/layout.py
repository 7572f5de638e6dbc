"""Where everything stands: states in rows below each other, arrows in the channels between the rows.

An arrow leaves its box below and runs along a line of its own in the channel under the row. When it goes
to the next row it ends there; otherwise it climbs or falls in a lane to the right of all boxes and comes
back in the channel above its target. So an arrow never crosses a box, and no two words share a line.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from registry.workflows.definition import Definition, State
from registry.workflows.drawing.channels import Channels, Edge, Line, dig, edges_of, rows_of

CHARACTER = 8.6
"""Width in pixels that a character takes at 15 pixels' height, a wide one rather than the mean."""
WRAP = 24
BOX_LINE = 20
BOX_MARGIN = 14
PORT = 16
GAP = 36
EDGE = 24
CHANNEL_EDGE = 18
CHANNEL_LINE = 22
LANE = 14
LIFT = 5


@dataclass(frozen=True, slots=True)
class Box:
    """A state's place: left upper corner, size, and the lines of its title."""

    state: State
    x: float
    y: float
    width: float
    height: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Arrow:
    """A transition's line as corner points, and the place of its words (middle, base line)."""

    words: str
    points: tuple[tuple[float, float], ...]
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole drawing in pixels."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """What arrows are drawn on: the boxes, where they touch them, and the lanes on the right.

    Attributes:
        bottoms: the lower side of each row; of row -1, where the channel above the first row begins.
        leaving: where each arrow leaves its source.
        coming: where the arrows of a transition (its name, the target) enter.
        lanes: the lane of each transition that needs one.
    """

    boxes: Mapping[str, Box]
    bottoms: Mapping[int, float]
    leaving: Mapping[Edge, float]
    coming: Mapping[tuple[str, str], float]
    lanes: Mapping[str, float]

    def height_of(self, line: Line) -> float:
        """How far down a line of a channel runs."""
        channel, number = line
        return self.bottoms[channel] + CHANNEL_EDGE + (number + 0.7) * CHANNEL_LINE


def lay_out(definition: Definition, language: str) -> Layout:
    """Place the states and arrows of a checked definition."""
    edges = edges_of(definition, language)
    rows = rows_of(definition, edges)
    channels = dig(edges, rows)
    sizes = {state.id: _size(state, language, edges) for state in definition.states}
    ground = _ground(_boxes(rows, sizes, channels), edges, channels)
    arrows = tuple(_arrow(edge, ground, channels) for edge in edges)
    right = [box.x + box.width for box in ground.boxes.values()]
    right += [arrow.x + _half(arrow.words) for arrow in arrows] + list(ground.lanes.values())
    lowest = max(ground.bottoms)
    height = ground.bottoms[lowest] + _height(channels, lowest)
    return Layout(max(right) + EDGE, height + EDGE, tuple(ground.boxes.values()), arrows)


def wrap(text: str) -> tuple[str, ...]:
    """Break words into lines of a box; one long word stays whole."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) <= WRAP or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)


def _size(state: State, language: str, edges: list[Edge]) -> Box:
    words = wrap(state.title.get(language, state.title["ru"]))
    leaving = sum(edge.source == state.id for edge in edges)
    coming = len({edge.transition for edge in edges if edge.target == state.id})
    text = max(len(line) for line in words) * CHARACTER + 2 * BOX_MARGIN
    # One line more than the title has, for the number of cases.
    height = (len(words) + 1) * BOX_LINE + BOX_MARGIN
    return Box(state, 0, 0, max(text, PORT * (max(leaving, coming) + 1)), height, words)


def _height(channels: Channels, channel: int) -> float:
    count = channels.counts.get(channel, 0)
    return 2 * CHANNEL_EDGE + count * CHANNEL_LINE if count else 0


def _boxes(rows: list[list[str]], sizes: Mapping[str, Box], channels: Channels) -> dict[str, Box]:
    widths = [sum(sizes[name].width for name in row) + GAP * (len(row) - 1) for row in rows]
    boxes, y = {}, EDGE + _height(channels, -1)
    for level, row in enumerate(rows):
        x = EDGE + (max(widths) - widths[level]) / 2
        height = max(sizes[name].height for name in row)
        for name in row:
            size = sizes[name]
            boxes[name] = Box(size.state, x, y, size.width, height, size.words)
            x += size.width + GAP
        y += height + _height(channels, level)
    return boxes


def _ground(boxes: Mapping[str, Box], edges: list[Edge], channels: Channels) -> Ground:
    bottoms = {channels.levels[name]: box.y + box.height for name, box in boxes.items()}
    right = max(box.x + box.width for box in boxes.values()) + EDGE
    leaving: dict[Edge, float] = {}
    coming: dict[tuple[str, str], float] = {}
    for name, box in boxes.items():
        out = [edge for edge in edges if edge.source == name]
        leaving |= dict(zip(out, _ports(box, len(out)), strict=True))
        into = list(dict.fromkeys((edge.transition, name) for edge in edges if edge.target == name))
        coming |= dict(zip(into, _ports(box, len(into)), strict=True))
    lanes = {name: right + number * LANE for number, name in enumerate(channels.above)}
    return Ground(boxes, {-1: EDGE, **bottoms}, leaving, coming, lanes)


def _ports(box: Box, count: int) -> list[float]:
    """Where arrows touch a box: spread evenly over its width."""
    return [box.x + box.width * (number + 1) / (count + 1) for number in range(count)]


def _arrow(edge: Edge, ground: Ground, channels: Channels) -> Arrow:
    source, target = ground.boxes[edge.source], ground.boxes[edge.target]
    out, into = ground.leaving[edge], ground.coming[edge.transition, edge.target]
    turn = ground.height_of(channels.below[edge])
    across = into
    way = [(out, source.y + source.height), (out, turn)]
    if channels.far(edge):
        across = ground.lanes[edge.transition]
        back = ground.height_of(channels.above[edge.transition])
        way += [(across, turn), (across, back), (into, back)]
    else:
        way.append((into, turn))
    middle = max((out + across) / 2, EDGE + _half(edge.words))
    return Arrow(edge.words, (*way, (into, target.y)), middle, turn - LIFT)


def _half(words: str) -> float:
    return len(words) * CHARACTER / 2
