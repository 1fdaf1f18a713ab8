//! Times counted in buckets whose width is under 1 % of them.

/// Buckets to a doubling, as a power of two.
const BITS: u32 = 7;
const MANTISSA: u32 = 52;
/// Times below this, s, are counted as this.
const LEAST: f64 = 1e-9;
/// Doublings from there: up to 10^9 s.
const DOUBLINGS: usize = 60;

/// Counts of times.
#[derive(Debug, Clone)]
pub struct Histogram {
    counts: Vec<u64>,
    total: u64,
    sum: f64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: vec![0; DOUBLINGS << BITS], total: 0, sum: 0.0 }
    }
}

fn bucket_of(seconds: f64) -> usize {
    let shift = MANTISSA - BITS;
    let index = (seconds.max(LEAST).to_bits() >> shift) - (LEAST.to_bits() >> shift);
    (index as usize).min((DOUBLINGS << BITS) - 1)
}

fn begin_of(bucket: usize) -> f64 {
    let shift = MANTISSA - BITS;
    f64::from_bits(((LEAST.to_bits() >> shift) + bucket as u64) << shift)
}

impl Histogram {
    /// Counts a time, s.
    #[inline]
    pub fn add(&mut self, seconds: f64) {
        self.counts[bucket_of(seconds)] += 1;
        self.total += 1;
        self.sum += seconds;
    }

    /// These and others.
    pub fn with(&self, others: &Self) -> Self {
        let counts = self.counts.iter().zip(&others.counts).map(|(one, other)| one + other).collect();
        Self { counts, total: self.total + others.total, sum: self.sum + others.sum }
    }

    /// How many were counted.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Their mean, s; 0 of none.
    pub fn mean(&self) -> f64 {
        if self.total == 0 { 0.0 } else { self.sum / self.total as f64 }
    }

    /// The time that a share of all do not exceed, s, even within a bucket; 0 of none.
    pub fn quantile(&self, share: f64) -> f64 {
        let wanted = share * self.total as f64;
        let mut below = 0.0;
        for (bucket, &count) in self.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let count = count as f64;
            if below + count >= wanted {
                let (begin, end) = (begin_of(bucket), begin_of(bucket + 1));
                return begin + (end - begin) * ((wanted - below) / count).max(0.0);
            }
            below += count;
        }
        0.0
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.counts.fill(0);
        (self.total, self.sum) = (0, 0.0);
    }
}
