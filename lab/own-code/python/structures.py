"""Building and walking nested structures: a tree of departments and what they sell."""

from __future__ import annotations

from dataclasses import dataclass

import checksum


@dataclass
class Record:
    id: int
    parent: int
    name: str
    amount: int


@dataclass
class Node:
    name: str
    total: int
    children: list[Node]


def build(record: Record, children_of: dict[int, list[Record]]) -> Node:
    """What is below a record, the largest first."""
    children = [build(child, children_of) for child in children_of.get(record.id, [])]
    children.sort(key=lambda child: (-child.total, child.name))
    return Node(record.name, record.amount + sum(child.total for child in children), children)


def prune(node: Node, least: int) -> Node:
    """A copy in which the children below `least` are one."""
    children = [prune(child, least) for child in node.children if child.total >= least]
    rest = sum(child.total for child in node.children if child.total < least)
    if rest > 0:
        children.append(Node("other", rest, []))
    return Node(node.name, node.total, children)


def add_up(node: Node, above: str, depth: int, totals: dict[str, int]) -> int:
    """Adds the total of each path to `totals`, and returns how deep the tree is."""
    path = f"{above}/{node.name}"
    totals[path] = totals.get(path, 0) + node.total
    deepest = depth
    for child in node.children:
        deepest = max(deepest, add_up(child, path, depth + 1, totals))
    return deepest


def run(rows: list[list[str]], iterations: int) -> int:
    records = [Record(int(id), int(parent), name, int(amount)) for id, parent, name, amount in rows]
    result = 0
    totals: dict[str, int] = {}
    for i in range(iterations):
        children_of: dict[int, list[Record]] = {}
        for record in records:
            children_of.setdefault(record.parent, []).append(record)
        pruned = prune(build(records[0], children_of), 20 + i % 50)
        totals = {}
        deepest = add_up(pruned, "", 1, totals)
        result = checksum.add(result, deepest + len(totals))
        result = checksum.add(result, sum(len(path) * total for path, total in totals.items()))
    return checksum.add(result, checksum.of_text("\n".join(sorted(totals))))
