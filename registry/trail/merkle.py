"""The Merkle tree of RFC 6962 and RFC 9162 over SHA-256: hashes, roots, proofs and their verification.

A tree is given as `Node`: a function that answers the hash of the complete subtree of ``2**level`` leaves
that begins at leaf ``index * 2**level``. Whether it comes from a list or from tiles is not known here.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

from registry.errors import N_, TamperedError

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()

Node = Callable[[int, int], bytes]


def leaf_hash(leaf: bytes) -> bytes:
    """Hash the bytes of a leaf."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two neighbouring subtrees into their parent."""
    return sha256(b"\x01" + left + right).digest()


def complete_root(hashes: Sequence[bytes]) -> bytes:
    """Root of a complete subtree, given its 1, 2, 4, ... hashes of one level."""
    while len(hashes) > 1:
        hashes = [node_hash(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]


def nodes_of(leaf_hashes: Sequence[bytes]) -> Node:
    """Stand a list of leaf hashes up as a tree (for small trees and tests)."""
    known: dict[tuple[int, int], bytes] = {}

    def node(level: int, index: int) -> bytes:
        if level == 0:
            return leaf_hashes[index]
        if (level, index) not in known:
            known[level, index] = node_hash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))
        return known[level, index]

    return node


def range_hash(begin: int, end: int, node: Node) -> bytes:
    """Hash leaves ``begin <= i < end`` as RFC 6962 does a subtree that begins there."""
    size = end - begin
    if size & (size - 1) == 0 and begin % size == 0:
        return node(size.bit_length() - 1, begin // size)
    middle = begin + _split(size)
    return node_hash(range_hash(begin, middle, node), range_hash(middle, end, node))


def root_of(size: int, node: Node) -> bytes:
    """Root of the tree of the first `size` leaves."""
    return range_hash(0, size, node) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """Hashes that lead from leaf `index` to the root of `size` leaves, the leaf's sibling first.

    Raises:
        ValueError: the leaf is not in the tree.
    """
    if not 0 <= index < size:
        message = f"no leaf {index} in a tree of {size}"
        raise ValueError(message)
    proof: list[bytes] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            proof.append(range_hash(middle, end, node))
            end = middle
        else:
            proof.append(range_hash(begin, middle, node))
            begin = middle
    return proof[::-1]


def consistency_proof(old: int, new: int, node: Node) -> list[bytes]:
    """Hashes that show the tree of `old` leaves to be the beginning of the tree of `new` leaves.

    Raises:
        ValueError: not ``0 < old <= new``: nothing can be proved from an empty tree.
    """
    if not 0 < old <= new:
        message = f"no consistency proof from {old} to {new} leaves"
        raise ValueError(message)
    proof: list[bytes] = []
    begin, end = 0, new
    while old != end:
        middle = begin + _split(end - begin)
        if old <= middle:
            proof.append(range_hash(middle, end, node))
            end = middle
        else:
            proof.append(range_hash(begin, middle, node))
            begin = middle
    if begin:
        # The old tree ends with a subtree that the verifier cannot know: it goes first.
        proof.append(range_hash(begin, end, node))
    return proof[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Hold that the leaf of this hash is number `index` of the tree (RFC 9162, 2.1.3.2).

    Raises:
        TamperedError: it is not.
    """
    if not 0 <= index < size or len(leaf) != HASH_SIZE:
        raise TamperedError(N_("Запись не входит в дерево журнала: номер или отпечаток не подходит."))
    position, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            raise TamperedError(N_("Доказательство вхождения записи в журнал длиннее пути в дереве."))
        if position & 1 or position == last:
            found = node_hash(step, found)
            position, last = _climb(position, last)
        else:
            found = node_hash(found, step)
        position, last = position >> 1, last >> 1
    if last or found != root:
        raise TamperedError(N_("Доказательство вхождения записи в журнал не сходится с корнем дерева."))


def verify_consistency(sizes: tuple[int, int], roots: tuple[bytes, bytes], proof: Sequence[bytes]) -> None:
    """Hold that the tree of the first size is the beginning of the second one (RFC 9162, 2.1.4.2).

    Equal sizes need equal roots and an empty proof; from an empty tree nothing can be proved.

    Raises:
        TamperedError: it is not, or the proof does not show it.
    """
    old, new = sizes
    if 0 < old == new and not proof and roots[0] == roots[1]:
        return
    if not 0 < old < new or not proof:
        raise TamperedError(N_("Доказательство неизменности журнала не подходит к размерам деревьев."))
    # A complete old tree is itself the first hash, so the proof leaves it out.
    steps = proof if old & (old - 1) else [roots[0], *proof]
    found = _climb_both(old, new, steps)
    if found != roots:
        raise TamperedError(N_("Доказательство неизменности журнала не сходится с корнями деревьев."))


def _climb_both(old: int, new: int, steps: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Rebuild both roots from the steps of a consistency proof."""
    position, last = _drop_ones(old - 1, new - 1)
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise TamperedError(N_("Доказательство неизменности журнала длиннее пути в дереве."))
        if position & 1 or position == last:
            first, second = node_hash(step, first), node_hash(step, second)
            position, last = _climb(position, last)
        else:
            second = node_hash(second, step)
        position, last = position >> 1, last >> 1
    if last:
        raise TamperedError(N_("Доказательство неизменности журнала короче пути в дереве."))
    return first, second


def _climb(position: int, last: int) -> tuple[int, int]:
    """Pass the levels where a right-edge node has no sibling."""
    while position and not position & 1:
        position, last = position >> 1, last >> 1
    return position, last


def _drop_ones(position: int, last: int) -> tuple[int, int]:
    """Pass the levels on which the old tree is complete."""
    while position & 1:
        position, last = position >> 1, last >> 1
    return position, last


def _split(size: int) -> int:
    """Largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1
