//! Sigma of two threads, from the turns of `scaling`, as Markdown.

use crate::scaling::{Row, Turn};
use tonnage_measure::statistics::{mean, median};

/// The most of both cores that others may have, and what the machine below takes with it.
const MOST_OF_OTHERS: f64 = 0.05;

/// Rates of one round; none of a turn that others disturbed.
struct Round {
    /// Of one core, the mean of both.
    alone: Option<f64>,
    processes: Option<f64>,
    threads: Option<f64>,
}

impl Round {
    fn of(rows: &[&Row]) -> Self {
        let quiet = |row: &&&Row| row.others_share + row.stolen_share <= MOST_OF_OTHERS;
        let rate = |turn| Some(rows.iter().filter(quiet).find(|row| row.turn == turn)?.events_per_second);
        let both_cores = || Some(f64::midpoint(rate(Turn::FirstCore)?, rate(Turn::SecondCore)?));
        Self { alone: both_cores(), processes: rate(Turn::TwoProcesses), threads: rate(Turn::TwoThreads) }
    }

    /// The sigma with which two processes do so much: `X(2) = 2 X(1) / (1 + sigma)`.
    fn by_cores(&self) -> Option<f64> {
        Some(2.0 * self.alone? / self.processes? - 1.0)
    }

    /// The same of two threads, against two processes.
    fn by_runtime(&self) -> Option<f64> {
        Some(self.processes? / self.threads? - 1.0)
    }

    /// The same of two threads, against one.
    fn of_both(&self) -> Option<f64> {
        Some(2.0 * self.alone? / self.threads? - 1.0)
    }
}

/// Prints sigma of each runtime and work, as Markdown.
pub fn print(rows: &[Row]) {
    println!(
        "| client | work | two processes, events/s | two threads | sigma by the runtime | by the cores | of both |"
    );
    println!("| --- | --- | ---: | ---: | --- | --- | --- |");
    let mut keys: Vec<(&str, &str)> = rows.iter().map(|row| (&*row.runtime, &*row.condition)).collect();
    keys.sort_unstable();
    keys.dedup();
    for (runtime, condition) in keys {
        let own = rows.iter().filter(|row| row.runtime == runtime && row.condition == condition);
        let mut rounds: Vec<Vec<&Row>> = Vec::new();
        for row in own {
            match rounds.last_mut() {
                Some(last) if last[0].round == row.round => last.push(row),
                _ => rounds.push(vec![row]),
            }
        }
        let rounds: Vec<Round> = rounds.iter().map(|rows| Round::of(rows)).collect();
        let all = |of: &dyn Fn(&Round) -> Option<f64>| rounds.iter().filter_map(of).collect::<Vec<f64>>();
        let rate = |of: &dyn Fn(&Round) -> Option<f64>| match all(of) {
            rates if rates.is_empty() => "none".to_string(),
            rates => format!("{:.0}", median(&rates)),
        };
        println!(
            "| `{runtime}` | {condition} | {} | {} | {} | {} | {} |",
            rate(&|it| it.processes),
            rate(&|it| it.threads),
            range(&all(&Round::by_runtime)),
            range(&all(&Round::by_cores)),
            range(&all(&Round::of_both)),
        );
    }
}

/// The mean, what two standard errors on each side leave open, and of how many.
fn range(values: &[f64]) -> String {
    let Some(mean) = mean(values.iter().copied()) else { return "none".to_string() };
    let squares: f64 = values.iter().map(|it| (it - mean).powi(2)).sum();
    let count = values.len() as f64;
    let error = (squares / (count - 1.0).max(1.0) / count).sqrt();
    format!("{mean:.3} ({:.3} to {:.3}) of {count}", mean - 2.0 * error, mean + 2.0 * error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scaling::TURNS;

    #[test]
    fn sigma_is_what_two_lack() {
        let round = Round { alone: Some(100.0), processes: Some(160.0), threads: Some(125.0) };
        let told = [round.by_cores(), round.by_runtime(), round.of_both()];
        // 200 / 160 - 1, 160 / 125 - 1, 200 / 125 - 1.
        for (told, sigma) in told.into_iter().zip([0.25, 0.28, 0.6]) {
            assert!((told.unwrap() - sigma).abs() < 1e-12, "{told:?}");
        }
        // 1, 2, 3: mean 2, standard deviation 1, error 1 / sqrt(3) = 0.577.
        assert_eq!(range(&[1.0, 2.0, 3.0]), "2.000 (0.845 to 3.155) of 3");
    }

    #[test]
    fn turns_count_where_they_were_quiet() {
        let row = |turn, others_share| Row {
            runtime: String::new(),
            condition: String::new(),
            event_bytes: 0,
            round: 1,
            turn,
            started: String::new(),
            seconds: 1.0,
            events_per_second: 100.0,
            cores_used: 1.0,
            others_share,
            stolen_share: 0.0,
            versions: String::new(),
            machine: String::new(),
        };
        let quiet = TURNS.map(|turn| row(turn, 0.0));
        assert_eq!(Round::of(&quiet.iter().collect::<Vec<_>>()).of_both(), Some(1.0));
        let loud = TURNS.map(|turn| row(turn, if turn == Turn::SecondCore { 0.2 } else { 0.0 }));
        let round = Round::of(&loud.iter().collect::<Vec<_>>());
        assert_eq!((round.by_runtime(), round.of_both()), (Some(0.0), None));
    }
}
