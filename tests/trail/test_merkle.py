import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import TamperedError
from registry.trail import merkle, tiles

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "merkle-proofs.json").read_text())
LEAVES = [merkle.leaf_hash(str(number).encode()) for number in range(1100)]


def b64(text: str | None):
    return base64.b64decode(text) if text else b""


def proof_of(case: dict):
    return [b64(step) for step in case["proof"] or []]


def refused(check: Callable[..., None], *arguments: object):
    try:
        check(*arguments)
    except TamperedError:
        return True
    return False


@pytest.mark.parametrize("case", VECTORS["inclusion"], ids=lambda case: case["name"])
def test_a_published_inclusion_proof_is_judged_as_published(case: dict):
    arguments = (b64(case["leafHash"]), case["leafIdx"], case["treeSize"], proof_of(case), b64(case["root"]))
    assert refused(merkle.verify_inclusion, *arguments) == case["wantErr"]


@pytest.mark.parametrize("case", VECTORS["consistency"], ids=lambda case: case["name"])
def test_a_published_consistency_proof_is_judged_as_published(case: dict):
    sizes, roots = (case["size1"], case["size2"]), (b64(case["root1"]), b64(case["root2"]))
    assert refused(merkle.verify_consistency, sizes, roots, proof_of(case)) == case["wantErr"]


def test_the_published_vectors_are_all_there():
    assert len(VECTORS["inclusion"]) + len(VECTORS["consistency"]) == 196


def test_hashes_are_those_of_the_standard():
    assert merkle.EMPTY_ROOT.hex().startswith("e3b0c442")
    assert merkle.leaf_hash(b"").hex().startswith("6e340b9c")
    assert merkle.leaf_hash(b"L123456").hex().startswith("395aa064")
    assert merkle.node_hash(b"N123", b"N456").hex().startswith("aa217fe8")


def check_all_pairs(most: int):
    node = merkle.nodes_of(LEAVES)
    roots = [merkle.root_of(size, node) for size in range(most + 1)]
    for new in range(1, most + 1):
        for old in range(1, new + 1):
            proof = merkle.consistency_proof(old, new, node)
            merkle.verify_consistency((old, new), (roots[old], roots[new]), proof)
            steps = merkle.inclusion_proof(old - 1, new, node)
            merkle.verify_inclusion(LEAVES[old - 1], old - 1, new, steps, roots[new])


def test_every_pair_of_small_trees_can_be_proved():
    check_all_pairs(64)


@pytest.mark.deep
def test_every_pair_of_trees_over_one_tile_can_be_proved():
    check_all_pairs(257)


def test_nothing_is_proved_from_an_empty_tree():
    root = merkle.root_of(4, merkle.nodes_of(LEAVES))
    assert refused(merkle.verify_consistency, (0, 4), (merkle.EMPTY_ROOT, root), [])
    with pytest.raises(ValueError, match="no consistency proof"):
        merkle.consistency_proof(0, 4, merkle.nodes_of(LEAVES))


sizes = st.integers(1, 300)


@given(sizes, st.data())
def test_a_changed_inclusion_proof_is_refused(size: int, data: st.DataObject):
    node = merkle.nodes_of(LEAVES)
    index = data.draw(st.integers(0, size - 1))
    proof, root = merkle.inclusion_proof(index, size, node), merkle.root_of(size, node)
    parts = [bytearray(part) for part in (LEAVES[index], *proof, root)]
    part = data.draw(st.integers(0, len(parts) - 1))
    parts[part][data.draw(st.integers(0, 31))] ^= 1 << data.draw(st.integers(0, 7))
    leaf, *steps, top = map(bytes, parts)
    assert refused(merkle.verify_inclusion, leaf, index, size, steps, top)


@given(sizes, st.data())
def test_a_changed_consistency_proof_is_refused(new: int, data: st.DataObject):
    node = merkle.nodes_of(LEAVES)
    old = data.draw(st.integers(1, new))
    roots = merkle.root_of(old, node), merkle.root_of(new, node)
    parts = [bytearray(part) for part in (*roots, *merkle.consistency_proof(old, new, node))]
    part = data.draw(st.integers(0, len(parts) - 1))
    parts[part][data.draw(st.integers(0, 31))] ^= 1 << data.draw(st.integers(0, 7))
    first, second, *steps = map(bytes, parts)
    assert refused(merkle.verify_consistency, (old, new), (first, second), steps)


@given(st.integers(0, 600), st.lists(st.integers(0, 500), max_size=4))
def test_a_tree_grown_in_any_batches_has_the_same_root_and_tiles(first: int, batches: list[int]):
    store = {}
    size = 0
    for count in [first, *batches]:
        edge = {tile: store[tile] for tile in tiles.edge_tiles(size)}
        grown = tiles.grow(size, edge, LEAVES[size : size + count])
        store |= grown.tiles
        size = grown.size
        assert grown.root == merkle.root_of(size, merkle.nodes_of(LEAVES))
    assert {tile: len(data) // 32 for tile, data in store.items()} == tiles.all_tiles(size)
    node = tiles.nodes_from_tiles(lambda level, number: store[level, number])
    assert merkle.root_of(size, node) == merkle.root_of(size, merkle.nodes_of(LEAVES))


def test_a_large_tree_has_the_tiles_of_the_specification():
    widths = tiles.all_tiles(70_000)
    assert sum(width == 256 for (level, _), width in widths.items() if level == 0) == 273
    assert (widths[0, 273], widths[1, 0], widths[1, 1], widths[2, 0]) == (112, 256, 17, 1)
    assert tiles.all_tiles(256) == {(0, 0): 256, (1, 0): 1}
    assert all(tiles.width_at(70_000, *tile) == width for tile, width in widths.items())


def test_tile_addresses_are_those_of_the_specification():
    assert tiles.tile_path(0, 1234067) == "0/x001/x234/067"
    assert tiles.tile_path(2, 0, 17) == "2/000.p/17"


def test_a_short_tile_is_named():
    with pytest.raises(TamperedError, match="0/0"):
        tiles.edge_root(3, {(0, 0): bytes(64)})
