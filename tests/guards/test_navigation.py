"""What the home page says of each room reads alike."""

from registry.app import load_pages
from registry.web import navigation


def test_each_room_is_told_of_in_whole_sentences():
    load_pages()
    told = {one.endpoint: one.about for one in navigation._entries.values()}  # noqa: SLF001 - all of them
    assert len(told) > 10
    assert [endpoint for endpoint, about in told.items() if not about.endswith(".")] == []
