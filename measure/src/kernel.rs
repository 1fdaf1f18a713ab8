//! A fixed piece of work that says how fast a core is right now.
//!
//! The same work costs more CPU time while neighbours use the caches, the memory or the power of the same
//! chip, and nothing in the machine reports it; it changes within tenths of a second. Each sample is therefore
//! bracketed by this kernel, and a long one interleaved with it while the consumer is held. Its CPU time is
//! scaled to what the kernel costs on an undisturbed core, and a sample whose two halves disagree is rejected.

use crate::statistics::median;
use nix::time::{ClockId, clock_gettime};
use std::hint::black_box;

/// CPU time of the kernel that stands for a core of speed 1.0, ms: its median on an undisturbed EPYC Genoa
/// core with no second thread on it, the c7a of the list of machine types.
pub const REFERENCE_MS: f64 = 24.0;

/// The most that the brackets of a sample may differ, as a share of the smaller.
pub const MAX_BRACKET_GAP: f64 = 0.05;

const ROUNDS: u32 = 13;
const TABLE: usize = 1 << 16;
const STEPS: usize = 400_000;

/// Runs the kernel on the calling thread and returns the CPU time it took, ms.
///
/// A third each of what event handlers do: hashing text, following pointers through half a mebibyte, and
/// arithmetic with branches that cannot be foreseen.
pub fn run() -> Result<f64, nix::Error> {
    let before = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID)?;
    black_box(work(black_box(ROUNDS)));
    let after = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID)?;
    Ok(std::time::Duration::from(after).saturating_sub(before.into()).as_secs_f64() * 1000.0)
}

fn work(rounds: u32) -> u64 {
    let mut next: Vec<usize> = (0..TABLE).collect();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut step = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    // Sattolo's shuffle: one cycle through the whole table.
    for index in (1..TABLE).rev() {
        next.swap(index, (step() % index as u64) as usize);
    }
    let text: Vec<u8> = (0..8192).map(|_| (step() % 96 + 32) as u8).collect();
    let mut sum = 0_u64;
    let mut place = 0;
    for _ in 0..rounds {
        for _ in 0..12 {
            for byte in &text {
                sum = (sum ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
        }
        for _ in 0..STEPS / 2 {
            place = next[place];
        }
        for index in 0..STEPS / 4 {
            let value = step();
            sum = match value & 3 {
                0 => sum.wrapping_add(value),
                1 => sum ^ (value >> 3),
                2 => sum.rotate_left((index & 31) as u32),
                _ => sum.wrapping_sub(value | 1),
            };
        }
    }
    sum.wrapping_add(place as u64)
}

/// What the kernel took before and after a sample, or in its first and second half.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bracket {
    /// CPU time of the kernel before, ms.
    pub before_ms: f64,
    /// CPU time of the kernel after, ms.
    pub after_ms: f64,
}

impl Bracket {
    /// Of all runs of the kernel in the order of time, at least one: the median of the first half and of the
    /// second, which a burst of a neighbour's that one run happened to meet does not move; the run in the middle
    /// counts in both.
    pub fn of(runs_ms: &[f64]) -> Self {
        let half = runs_ms.len().div_ceil(2);
        Self { before_ms: median(&runs_ms[..half]), after_ms: median(&runs_ms[runs_ms.len() - half..]) }
    }

    /// How far the two are apart, as a share of the smaller.
    pub fn gap(self) -> f64 {
        (self.before_ms - self.after_ms).abs() / self.before_ms.min(self.after_ms)
    }

    /// Whether the core stayed the same through the sample, to within `max_gap`.
    pub fn holds(self, max_gap: f64) -> bool {
        self.gap() <= max_gap
    }

    /// CPU time at speed 1.0 over CPU time measured: what a sample's CPU time is multiplied by.
    pub fn scale(self) -> f64 {
        2.0 * REFERENCE_MS / (self.before_ms + self.after_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_work_never_changes() {
        assert_eq!(work(1), work(1));
        assert_ne!(work(1), work(2));
    }

    #[test]
    fn runs_are_halved() {
        assert_eq!(Bracket::of(&[1.0, 2.0, 6.0]), Bracket { before_ms: 1.5, after_ms: 4.0 });
        assert_eq!(Bracket::of(&[1.0, 9.0, 2.0, 5.0, 7.0, 6.0]), Bracket { before_ms: 2.0, after_ms: 6.0 });
    }

    #[test]
    fn brackets_scale_and_reject() {
        let slow = Bracket { before_ms: REFERENCE_MS * 1.25, after_ms: REFERENCE_MS * 1.25 };
        assert_eq!((slow.scale(), slow.holds(MAX_BRACKET_GAP)), (0.8, true));
        assert!(Bracket { before_ms: 100.0, after_ms: 104.9 }.holds(MAX_BRACKET_GAP));
        assert!(!Bracket { before_ms: 105.1, after_ms: 100.0 }.holds(MAX_BRACKET_GAP));
    }
}
