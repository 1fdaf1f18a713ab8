//! The rows of every command's result, for the reference pages and for tests that hold output against them.

use super::column::{Column, Heading, Show, Unit};
use super::{
    backtest, calibrate, contradicted, crossings, diff, explain, failures, fit, hours, machines, milestones,
    month_rows, pipelines, plan, pools, prices, replay, runtimes, sensitivity, simulate, sweep,
};

/// One kind of rows of a command's result.
pub struct Rows {
    /// The command.
    pub command: &'static str,
    /// Name of the rows in JSON.
    pub name: &'static str,
    /// Their columns.
    pub headings: Vec<Heading>,
}

fn rows<R>(command: &'static str, name: &'static str, columns: Vec<Column<R>>) -> Rows {
    let for_data = |heading: &Heading| !matches!(heading.show, Show::Table(_));
    let headings = columns.into_iter().map(|column| column.heading).filter(for_data).collect();
    Rows { command, name, headings }
}

impl Rows {
    /// The same with what a report that is held against today's figures adds to its first rows.
    fn checked(mut self) -> Self {
        self.headings.push(contradicted::CONTRADICTION);
        self
    }
}

/// All rows, in the order of the commands; the first kind of a command is what CSV and JSON lines have.
pub fn results() -> Vec<Rows> {
    vec![
        rows("plan", "decisions", plan::decision_columns::columns()),
        rows("plan", "plans", plan::plans::columns()),
        rows("plan", "totals", plan::by_runtime::columns()),
        rows("plan", "options", plan::options::columns()),
        rows("plan --unit pods, --pool shared", "workloads", pools::rows::share_columns()).checked(),
        rows("plan --unit pods, --pool shared", "pools", pools::rows::columns()),
        rows("plan --unit pods, --pool shared", "findings", pools::findings::columns()),
        rows("plan --unit pods, --pool shared", "decisions", pools::rows::decision_columns()),
        rows("plan", "consumers", pipelines::columns()),
        rows("plan", "pipelines", pipelines::pipeline_columns()),
        rows("plan", "options", pipelines::option_columns()),
        rows("plan", "hops", pipelines::hop_columns()),
        rows("diff", "changes", diff::change::columns()),
        rows("diff", "causes", diff::cause::columns()),
        rows("diff", "totals", diff::totals::columns()),
        rows("explain", "steps", explain::step_columns()).checked(),
        rows("explain", "answers", explain::answer_columns()),
        rows("explain", "rivals", explain::rival_columns()),
        rows("explain", "sensitivity", sensitivity::swing_columns()),
        rows("explain, sweep, failures, hours", "contradicted", contradicted::columns()),
        rows("sweep --over months", "months", month_rows::columns()).checked(),
        rows("sweep --over months", "milestones", milestones::columns()),
        rows("sweep --over io_ratio", "intervals", crossings::columns()).checked(),
        rows("sweep --over peak_factor", "points", sweep::columns()).checked(),
        rows("sweep --over peak_factor", "changes", sweep::change_columns()),
        rows("failures", "scenarios", failures::columns()).checked(),
        rows("failures", "retries", failures::retry_columns()),
        rows("failures", "poison_messages", failures::poison_columns()),
        rows("simulate", "simulations", simulate::columns()).checked(),
        rows("simulate", "lag", simulate::look_columns()),
        rows("hours", "supplies", hours::columns()).checked(),
        rows("hours", "days", hours::day_columns()),
        rows("hours --history", "replays", replay::columns()),
        rows("calibrate", "calibrations", calibrate::columns()),
        rows("calibrate --history", "backtests", backtest::columns()),
        rows("calibrate --history", "hours", backtest::hour_columns()),
        rows("fit", "figures", runtimes::figure_columns()),
        rows("fit", "fits", fit::columns()),
        rows("catalog runtimes", "runtimes", runtimes::columns()),
        rows("catalog runtimes NAME", "figures", runtimes::figure_columns()),
        rows("catalog machines", "machines", machines::columns()),
        rows("catalog prices", "prices", prices::columns()),
    ]
}

/// The unit that CSV and JSON have a column's numbers in.
pub fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Word | Unit::Count | Unit::Events | Unit::Number | Unit::Ratio => "",
        Unit::Usd => "USD",
        Unit::UsdPerHour => "USD an hour",
        Unit::Seconds | Unit::Span => "seconds",
        Unit::Memory | Unit::EventSize => "bytes",
        Unit::BitRate => "bits a second",
        Unit::Rate => "a second",
        Unit::PerDay => "a day",
        Unit::Share => "a share of 1",
        Unit::Months => "months",
    }
}
