//! What a core did, from /proc/stat: to tell what a measurement shared it with.

use std::io;

/// Ticks of /proc/stat a second: USER_HZ, which Linux fixes at 100 on every architecture it shows to programs.
const TICKS_PER_SECOND: f64 = 100.0;

/// What one core has done since the machine started, s.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CoreTime {
    /// Working: user, nice, system and interrupts.
    pub busy: f64,
    /// Given to others by the machine below it.
    pub stolen: f64,
}

impl CoreTime {
    /// Of core `cpu`, now.
    pub fn now(cpu: usize) -> io::Result<Self> {
        let text = std::fs::read_to_string("/proc/stat")?;
        Self::read(&text, cpu).ok_or_else(|| io::Error::other(format!("/proc/stat has no line of cpu{cpu}")))
    }

    fn read(text: &str, cpu: usize) -> Option<Self> {
        let name = format!("cpu{cpu}");
        let line = text.lines().find(|line| line.split_whitespace().next() == Some(&name))?;
        let ticks: Vec<f64> = line.split_whitespace().skip(1).map_while(|cell| cell.parse().ok()).collect();
        // user nice system idle iowait irq softirq steal
        let [user, nice, system, _, _, irq, softirq, steal] = *ticks.first_chunk::<8>()?;
        Some(Self {
            busy: (user + nice + system + irq + softirq) / TICKS_PER_SECOND,
            stolen: steal / TICKS_PER_SECOND,
        })
    }

    /// What it did since an earlier moment.
    pub fn since(self, earlier: Self) -> Self {
        Self { busy: self.busy - earlier.busy, stolen: self.stolen - earlier.stolen }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_core_is_read_by_its_number() {
        let text = "cpu  9 9 9 9 9 9 9 9 0 0\ncpu1 100 20 30 400 5 6 44 50 0 0\ncpu10 1 1 1 1 1 1 1 1 0 0\n";
        let core = CoreTime::read(text, 1).unwrap();
        assert_eq!(core, CoreTime { busy: 2.0, stolen: 0.5 });
        assert_eq!(core.since(CoreTime { busy: 0.5, stolen: 0.25 }), CoreTime { busy: 1.5, stolen: 0.25 });
        assert_eq!(CoreTime::read(text, 2), None);
    }
}
