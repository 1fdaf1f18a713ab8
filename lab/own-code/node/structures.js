// Building and walking nested structures: a tree of departments and what they sell.

import * as checksum from "./checksum.js";

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

// What is below a record, the largest first.
function build(record, childrenOf) {
  const children = (childrenOf.get(record.id) ?? []).map((child) => build(child, childrenOf));
  children.sort((a, b) => b.total - a.total || compare(a.name, b.name));
  const total = children.reduce((sum, child) => sum + child.total, record.amount);
  return { name: record.name, total, children };
}

// A copy in which the children below `least` are one.
function prune(node, least) {
  const children = [];
  let rest = 0;
  for (const child of node.children) {
    if (child.total >= least) {
      children.push(prune(child, least));
    } else {
      rest += child.total;
    }
  }
  if (rest > 0) {
    children.push({ name: "other", total: rest, children: [] });
  }
  return { name: node.name, total: node.total, children };
}

// Adds the total of each path to `totals`, and returns how deep the tree is.
function addUp(node, above, depth, totals) {
  const path = `${above}/${node.name}`;
  totals.set(path, (totals.get(path) ?? 0) + node.total);
  let deepest = depth;
  for (const child of node.children) {
    deepest = Math.max(deepest, addUp(child, path, depth + 1, totals));
  }
  return deepest;
}

export function run(rows, iterations) {
  const records = rows.map(([id, parent, name, amount]) => ({
    id: Number(id), parent: Number(parent), name, amount: Number(amount),
  }));
  let result = 0;
  let totals = new Map();
  for (let i = 0; i < iterations; i++) {
    const childrenOf = new Map();
    for (const record of records) {
      if (!childrenOf.has(record.parent)) {
        childrenOf.set(record.parent, []);
      }
      childrenOf.get(record.parent).push(record);
    }
    const pruned = prune(build(records[0], childrenOf), 20 + (i % 50));
    totals = new Map();
    const deepest = addUp(pruned, "", 1, totals);
    result = checksum.add(result, deepest + totals.size);
    let weighed = 0;
    for (const [path, total] of totals) {
      weighed += path.length * total;
    }
    result = checksum.add(result, weighed);
  }
  return checksum.add(result, checksum.ofText([...totals.keys()].sort().join("\n")));
}
