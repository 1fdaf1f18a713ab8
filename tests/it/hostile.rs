//! Whatever bytes come in, reading ends with workloads or with located mistakes, never with a panic.

use proptest::prelude::*;
use std::sync::LazyLock;
use tonnage::input::catalogs::machines;
use tonnage::input::catalogs::{embedded, lists};
use tonnage::input::diagnostic::{InputError, Source};
use tonnage::input::workloads::Reader;
use tonnage::input::{profiles, samples};
use tonnage_fit::cpu;
use tonnage_model::catalog::Catalog;
use tonnage_model::policy::Policy;
use tonnage_model::problem::RangeEnd;

const FLEET: &str = include_str!("../../examples/workloads.csv");
const ARTICLE: &str = include_str!("../../examples/article.toml");
const PROFILE: &str = include_str!("../../profiles/runtimes/published/go-kafka-go.toml");
const MACHINES: &str = "instance_type,vcpus,memory_gib,on_demand_usd_per_hour,vcpu_speed\na,4,16,0.2,0.8\n";

const SAMPLES: &str = include_str!("../../examples/monitoring.csv");

/// What people and editors do to files: cut, doubled, and with something put in.
fn mangled(text: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let bits = prop_oneof![
        Just(b"\"".to_vec()),
        Just(b",".to_vec()),
        Just(b"\n".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"[[workload]]".to_vec()),
        Just(b"1e300".to_vec()),
        Just(b"-1".to_vec()),
        Just(b"nan".to_vec()),
        Just("\u{e9}\u{1f6a2}".as_bytes().to_vec()),
        proptest::collection::vec(any::<u8>(), 0..4),
    ];
    let edit = (0..text.len(), 0usize..40, bits);
    proptest::collection::vec(edit, 1..6).prop_map(move |edits| {
        let mut bytes = text.as_bytes().to_vec();
        for (at, cut, bit) in edits {
            let at = at.min(bytes.len());
            let end = (at + cut).min(bytes.len());
            bytes.splice(at..end, bit);
        }
        bytes
    })
}

static CATALOG: LazyLock<Catalog> =
    LazyLock::new(|| Catalog { machines: lists::machines(), ..embedded::published().unwrap() });

fn located(error: &InputError, bytes: &[u8]) -> bool {
    let lines = bytes.iter().filter(|&&byte| byte == b'\n').count() + 1;
    match error {
        InputError::Invalid(all) => {
            !all.is_empty()
                && all.iter().all(|it| it.place.is_none_or(|place| place.line <= lines && place.column >= 1))
                && all.iter().all(|it| !it.message.contains(|c: char| c.is_control()))
        }
        InputError::Unreadable { .. } => false,
    }
}

fn workloads_are_read(bytes: &[u8], is_toml: bool) -> Result<(), TestCaseError> {
    match Reader::new(&CATALOG).read_bytes("file", bytes, is_toml) {
        Ok(workloads) => prop_assert!(!workloads.is_empty()),
        Err(error) => prop_assert!(located(&error, bytes), "{error}"),
    }
    Ok(())
}

#[test]
fn a_tab_in_a_column_is_shown_and_not_sent_to_the_terminal() {
    workloads_are_read(b"name,events_per_day,e\tvent_size,io_ratio\na,1M,1KB,0\n", false).unwrap();
}

proptest! {
    #![proptest_config(crate::random::cases(400))]

    #[test]
    fn csv_workloads(bytes in mangled(FLEET)) {
        workloads_are_read(&bytes, false)?;
    }

    #[test]
    fn toml_workloads(bytes in mangled(ARTICLE)) {
        workloads_are_read(&bytes, true)?;
    }

    #[test]
    fn noise(bytes in proptest::collection::vec(any::<u8>(), 0..200), is_toml in any::<bool>()) {
        workloads_are_read(&bytes, is_toml)?;
    }

    #[test]
    fn runtime_profiles(bytes in mangled(PROFILE)) {
        if let Err(error) = Source::new("file", &bytes).and_then(|source| profiles::read(source, &embedded::languages().unwrap())) {
            prop_assert!(located(&error, &bytes), "{error}");
        }
    }

    #[test]
    fn machine_lists(bytes in mangled(MACHINES)) {
        if let Err(error) = Source::new("file", &bytes).and_then(|source| machines::read(source, "2026-11-28")) {
            prop_assert!(located(&error, &bytes), "{error}");
        }
    }

    /// Whatever numbers are left make a fit of finite figures or a reason.
    #[test]
    fn measured_samples(bytes in mangled(SAMPLES)) {
        match Source::new("file", &bytes).and_then(samples::read) {
            Ok(file) => match cpu::fit(&file.of(None, true).samples, &mut Vec::new()) {
                Ok(fit) => {
                    let all = fit.terms.iter().map(|(_, it)| it.estimate);
                    for it in all.chain(fit.fetch.iter().flat_map(|it| [it.cpu.estimate, it.round_trip.estimate])) {
                        prop_assert!(0.0 <= it.low && it.low <= it.value && it.value <= it.high, "{it:?}");
                        prop_assert!(it.high.is_finite(), "{it:?}");
                    }
                }
                Err(refusal) => prop_assert!(!refusal.to_string().contains("NaN"), "{refusal}"),
            },
            Err(error) => prop_assert!(located(&error, &bytes), "{error}"),
        }
    }

    /// Values at the ends of what is allowed, in any combination, end in a plan or a reason.
    #[test]
    fn extremes_are_planned(
        events in prop::sample::select(vec!["1", "50M", "1e15"]),
        size in prop::sample::select(vec!["1", "1GiB"]),
        ratio in prop::sample::select(vec!["0", "0.999999999"]),
        handler in prop::sample::select(vec!["", "0", "1e9"]),
        peak in prop::sample::select(vec!["1", "1e6"]),
        partitions in prop::sample::select(vec!["", "1", "4294967295"]),
        in_flight in prop::sample::select(vec!["1", "4294967295"]),
        goal in prop::sample::select(vec!["", "0", "1e9"]),
        catch_up in prop::sample::select(vec!["", "1000000s/0.001s"]),
        produces in prop::sample::select(vec!["0", "1e6"]),
    ) {
        let header = "name,events_per_day,event_size,io_ratio,handler_ms,peak_factor,partitions,in_flight,p99_ms,catch_up,produces";
        let row = format!("a,{events},{size},{ratio},{handler},{peak},{partitions},{in_flight},{goal},{catch_up},{produces}");
        let machines = CATALOG.candidates(CATALOG.home(&tonnage_model::workload::Workload::default(), None));
        let file = format!("{header}\n{row}\n");
        let entries = Reader::new(&CATALOG).read_bytes("file", file.as_bytes(), false).unwrap();
        let problem = CATALOG.problem(&entries[0].workload).unwrap();
        for runtime in &CATALOG.runtimes {
            match problem.cheapest(runtime, &machines[..20], Policy::default(), RangeEnd::Best) {
                Ok(plan) => {
                    prop_assert!(plan.usd_per_month.is_finite() && plan.usd_per_month > 0.0);
                    prop_assert!(plan.p99_seconds().is_finite());
                    prop_assert!(plan.cpu_at_peak() <= 0.71, "{}", plan.cpu_at_peak());
                }
                Err(reason) => prop_assert!(!reason.to_string().contains("NaN"), "{reason}"),
            }
        }
    }
}
