//! A run in which the consumer is never held: what it takes is waiting time, which holding it would make longer. It is
//! spoilt by what can be seen of its surroundings, never by what came of it.

use super::{CONSUMER_CPU, Measured, Run, note};
use anyhow::Result;
use std::time::{Duration, Instant};
use tonnage_measure::core_time::CoreTime;
use tonnage_measure::sample::Sample;
use tonnage_measure::stretch::Stretch;

/// The most of its core that others may have: what the machine below it takes, and other work on it.
const MOST_STOLEN: f64 = 0.01;
const MOST_OF_OTHERS: f64 = 0.05;
/// The 99th percentile of the generator's lateness at most, ms.
const LATEST: f64 = 5.0;
/// Reports between two looks at memory, which stop the consumer for a moment.
const MEMORY_EVERY: usize = 8;

impl Run<'_> {
    /// Lets it run.
    pub(super) fn settle(&mut self, time: Duration) -> Result<()> {
        let begin = Instant::now();
        while begin.elapsed() < time {
            self.next()?;
        }
        Ok(())
    }

    /// The stretch, without kernels: those run before the events come and after they are all handled.
    pub(super) fn watch(&mut self, seconds: f64) -> Result<Measured> {
        let from = self.next()?;
        let core = CoreTime::now(CONSUMER_CPU)?;
        let mut to = from;
        let mut peak_memory: f64 = 0.0;
        for report in 1.. {
            to = self.next()?;
            if report % MEMORY_EVERY == 0 {
                peak_memory = peak_memory.max(self.consumer.pss_mib());
            }
            if Stretch::between(&from, &to).seconds >= seconds {
                break;
            }
        }
        let core = Some(CoreTime::now(CONSUMER_CPU)?.since(core));
        let stretch = Stretch::between(&from, &to);
        Ok(Measured { from, to, stretch, kernels: Vec::new(), peak_memory, core })
    }
}

/// Rejects a sample whose surroundings were not what its condition says. How fast the core was before and after says little of the
/// minute between, in which it changes many times: that only stays in the note.
pub(super) fn reject_what_was_spoilt(sample: &mut Sample, core: CoreTime) {
    sample.accepted = true;
    let others = ((core.busy - sample.cpu_seconds) / sample.seconds).max(0.0);
    let stolen = core.stolen / sample.seconds;
    (sample.stolen_share, sample.others_share) = (Some(stolen), Some(others));
    let signs = [
        (stolen > MOST_STOLEN, format!("{:.1} % of its core was stolen", 100.0 * stolen)),
        (others > MOST_OF_OTHERS, format!("others had {:.1} % of its core", 100.0 * others)),
    ];
    for (_, sign) in signs.iter().filter(|(spoilt, _)| *spoilt) {
        sample.accepted = false;
        note(sample, sign);
    }
    reject_what_came_late(sample);
}

/// Rejects a sample whose events did not come when they were due.
pub(super) fn reject_what_came_late(sample: &mut Sample) {
    if let Some(late) = sample.lateness_p99_ms.filter(|late| *late > LATEST) {
        sample.accepted = false;
        note(sample, &format!("the generator was {late:.1} ms late"));
    }
}
