//! The time that lines of a bill are of.

use std::collections::BTreeMap;

/// Times from a second on to another, since 1970.
#[derive(Debug, Default)]
pub struct Span(BTreeMap<i64, i64>);

impl Span {
    /// Takes the time of a line.
    pub fn add(&mut self, [start, end]: [i64; 2]) {
        let known = self.0.entry(start).or_insert(end);
        *known = end.max(*known);
    }

    /// Where the first begins and the last ends, if there is any.
    pub fn ends(&self) -> Option<[i64; 2]> {
        Some([*self.0.keys().next()?, *self.0.values().max()?])
    }

    /// Hours that any of them is of.
    pub fn hours(&self) -> f64 {
        let mut seconds = 0;
        let mut until = i64::MIN;
        for (start, end) in &self.0 {
            seconds += (end - start.max(&until)).max(0);
            until = until.max(*end);
        }
        seconds as f64 / 3600.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_count_once() {
        let mut span = Span::default();
        // 0 to 2 h, 1 to 3 h, 1 to 2 h, and 5 to 6 h: 3 h and 1 h.
        for time in [[3600, 7200], [0, 7200], [3600, 10_800], [18_000, 21_600]] {
            span.add(time);
        }
        assert_eq!((span.hours(), span.ends()), (4.0, Some([0, 21_600])));
    }
}
