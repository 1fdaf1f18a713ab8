//! CPU time of a whole process tree, to the nanosecond, from a control group of its own.

use std::io;
use std::path::{Path, PathBuf};

/// Where control groups are mounted.
const MOUNT: &str = "/sys/fs/cgroup";

/// A control group that counts, and may limit, the CPU of the processes in it. Removed when dropped.
#[derive(Debug)]
pub struct CpuGroup {
    version: Version,
}

#[derive(Debug)]
enum Version {
    /// One hierarchy for counting and one for limiting.
    One {
        counting: PathBuf,
        limiting: PathBuf,
    },
    Two {
        group: PathBuf,
    },
}

/// What went wrong with a control group.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}", path.display())]
pub struct CpuGroupError {
    path: PathBuf,
    source: io::Error,
}

impl CpuGroup {
    /// A new group of this name, below the mount of either version.
    pub fn create(name: &str) -> Result<Self, CpuGroupError> {
        let mount = Path::new(MOUNT);
        let version = if mount.join("cpuacct").is_dir() {
            Version::One {
                counting: make(mount.join("cpuacct").join(name))?,
                limiting: make(mount.join("cpu").join(name))?,
            }
        } else {
            Version::Two { group: make(mount.join(name))? }
        };
        Ok(Self { version })
    }

    /// The files that a process writes its id into to join.
    pub fn doors(&self) -> Vec<PathBuf> {
        self.folders().into_iter().map(|folder| folder.join("cgroup.procs")).collect()
    }

    fn folders(&self) -> Vec<&Path> {
        match &self.version {
            // Both controllers may be mounted at one place.
            Version::One { counting, limiting } if same(counting, limiting) => vec![counting],
            Version::One { counting, limiting } => vec![counting, limiting],
            Version::Two { group } => vec![group],
        }
    }

    /// CPU time of all processes that are or were in the group, s.
    pub fn used_seconds(&self) -> Result<f64, CpuGroupError> {
        match &self.version {
            Version::One { counting, .. } => {
                let path = counting.join("cpuacct.usage");
                let nanoseconds: f64 = number(&read(&path)?, &path)?;
                Ok(nanoseconds / 1e9)
            }
            Version::Two { group } => {
                let path = group.join("cpu.stat");
                let text = read(&path)?;
                let usage = text.lines().find_map(|line| line.strip_prefix("usage_usec "));
                let microseconds: f64 = number(usage.unwrap_or_default(), &path)?;
                Ok(microseconds / 1e6)
            }
        }
    }

    /// The processes in the group now.
    pub fn processes(&self) -> Result<Vec<i32>, CpuGroupError> {
        let folders = self.folders();
        let path = folders[0].join("cgroup.procs");
        read(&path)?.lines().map(|line| number(line, &path)).collect()
    }

    /// Lets the group use at most this many cores, by quota in periods of 100 ms.
    pub fn limit_cores(&self, cores: f64) -> Result<(), CpuGroupError> {
        let quota = (cores * 100_000.0).round() as u64;
        match &self.version {
            Version::One { limiting, .. } => {
                write(&limiting.join("cpu.cfs_period_us"), "100000")?;
                write(&limiting.join("cpu.cfs_quota_us"), &quota.to_string())
            }
            Version::Two { group } => write(&group.join("cpu.max"), &format!("{quota} 100000")),
        }
    }
}

impl Drop for CpuGroup {
    fn drop(&mut self) {
        for folder in self.folders() {
            // A process stays in it for a moment after it has ended. Nothing can be done about one that lives.
            for _ in 0..20 {
                if std::fs::remove_dir(folder).is_ok() || !folder.exists() {
                    break;
                }
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
        }
    }
}

fn same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

fn make(path: PathBuf) -> Result<PathBuf, CpuGroupError> {
    match std::fs::create_dir_all(&path) {
        Ok(()) => Ok(path),
        Err(source) => Err(CpuGroupError { path, source }),
    }
}

fn read(path: &Path) -> Result<String, CpuGroupError> {
    std::fs::read_to_string(path).map_err(|source| CpuGroupError { path: path.into(), source })
}

fn write(path: &Path, text: &str) -> Result<(), CpuGroupError> {
    std::fs::write(path, text).map_err(|source| CpuGroupError { path: path.into(), source })
}

fn number<T: std::str::FromStr>(text: &str, path: &Path) -> Result<T, CpuGroupError> {
    text.trim().parse().map_err(|_| CpuGroupError {
        path: path.into(),
        source: io::Error::new(io::ErrorKind::InvalidData, format!("{text:?} is not a number")),
    })
}
