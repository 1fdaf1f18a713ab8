//! A process and all that it started: what they use of CPU and memory, by /proc.

use nix::unistd::{SysconfVar, sysconf};
use std::collections::HashMap;

/// Why CPU time could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// The process is gone, or /proc is not what it should be.
    #[error("/proc tells nothing of process {0}")]
    Gone(i32),
    /// The unit of CPU time is not known.
    #[error("the system does not tell how long a clock tick is")]
    Tick,
}

/// What /proc/PID/stat says.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Stat {
    process: i32,
    zombie: bool,
    parent: i32,
    group: i32,
    /// CPU time of its threads, ended ones too, and of the children that it has waited for.
    ticks: u64,
}

impl Stat {
    fn read(process: i32) -> Option<Self> {
        Self::parse(process, &std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?)
    }

    fn parse(process: i32, text: &str) -> Option<Self> {
        // The command's name may hold spaces and parentheses; the state, the third field, follows its last one.
        let fields: Vec<&str> = text.rsplit_once(") ")?.1.split_whitespace().collect();
        let field = |number: usize| fields.get(number - 3).copied();
        let ticks = (14..=17).map(|number| field(number)?.parse::<u64>().ok()).sum::<Option<u64>>()?;
        Some(Self {
            process,
            zombie: matches!(field(3)?, "Z" | "X"),
            parent: field(4)?.parse().ok()?,
            group: field(5)?.parse().ok()?,
            ticks,
        })
    }
}

/// `root`, its descendants, and what is left of the process group that it leads, each read once.
fn tree(root: i32) -> Vec<Stat> {
    let names = std::fs::read_dir("/proc").into_iter().flatten().flatten().map(|entry| entry.file_name());
    let stats: Vec<Stat> = names.filter_map(|name| Stat::read(name.to_str()?.parse().ok()?)).collect();
    let mut children: HashMap<i32, Vec<Stat>> = HashMap::new();
    for stat in &stats {
        children.entry(stat.parent).or_default().push(*stat);
    }
    let mut found: Vec<Stat> =
        stats.into_iter().filter(|stat| stat.process == root || stat.group == root).collect();
    let mut next = 0;
    while let Some(stat) = found.get(next) {
        for child in children.get(&stat.process).into_iter().flatten() {
            if !found.iter().any(|known| known.process == child.process) {
                found.push(*child);
            }
        }
        next += 1;
    }
    found
}

/// `root`, its descendants, and what is left of the process group that it leads, as far as they live.
pub fn descendants(root: i32) -> Vec<i32> {
    tree(root).iter().filter(|stat| !stat.zombie).map(|stat| stat.process).collect()
}

/// Whether a process lives: one that has ended but was not waited for does not.
pub fn lives(process: i32) -> bool {
    Stat::read(process).is_some_and(|stat| !stat.zombie)
}

/// CPU time of `root` and its descendants, s, to a clock tick: with threads that have ended, and with processes
/// that were waited for. What is left where no control group can be made.
pub fn used_seconds(root: i32) -> Result<f64, ProcessError> {
    let per_second = match sysconf(SysconfVar::CLK_TCK) {
        Ok(Some(ticks)) if ticks > 0 => ticks as f64,
        _ => return Err(ProcessError::Tick),
    };
    let stats = tree(root);
    if !stats.iter().any(|stat| stat.process == root) {
        return Err(ProcessError::Gone(root));
    }
    Ok(stats.iter().map(|stat| stat.ticks).sum::<u64>() as f64 / per_second)
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
    use std::io::{BufRead, BufReader};
    use std::os::unix::process::CommandExt;

    #[test]
    fn a_child_is_found_and_uses_memory() {
        let mut child = std::process::Command::new("sleep").arg("5").spawn().unwrap();
        let here = std::process::id() as i32;
        assert!(descendants(here).contains(&(child.id() as i32)));
        assert!(lives(child.id() as i32));
        assert!(pss_mib(&[here]) > 0.1);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!lives(child.id() as i32));
    }

    #[test]
    fn children_that_ended_count_and_a_process_that_is_gone_is_an_error() {
        // The work is done in a subshell, which has ended and was waited for when "done" is said.
        let script = "(i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done); echo done; sleep 20";
        let mut child = std::process::Command::new("sh")
            .args(["-c", script])
            .process_group(0)
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let root = child.id() as i32;
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(used_seconds(root).unwrap() > 0.03, "{:?}", used_seconds(root));
        nix::sys::signal::killpg(nix::unistd::Pid::from_raw(root), nix::sys::signal::SIGKILL).unwrap();
        child.wait().unwrap();
        assert!(matches!(used_seconds(root), Err(ProcessError::Gone(gone)) if gone == root));
    }

    #[test]
    fn names_of_commands_may_hold_anything() {
        let text = "7 (a) b (c) S 3 5 5 0 -1 4194560 1 0 0 0 10 20 30 40 20 0 1 0 99";
        let expected = Stat { process: 7, zombie: false, parent: 3, group: 5, ticks: 100 };
        assert_eq!(Stat::parse(7, text), Some(expected));
        assert_eq!(Stat::parse(7, "7 (a) S 3"), None);
    }
}
