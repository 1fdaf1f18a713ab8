//! Whether partitions are handled in parallel, where that and not how many events are in flight decides.

use crate::blank::Blank;
use crate::decide::answer::DependsOn;
use crate::decide::depends_on::{Asking, to_ask};
use crate::decide::known::Known;
use crate::problem::Problem;
use crate::runtime::Concurrency;
use crate::workload::Workload;

impl Asking<'_, '_> {
    /// What is asked, by `concurrency` where that is blank, consumers have more events in flight than one each, and it is not how many
    /// but whether partitions are handled in parallel that decides.
    pub(super) fn by_concurrency(
        &self,
        problem: &Problem<'_>,
        known: &Known<'_>,
        asked: DependsOn,
    ) -> DependsOn {
        let of_in_flight = |column: &str| column == Blank::InFlight.word();
        let counts = of_in_flight(asked.column) || asked.given.iter().any(|it| of_in_flight(it.column));
        let Workload { concurrency, ref topic, .. } = *problem.workload;
        if !counts || concurrency.is_some() || topic.partitions.is_none() || !problem.works_on_several() {
            return asked;
        }
        let mut workload = problem.workload.clone();
        workload.blanks.set(Blank::Concurrency, false);
        workload.concurrency = Some(Concurrency::Partition);
        match Problem::new(&workload, problem.current, problem.current_machine) {
            Ok(parallel) if known.admits(&self.at(&parallel).1) && self.open(&parallel).is_none() => {
                DependsOn::either(Blank::Concurrency.word(), to_ask(asked), self.to_run(&parallel))
            }
            _ => asked,
        }
    }
}
