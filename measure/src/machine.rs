//! What the machine says of itself.

/// Processor, CPUs and kernel, as far as /proc tells.
pub fn describe() -> String {
    let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = cpuinfo.lines().find(|line| line.split(':').next().is_some_and(|key| key.trim() == name));
        line.and_then(|line| line.split_once(':')).map_or("unknown", |(_, value)| value.trim()).to_string()
    };
    // Not what this process may use: it may be pinned to one.
    let cpus = cpuinfo.lines().filter(|line| line.starts_with("processor")).count();
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!(
        "{} family {} model {}, {cpus} vCPUs, Linux {}",
        field("model name"),
        field("cpu family"),
        field("model"),
        release.trim(),
    )
}
