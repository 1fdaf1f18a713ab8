//! A process and all that it started: what they use of CPU and memory, by /proc.

use std::collections::HashMap;

/// `root` and all its descendants that are alive.
pub fn descendants(root: i32) -> Vec<i32> {
    let mut children: HashMap<i32, Vec<i32>> = HashMap::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(process) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        if let Some(parent) = parent(process) {
            children.entry(parent).or_default().push(process);
        }
    }
    let mut found = vec![root];
    let mut next = 0;
    while let Some(&process) = found.get(next) {
        found.extend(children.get(&process).into_iter().flatten());
        next += 1;
    }
    found
}

fn parent(process: i32) -> Option<i32> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The command's name may hold spaces and parentheses; the state and the parent follow its last one.
    stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()
}

/// CPU time of the living threads of these processes, s: what is left where no control group can be made.
pub fn used_seconds(processes: &[i32]) -> f64 {
    let threads = processes.iter().flat_map(|process| {
        std::fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten()
    });
    let nanoseconds: f64 = threads
        .filter_map(|thread| {
            let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
            text.split(' ').next()?.parse::<f64>().ok()
        })
        .sum();
    nanoseconds / 1e9
}

/// Proportional set size of these processes, MiB: pages that several of them share are counted once.
pub fn pss_mib(processes: &[i32]) -> f64 {
    let kib: f64 = processes
        .iter()
        .filter_map(|process| {
            let text = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
            let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
            line.split_whitespace().next()?.parse::<f64>().ok()
        })
        .sum();
    kib / 1024.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_is_found_and_uses_memory() {
        let mut child = std::process::Command::new("sleep").arg("5").spawn().unwrap();
        let here = std::process::id() as i32;
        assert!(descendants(here).contains(&(child.id() as i32)));
        assert!(pss_mib(&[here]) > 0.1);
        assert!(used_seconds(&[here]) > 0.0);
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
