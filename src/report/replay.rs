//! A measured series replayed: pods that follow nothing, CPU, the rate or lag.

use super::Report;
use super::column::{Column, Value, columns};
use super::document::Document;
use super::figures::{amount, percent, plural, rate, significant, span, usd, whole};
use super::pools::export::Pod;
use super::pools::findings::beside_today;
use super::records::Records;
use tonnage_model::scenario::replay::autoscaler::{Metric, Rule};
use tonnage_model::scenario::replay::study::{Follows, Goal, LATE_SHARE, Study, Tried};

/// A workload's pods in a replay.
pub struct Replayed<'p, 's, 'f, 'a> {
    /// The pods.
    pub pod: &'p Pod<'s, 'f, 'a>,
    /// What came of each way to run them.
    pub study: Study,
    /// Hours of the series.
    pub hours: f64,
    /// Events that came.
    pub events: f64,
    /// How long a step of it is, s.
    pub step_seconds: f64,
    /// Samples that were missing, and stand on the straight line between their neighbors.
    pub bridged: usize,
    /// Where longer gaps were, which stretch between them was replayed.
    pub cut: Option<String>,
}

/// One way to run a workload's pods.
pub struct ReplayRow<'r, 'p, 's, 'f, 'a> {
    of: &'r Replayed<'p, 's, 'f, 'a>,
    tried: &'r Tried,
}

/// The report on the replays of some workloads.
pub struct ReplayReport<'p, 's, 'f, 'a> {
    replayed: Vec<Replayed<'p, 's, 'f, 'a>>,
    /// Workloads that were not replayed, and why.
    left_out: Vec<String>,
    /// What is assumed of starting and rebalancing.
    delays: String,
}

/// Columns of `replays`.
#[rustfmt::skip]
pub fn columns<'r, 'p, 's, 'f, 'a>() -> Vec<Column<ReplayRow<'r, 'p, 's, 'f, 'a>>> {
    columns! { ReplayRow<'r, 'p, 's, 'f, 'a>, it;
        "workload" ["workload" Word Grouped], "Workload" => it.of.pod.workload();
        "follows" ["follows" Word Always], "What the number of pods follows: `nothing`, `cpu`, `rate` or `lag`" =>
            Value::from(follows(it.tried.follows)).best_if(it.is_best());
        "per_pod" ["for a pod" Word Table(1)], "What is wanted for a pod" => it.target();
        "cpu_utilization", "CPU that is wanted for a pod, a share of its request" => it.rule().and_then(|rule| match rule.metric {
            Metric::Cpu(cores) => Some(cores / it.of.pod.request_cores()),
            _ => None,
        });
        "events_per_second_per_pod", "Events/s that are wanted for a pod" => it.rule().and_then(|rule| match rule.metric {
            Metric::Rate(rate) => Some(rate),
            _ => None,
        });
        "lag_per_pod", "Lag that is wanted for a pod, events" => it.rule().and_then(|rule| match rule.metric {
            Metric::Lag(lag) => Some(lag),
            _ => None,
        });
        "pods" ["pods" Word Table(0)], "Fewest and most pods that ran" => it.pods();
        "least_pods", "Fewest pods that ran" => it.tried.outcome.least_pods;
        "most_pods", "Most pods that ran" => it.tried.outcome.most_pods;
        "mean_pods", "Pods on average, those that start included" => it.tried.outcome.mean_pods;
        "min_replicas", "Fewest pods allowed" => it.rule().map(|rule| rule.least);
        "max_replicas", "Most pods allowed" => it.rule().map(|rule| rule.most);
        "window_seconds", "Time for which fewer pods have to do before one goes" => it.rule().map(|rule| rule.window_seconds);
        "usd_per_month" ["$/month" Usd Always], "Bill, USD a month: the pods' part of the pool by pods on average" =>
            Value::from(it.tried.usd_per_month).best_if(it.is_best());
        "saves_usd_per_month" ["saves" Usd Rank(3)], "Less than the planned pods at any time, USD a month" =>
            it.of.fixed().usd_per_month - it.tried.usd_per_month;
        "worst_lag_events" ["worst lag" Count Rank(2)], "Events that waited at most" => it.tried.outcome.most_waiting;
        "worst_wait_seconds" ["worst wait" Span Always], "Longest that an event waited for pods" => it.tried.outcome.longest_wait_seconds;
        "over_goal_seconds" ["over goal" Span Always], "Time in which the oldest event had waited longer than the goal" =>
            it.tried.outcome.late_seconds;
        "late_share", "Share of all events that waited longer than the goal" => it.tried.outcome.late_events / it.of.events;
        "scalings" ["scalings" Count Always], "How often the number of pods changed" => it.tried.outcome.scalings;
        "drained_seconds" ["outage drained" Span Rank(1)],
            "From the end of an outage at the busiest time until nothing waits; empty where that is not within the series" =>
            it.tried.drained_seconds.filter(|seconds| seconds.is_finite());
        "keeps_goal" ["keeps" Word Table(0)], "Whether it keeps the goal" => match it.tried.keeps {
            true => Value::from("yes"),
            false => Value::from("no").bad(),
        };
        "keeps", "Whether it keeps the goal, over which it is no longer than the planned pods at any time, with at most 48 scalings a day" => it.tried.keeps;
        "is_best", "Whether it is the best that keeps the goal: of bills within cost_tolerance of the cheapest the one with fewest scalings; where none keeps it, the one with fewest late events" => it.is_best();
        "goal_seconds", "How long 99 % of all events may wait" => it.of.study.goal.wait_seconds;
        "goal_given", "Whether the workload gives that" => it.of.study.goal.is_given;
    }
}

impl ReplayRow<'_, '_, '_, '_, '_> {
    fn rule(&self) -> Option<Rule> {
        self.tried.rule
    }

    fn is_best(&self) -> bool {
        std::ptr::eq(self.tried, self.of.study.best())
    }

    fn pods(&self) -> String {
        let (least, most) = (self.tried.outcome.least_pods, self.tried.outcome.most_pods);
        if least == most { whole(most as f64) } else { format!("{least}-{most}") }
    }

    fn target(&self) -> Option<String> {
        self.rule().map(|rule| target(rule.metric, self.of.pod.request_cores()))
    }
}

/// What is wanted for a pod, in words.
pub fn target(metric: Metric, request_cores: f64) -> String {
    match metric {
        Metric::Cpu(cores) => format!("{} of request", percent(cores / request_cores)),
        Metric::Rate(of) => rate(of),
        Metric::Lag(lag) => amount(lag, "event"),
    }
}

/// The word for what pods follow.
pub fn follows(it: Follows) -> &'static str {
    match it {
        Follows::Nothing => "nothing",
        Follows::Cpu => "cpu",
        Follows::Rate => "rate",
        Follows::Lag => "lag",
    }
}

/// What is to be kept, in words.
pub fn goal(it: &Goal) -> String {
    let drained = it.catch_up.map_or(String::new(), |goal| {
        format!(
            ", and an outage of {} at the busiest time is drained in {}",
            span(goal.outage_seconds),
            span(goal.drain_seconds)
        )
    });
    format!("{} of events wait {} at most{drained}", percent(1.0 - LATE_SHARE), span(it.wait_seconds))
}

impl<'p, 's, 'f, 'a> Replayed<'p, 's, 'f, 'a> {
    /// The planned pods at any time.
    fn fixed(&self) -> &Tried {
        &self.study.tried[0]
    }

    fn rows(&self) -> impl Iterator<Item = ReplayRow<'_, 'p, 's, 'f, 'a>> {
        self.study.tried.iter().map(|tried| ReplayRow { of: self, tried })
    }

    /// Why its bill is no answer.
    fn open(&self) -> Option<&'static str> {
        match self.study.best().keeps {
            false => Some("nothing keeps its goal"),
            true if !self.pod.has_verdict() => Some("there is no verdict yet on the pods to run"),
            true => None,
        }
    }

    /// What to do, and the figures that decide it.
    pub fn sentence(&self) -> String {
        let Study { goal: asked, peak_over_plan, .. } = &self.study;
        let (best, fixed) = (self.study.best(), self.fixed());
        let days = amount(self.hours / 24.0, "day");
        let lead = match best.rule {
            _ if !best.keeps => {
                format!("nothing keeps the goal over {days}; least is late with {}", self.told(best))
            }
            None => format!(
                "keep {} at any time: nothing that scales is cheaper without more time over the goal than their {} in {days}",
                self.told(best),
                span(fixed.outcome.late_seconds)
            ),
            Some(_) => format!(
                "{} keep the goal over {days} for {} instead of {} a month, with {}",
                self.told(best),
                usd(best.usd_per_month),
                usd(fixed.usd_per_month),
                plural(best.outcome.scalings, "scaling"),
            ),
        };
        let assumed = if asked.is_given { "" } else { " (p99_ms is not given)" };
        let busier = match *peak_over_plan > 1.05 {
            true => format!(
                " Its busiest {} has {} times the planned peak, as an import takes the 99th percentile of hours for that: \
                 peak_factor {} plans for it.",
                span(self.step_seconds),
                significant(*peak_over_plan),
                significant(self.pod.peak_factor() * peak_over_plan)
            ),
            false => String::new(),
        };
        format!("{lead}. Goal: {}{assumed}.{}{busier}", goal(asked), self.cheaper())
    }

    /// A cheaper way that keeps the goal too, and why it is not the best.
    fn cheaper(&self) -> String {
        let best = self.study.best();
        let keeping = self.study.tried.iter().filter(|it| best.keeps && it.keeps);
        let cheapest = keeping.min_by(|one, other| one.usd_per_month.total_cmp(&other.usd_per_month));
        match cheapest.filter(|it| usd(it.usd_per_month) != usd(best.usd_per_month)) {
            Some(it) => format!(
                " {} would cost {}, with {}; within cost_tolerance the fewest scalings decide.",
                self.told(it),
                usd(it.usd_per_month),
                plural(it.outcome.scalings, "scaling")
            ),
            None => String::new(),
        }
    }

    fn told(&self, tried: &Tried) -> String {
        let row = ReplayRow { of: self, tried };
        match tried.rule {
            None => plural(tried.outcome.most_pods, "pod"),
            Some(rule) => {
                let (allowed, ran) = (format!("{}-{}", rule.least, rule.most), row.pods());
                let ran = if ran == allowed { String::new() } else { format!("; {ran} ran") };
                let by = match tried.follows {
                    Follows::Cpu => "CPU",
                    other => follows(other),
                };
                let target = target(rule.metric, self.pod.request_cores());
                format!("{allowed} pods by {by} ({target} each{ran})")
            }
        }
    }
}

impl<'p, 's, 'f, 'a> ReplayReport<'p, 's, 'f, 'a> {
    /// The report; `left_out` says which workloads are not in it and why, `delays` what is assumed.
    pub fn new(replayed: Vec<Replayed<'p, 's, 'f, 'a>>, left_out: Vec<String>, delays: String) -> Self {
        Self { replayed, left_out, delays }
    }

    fn rows(&self) -> Vec<ReplayRow<'_, 'p, 's, 'f, 'a>> {
        self.replayed.iter().flat_map(Replayed::rows).collect()
    }

    /// The sum of those whose bill is an answer: it keeps the goal, and the pods are those to run.
    fn heading(&self) -> String {
        let counted: Vec<_> = self.replayed.iter().filter(|it| it.open().is_none()).collect();
        let workloads = plural(self.replayed.len() as u64, "workload");
        let open = match self.replayed.len() - counted.len() {
            0 => String::new(),
            _ if counted.is_empty() => return format!("{workloads} replayed, and none has an answer"),
            open => format!(", {open} without an answer and not counted"),
        };
        let best: f64 = counted.iter().map(|it| it.study.best().usd_per_month).sum();
        let fixed: f64 = counted.iter().map(|it| it.fixed().usd_per_month).sum();
        let saves = if fixed - best >= 0.5 {
            format!("{} less than the planned pods at any time", usd(fixed - best))
        } else {
            "as much as the planned pods at any time".to_owned()
        };
        let today = beside_today(best, counted.iter().map(|it| it.pod.today()), 0.0);
        let today = today.map_or_else(String::new, |it| format!(", {it}"));
        format!("{workloads} replayed{open}: {} a month, {saves}{today}", usd(best))
    }

    fn notes(&self) -> Vec<String> {
        let bridged = self.replayed.iter().filter(|it| it.bridged > 0).map(|it| {
            format!(
                "{}: {} missing, taken from the straight line between their neighbors.",
                it.pod.workload(),
                plural(it.bridged as u64, "sample")
            )
        });
        let cut = self.replayed.iter();
        let cut = cut.filter_map(|it| Some(format!("{}: {}.", it.pod.workload(), it.cut.as_ref()?)));
        let instead = self.replayed.iter();
        let instead = instead.filter_map(|it| Some(format!("{}: {}.", it.pod.workload(), it.pod.instead()?)));
        let open = self.replayed.iter();
        let open =
            open.filter_map(|it| Some(format!("Not counted: {}, as {}.", it.pod.workload(), it.open()?)));
        let is_by_lag = self.replayed.iter().any(|it| it.study.best().follows == Follows::Lag);
        let by_lag = is_by_lag.then(|| {
            "Pods that follow lag are as busy as can be: when a zone is lost, backlog grows until others have started. By CPU \
             and rate each pod has the headroom of the plan."
                .to_owned()
        });
        let notes = [
            self.delays.clone(),
            "Waiting is for pods that are not there yet or rebalance; queueing below what pods can do comes on top. A bill is \
             the mean number of pods times a pod's part of the nodes: it falls so far only where nodes come and go with pods."
                .to_owned(),
        ];
        self.left_out
            .iter()
            .cloned()
            .chain(open)
            .chain(instead)
            .chain(cut)
            .chain(bridged)
            .chain(by_lag)
            .chain(notes)
            .collect()
    }
}

impl Report for ReplayReport<'_, '_, '_, '_> {
    fn document(&self) -> Document {
        let mut document = Document::default();
        document.heading(self.heading());
        document.table(Records::of("replays", &columns(), &self.rows()).table());
        for it in &self.replayed {
            document.paragraph_on(it.pod.workload(), it.sentence());
        }
        document.list(self.notes());
        document.paragraph(
            "`tonnage export keda` with the same --history writes the best (*) of each that scales and keeps its goal as a \
             ScaledObject.",
        );
        document
    }

    fn records(&self) -> Vec<Records<'_>> {
        vec![Records::of("replays", &columns(), &self.rows()).into_owned()]
    }
}
