//! Cells that hold neither a number nor a name of the catalog, into the fields of a workload.

use super::imports::kubernetes::quantity::quantity as of_pods;
use super::nearest::plain;
use super::number::{LONGEST_SECONDS, MOST};
use super::quantity;
use tonnage_model::machine::Purchase;
use tonnage_model::names::NameOf;
use tonnage_model::runtime::Concurrency;
use tonnage_model::scenario::pool::resources::Resources;
use tonnage_model::units::MIB;
use tonnage_model::workload::{CatchUp, Commit, HourlyRates, Workload};

/// Puts a text into its field; `None` where it is not allowed there.
pub type Set = fn(&mut Workload, &str) -> Option<()>;

/// Any text.
pub fn put(place: &mut Option<String>, text: &str) -> Option<()> {
    *place = Some(text.to_owned());
    Some(())
}

/// A name in Kafka or the cluster.
pub fn name_of(w: &mut Workload, of: NameOf, text: &str) -> Option<()> {
    w.names.set(of, text);
    is_name(text)
}

fn is_name(text: &str) -> Option<()> {
    (!text.contains(char::is_control)).then_some(())
}

/// Its own name.
pub fn name(w: &mut Workload, text: &str) -> Option<()> {
    w.name = text.to_owned();
    is_name(text)
}

/// How machines are paid for, with a blank or nothing for a hyphen too.
pub fn purchase(w: &mut Workload, text: &str) -> Option<()> {
    w.purchase = Some(purchase_of(text)?);
    Some(())
}

/// The purchase that a text means.
pub fn purchase_of(text: &str) -> Option<Purchase> {
    let bare = |word: &str| plain(word).replace('_', "");
    Purchase::WORDS.iter().find(|(word, _)| bare(word) == bare(text)).map(|(_, purchase)| *purchase)
}

/// When offsets are committed.
pub fn commit(w: &mut Workload, text: &str) -> Option<()> {
    w.commit = Commit::of_word(text)?;
    Some(())
}

/// Who holds events in flight.
pub fn concurrency(w: &mut Workload, text: &str) -> Option<()> {
    w.concurrency = Some(Concurrency::of_word(text)?);
    Some(())
}

/// Factors by language, each once.
pub fn spikes(w: &mut Workload, text: &str) -> Option<()> {
    let spike = |word: &str| {
        let (language, times_less) = word.split_once(':')?;
        Some((language.to_owned(), quantity::number(times_less).filter(|it| *it > 0.0 && *it <= MOST)?))
    };
    w.spikes = text.split_whitespace().map(spike).collect::<Option<_>>()?;
    let is_twice = |(at, (name, _)): (usize, &(String, f64))| w.spikes[..at].iter().any(|(it, _)| it == name);
    (!w.spikes.iter().enumerate().any(is_twice)).then_some(())
}

/// An outage and the time to drain its backlog.
pub fn catch_up(w: &mut Workload, text: &str) -> Option<()> {
    let (outage, drain) = text.split_once('/')?;
    let [outage_seconds, drain_seconds] = [quantity::duration(outage)?, quantity::duration(drain)?];
    w.catch_up = Some(CatchUp { outage_seconds, drain_seconds });
    let is_allowed = |seconds| (0.0..=LONGEST_SECONDS).contains(&seconds);
    (is_allowed(outage_seconds) && is_allowed(drain_seconds) && drain_seconds > 0.0).then_some(())
}

/// CPU and memory of a pod beside the consumer's own: `100m/128Mi`. Less than a MiB is a number without its unit.
pub fn sidecars(w: &mut Workload, text: &str) -> Option<()> {
    let (cores, bytes) = text.split_once('/')?;
    let (cores, bytes) = (of_pods(cores.trim())?, of_pods(bytes.trim())?);
    w.sidecars = requested(cores, bytes);
    (cores <= MOST && bytes <= MOST * MIB && (bytes == 0.0 || bytes >= MIB)).then_some(())
}

/// The same as it is written; nothing where nothing is requested.
pub fn of_sidecars(cores: f64, bytes: f64) -> Option<String> {
    let it = requested(cores, bytes);
    (it != Resources::default()).then(|| format!("{}m/{}Mi", it.millicores, it.mebibytes))
}

fn requested(cores: f64, bytes: f64) -> Resources {
    // A little less, so that rounding never makes a whole number one more.
    let whole = |amount: f64| (amount * (1.0 - 1e-12)).ceil() as u64;
    Resources { millicores: whole(1000.0 * cores), mebibytes: whole(bytes / MIB), ..Resources::default() }
}

/// 24 rates, none of them negative and not all 0.
pub fn hourly(w: &mut Workload, text: &str) -> Option<()> {
    let rates: Vec<f64> = text.split_whitespace().map(quantity::count).collect::<Option<_>>()?;
    let rates: [f64; 24] = rates.try_into().ok()?;
    w.outlook.hourly = Some(HourlyRates(rates));
    (rates.iter().all(|&rate| rate >= 0.0) && rates.iter().any(|&rate| rate > 0.0)).then_some(())
}
