//! Whether more downstream calls are made today than what is called bears.

use crate::decide::baseline::{Scene, falls_behind};
use crate::decide::deployed::runs;
use crate::decide::suspects::Contradiction;
use crate::demand::downstream::DownstreamLoad;
use crate::demand::event::Today;
use crate::problem::Problem;
use crate::workload::Workload;
use std::borrow::Cow;

impl Scene<'_, '_> {
    /// That more calls are made on average than what is called bears, where those of an event are given.
    pub(super) fn beyond_limit(&self) -> Option<Contradiction> {
        let Problem { workload, today, .. } = *self.problem;
        let load = |it: &Workload| {
            let io_calls = it.io_calls? / f64::from(it.batch_size);
            DownstreamLoad::of(it, &Today { io_calls, ..today })
        };
        load(workload).filter(|_| runs(workload))?;
        let busy = |it: &DownstreamLoad| it.mean_calls_per_second / it.limit_per_second;
        let lenient = self.extreme(Cow::Borrowed(workload), |it| load(it).map_or(0.0, |it| busy(&it)));
        let load = load(&lenient).filter(|it| falls_behind(busy(it)))?;
        Some(Contradiction::Calls { mean: load.mean_calls_per_second, limit: load.limit_per_second })
    }
}
