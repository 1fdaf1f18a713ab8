//! Building and walking nested structures: a tree of departments and what they sell.

use crate::checksum;
use anyhow::bail;
use std::collections::HashMap;

struct Record {
    id: i64,
    parent: i64,
    name: String,
    amount: i64,
}

struct Node {
    name: String,
    total: i64,
    children: Vec<Node>,
}

/// What is below a record, the largest first.
fn build(record: &Record, children_of: &HashMap<i64, Vec<&Record>>) -> Node {
    let records = children_of.get(&record.id).map_or(&[][..], Vec::as_slice);
    let mut children: Vec<Node> = records.iter().map(|child| build(child, children_of)).collect();
    children.sort_by(|a, b| b.total.cmp(&a.total).then_with(|| a.name.cmp(&b.name)));
    let total = record.amount + children.iter().map(|child| child.total).sum::<i64>();
    Node { name: record.name.clone(), total, children }
}

/// A copy in which the children below `least` are one.
fn prune(node: &Node, least: i64) -> Node {
    let mut children = vec![];
    let mut rest = 0;
    for child in &node.children {
        if child.total >= least {
            children.push(prune(child, least));
        } else {
            rest += child.total;
        }
    }
    if rest > 0 {
        children.push(Node { name: "other".to_owned(), total: rest, children: vec![] });
    }
    Node { name: node.name.clone(), total: node.total, children }
}

/// Adds the total of each path to `totals`, and returns how deep the tree is.
fn add_up(node: &Node, above: &str, depth: i64, totals: &mut HashMap<String, i64>) -> i64 {
    let path = format!("{above}/{}", node.name);
    let mut deepest = depth;
    for child in &node.children {
        deepest = deepest.max(add_up(child, &path, depth + 1, totals));
    }
    *totals.entry(path).or_insert(0) += node.total;
    deepest
}

fn read(row: &[&str]) -> anyhow::Result<Record> {
    let &[id, parent, name, amount] = row else { bail!("a record has four fields") };
    Ok(Record { id: id.parse()?, parent: parent.parse()?, name: name.to_owned(), amount: amount.parse()? })
}

pub fn run(rows: &[Vec<&str>], iterations: usize) -> anyhow::Result<i64> {
    let records = rows.iter().map(|row| read(row)).collect::<anyhow::Result<Vec<_>>>()?;
    let mut result = 0;
    let mut totals = HashMap::new();
    for i in 0..iterations {
        let mut children_of: HashMap<i64, Vec<&Record>> = HashMap::new();
        for record in &records {
            children_of.entry(record.parent).or_default().push(record);
        }
        let pruned = prune(&build(&records[0], &children_of), 20 + i as i64 % 50);
        totals = HashMap::new();
        let deepest = add_up(&pruned, "", 1, &mut totals);
        result = checksum::add(result, deepest + totals.len() as i64);
        let weighed = totals.iter().map(|(path, total)| path.chars().count() as i64 * total).sum();
        result = checksum::add(result, weighed);
    }
    let mut paths: Vec<&str> = totals.keys().map(String::as_str).collect();
    paths.sort_unstable();
    Ok(checksum::add(result, checksum::of_text(&paths.join("\n"))))
}
