"""The drawing: every state and step is in it, nothing overlaps, nothing runs and nothing is fetched."""

import xml.etree.ElementTree as ET  # our own text is parsed, not a stranger's
from itertools import combinations

import pytest

from registry.workflows import versions
from registry.workflows.definition import Definition, parse
from registry.workflows.drawing import draw, steps
from registry.workflows.drawing.layout import CHARACTER, lay_out
from registry.workflows.models.counting import Count, Counted

LONGEST = 500


def definition_of(text: str) -> Definition:
    definition, findings = parse(text)
    assert definition is not None, findings
    return definition


def long_one() -> str:
    """A chain of the most states that are allowed, with a way back from each."""
    head = 'id = "long"\nversion = 1\ntitle = { ru = "Длинный" }\nsubject = "thing"\n'
    parts = []
    for number in range(LONGEST):
        kind = {0: "start", LONGEST - 1: "end"}.get(number, "step")
        parts.append(f'[states.s{number}]\ntitle = {{ ru = "Состояние {number}" }}\nkind = "{kind}"\n')
    for number in range(LONGEST - 1):
        parts.append(f'[transitions.t{number}]\ntitle = {{ ru = "Шаг" }}\nfrom = ["s{number}"]\n')
        parts.append(f'to = "s{number + 1}"\nby = ["system"]\n')
        parts.append(f'[transitions.b{number}]\ntitle = {{ ru = "Назад" }}\nfrom = ["s{number}"]\n')
        parts.append('to = "s0"\nby = ["system"]\n')
    return head + "".join(parts)


DRAWN = [*versions.shipped().values(), long_one()]
NAMES = [*versions.shipped(), "the longest allowed"]


@pytest.mark.parametrize("text", DRAWN, ids=NAMES)
def test_every_state_and_step_is_drawn_within_the_picture(text: str):
    definition = definition_of(text)
    layout = lay_out(definition, "ru")
    assert {box.state.id for box in layout.boxes} == {state.id for state in definition.states}
    assert len(layout.arrows) == sum(len(step.sources) for step in definition.transitions)
    for box in layout.boxes:
        assert 0 <= box.x < box.x + box.width <= layout.width
        assert 0 <= box.y < box.y + box.height <= layout.height
        assert max(len(words) for words in box.words) * CHARACTER <= box.width
    for arrow in layout.arrows:
        assert all(0 <= x <= layout.width and 0 <= y <= layout.height for x, y in arrow.points)


@pytest.mark.parametrize("text", DRAWN[:-1], ids=NAMES[:-1])
def test_no_box_covers_another_and_no_arrow_crosses_a_box(text: str):
    layout = lay_out(definition_of(text), "ru")
    for one, two in combinations(layout.boxes, 2):
        apart = one.x + one.width <= two.x or two.x + two.width <= one.x
        assert apart or one.y + one.height <= two.y or two.y + two.height <= one.y
    for arrow in layout.arrows:
        for (x1, y1), (x2, y2) in zip(arrow.points, arrow.points[1:], strict=False):
            for box in layout.boxes:
                beside = max(x1, x2) <= box.x or min(x1, x2) >= box.x + box.width
                assert beside or max(y1, y2) <= box.y or min(y1, y2) >= box.y + box.height


def test_words_of_arrows_never_share_a_place():
    for text in versions.shipped().values():
        arrows = lay_out(definition_of(text), "ru").arrows
        assert len({arrow.y for arrow in arrows}) == len(arrows)


def test_the_svg_is_well_formed_and_carries_no_style_script_or_address():
    for text in versions.shipped().values():
        svg = draw(definition_of(text), "ru", Counted({"collecting": Count(12, 3)}))
        ET.fromstring(svg)  # noqa: S314 - made a line above
        assert " style=" not in svg
        assert "<script" not in svg
        assert svg.count("http") == 1  # the name space


def test_a_title_of_angle_brackets_does_no_harm():
    text = versions.shipped()["roster-review.toml"].replace("На проверке", "<img src=x>&'")
    svg = draw(definition_of(text), "en")
    ET.fromstring(svg)  # noqa: S314 - made a line above
    assert "<img" not in svg


def test_the_number_of_cases_and_of_overdue_ones_stands_in_its_state():
    text = versions.shipped()["roster-review.toml"]
    assert ">1234<" in draw(definition_of(text), "ru", Counted({"in_review": Count(1234)}))
    assert ">1234<tspan" in draw(definition_of(text), "ru", Counted({"in_review": Count(1234, 7)}))
    assert "⚠ 7<" in draw(definition_of(text), "ru", Counted({"in_review": Count(1234, 7)}))
    assert "wf-count" not in draw(definition_of(text), "ru")


def test_the_list_says_the_same_as_the_drawing():
    definition = definition_of(versions.shipped()["roster-review.toml"])
    review = next(place for place in steps(definition, "ru") if place.id == "in_review")
    assert [(way.title, way.target) for way in review.ways] == [
        ("Принять список", "Принят, можно отменить"),
        ("Отменить загрузку", "Отменён"),
    ]
    assert [line.then for line in review.deadlines] == ["cancel"]
