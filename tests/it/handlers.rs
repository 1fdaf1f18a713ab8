//! Whole commands on workloads whose handlers or keys are out of the ordinary: hot keys, batches, long calls.

use crate::command::{one_line, printed, tonnage};
use serde_json::Value;
use tonnage::input::catalogs::embedded;
use tonnage_model::demand::event::base;
use tonnage_model::workload::{Commit, Workload};

/// What `tonnage plan` prints of one workload that is given by flags.
fn planned(flags: &str, more: &[&str]) -> String {
    let mut command = tonnage(&["plan"]);
    command.args(flags.split_whitespace()).args(more).env("COLUMNS", "200");
    printed(command)
}

fn json(flags: &str) -> Value {
    serde_json::from_str(&planned(flags, &["--format", "json"])).unwrap()
}

mod hot_keys {
    use super::*;

    // 50M a day are 579/s on average and 1,157/s at a peak factor of 2; of 2 ms each 2.3 cores, all of one key in one
    // partition. One core is all that a partition's consumer has, and every other number of partitions leaves it that.
    const ONE_KEY: &str = "--events-per-day 50M --event-size 1KB --io-ratio 0 --handler-ms 2 --peak-factor 2 --partitions 24 \
                           --runtimes python-aiokafka,python-confluent";

    #[test]
    fn no_number_of_partitions_helps_against_one_key() {
        for hot in ["--hot-key-share 1", "--skew 24", "--hot-key-share 100% --skew 3"] {
            let flags = format!("{ONE_KEY} {hot}");
            let said = one_line(&planned(&flags, &["--details"]));
            assert!(
                said.contains("one key has 100 % of all events, so more partitions do not help"),
                "{said}"
            );
            assert!(!said.contains(" partitions (which remaps keys)"), "{said}");
            let decision = &json(&flags)["decisions"][0];
            let kinds: Vec<&str> = decision["options"]
                .as_array()
                .unwrap()
                .iter()
                .map(|option| option["kind"].as_str().unwrap())
                .collect();
            assert!(!kinds.contains(&"partitions"), "{kinds:?}");
        }
        // A skew of 11 over 24 may be a key of 10/23, or many.
        let skewed = one_line(&planned(&format!("{ONE_KEY} --skew 11"), &["--details"]));
        let may_be = "; if one key has 43 % of all events (hot_key_share), more partitions do not help";
        assert!(skewed.contains(may_be) && !skewed.contains(" partitions (which remaps keys)"), "{skewed}");
    }

    // A tenth of all events in one of 24 partitions, which has 0.1 + 0.9/24 = 0.1375 of them, k = 3.3: as a skew of 3.3.
    #[test]
    fn a_hot_key_is_the_skew_that_it_makes() {
        let flags = |more: &str| {
            format!(
                "--events-per-day 50M --event-size 1KB --io-ratio 0 --handler-ms 2 --peak-factor 2 --partitions 24 {more}"
            )
        };
        let bills = |more: &str| {
            json(&flags(more))["plans"]
                .as_array()
                .unwrap()
                .iter()
                .map(|plan| plan["usd_per_month"].as_f64())
                .collect::<Vec<_>>()
        };
        assert_eq!(bills("--hot-key-share 10%"), bills("--skew 3.3"));
        assert_eq!(bills("--hot-key-share 0"), bills(""));
        // The larger of the two counts.
        assert_eq!(bills("--hot-key-share 10% --skew 4"), bills("--skew 4"));
    }
}

mod batches {
    use super::*;

    const FLOW: &str =
        "--events-per-day 86.4M --event-size 1KB --io-ratio 0 --peak-factor 1 --runtimes python-aiokafka";

    fn plan(flags: &str) -> Value {
        json(&format!("{FLOW} {flags}"))["plans"][0].clone()
    }

    fn number(plan: &Value, name: &str) -> f64 {
        plan[name].as_f64().unwrap_or_else(|| panic!("{name} of {plan}"))
    }

    // A call of 50 events takes 100 ms and waits 90 of them with one downstream call: an event 2 ms and 1.8 ms, a 50th of a
    // call. The same without batches but for the memory of 50 events a place.
    #[test]
    fn what_a_call_takes_is_shared_by_its_events() {
        let batched = plan("--batch-size 50 --handler-ms 100 --io-wait-ms 90 --io-calls 1");
        let alone = plan("--handler-ms 2 --io-wait-ms 1.8 --io-calls 0.02");
        assert!((number(&batched, "io_wait_seconds_per_event") - 0.0018).abs() < 1e-12);
        for same in ["usd_per_month", "instances", "workers_per_instance", "cpu_seconds_per_event"] {
            assert_eq!(batched[same], alone[same], "{same}");
        }
        assert!(number(&batched, "memory_peak_mib") >= number(&alone, "memory_peak_mib"));
        // A batch of one is no batch.
        let blank = plan("--handler-ms 20 --io-wait-ms 15 --p99-ms 200");
        assert_eq!(plan("--handler-ms 20 --io-wait-ms 15 --p99-ms 200 --batch-size 1"), blank);
        assert_eq!(number(&blank, "gathering_seconds"), 0.0);
    }

    // 60M a day at twice the mean are 120M / 86,400 s = 1,388.9/s. Batches of 50 gather at a slow holder, which takes x of them:
    // a key of 60 %     other partitions take 0.4 / 60                         9.26/s     5.4 s
    //                   of 2 readers the other has 30 of them, 0.2            277.8/s    0.18 s
    // one of 99.5 %     others take 0.5 %, too few: 0.995 + 0.005 / 60      1,382.1/s    0.0362 s
    // a skew of 10      others take (60 - 10) / (60 x 59)                    19.62/s     2.5488 s
    // none              1 / 60 each                                          23.15/s     2.16 s
    // P open, 30 %      2 are required, of which the other takes 0.35        486.1/s     0.102857 s
    // 7 partitions      of 2 readers one has 3, 3/7                          595.2/s     0.084 s
    #[test]
    fn batches_gather_at_the_slow_holders() {
        let flow = "--events-per-day 60M --event-size 500 --io-ratio 0.5 --handler-ms 20 --peak-factor 2 --io-calls 1 \
                    --current-runtime go-franz --runtimes go-franz --in-flight 1 --batch-size 50 --machine-types c7i.large \
                    --region us-east-1";
        let consumer = "--concurrency consumer";
        for (flags, gathers) in [
            ("--partitions 60 --hot-key-share 0.6".to_owned(), 5.4),
            (format!("--partitions 60 --hot-key-share 0.6 {consumer}"), 0.18),
            ("--partitions 60 --hot-key-share 0.995".to_owned(), 0.036 / (0.995 + 0.005 / 60.0)),
            ("--partitions 60 --skew 10".to_owned(), 0.036 * 60.0 * 59.0 / 50.0),
            ("--partitions 60 --skew 1".to_owned(), 2.16),
            ("--hot-key-share 0.3".to_owned(), 0.036 / 0.35),
            (format!("--partitions 7 --skew 1 {consumer}"), 0.084),
        ] {
            let plans = json(&format!("{flow} {flags}"));
            let found = number(&plans["plans"][0], "gathering_seconds");
            assert!((found - gathers).abs() < 1e-9, "{flags}: {found}");
        }
        // 50 events of 9.26/s take 5.4 s, and of half of that 10.8 s. 13 of 4.63/s take 2.81 s, and 14 3.02.
        let hot = format!("{flow} --partitions 60 --hot-key-share 0.6 --p99-ms 3000");
        let said = one_line(&planned(&hot, &["--details"]));
        assert!(
            said.contains(
                "a batch of 50 takes 5.4 s to gather at peak and 10.8 s at the mean rate, so p99 is 11 s"
            ),
            "{said}"
        );
        assert!(said.contains("the largest batch that meets it on these machines is 13"), "{said}");
    }

    // 1,000/s go to M processes, 1,000/M to each, so 500 gather in 500 M / 1,000 s: that is above any goal of 1 s.
    #[test]
    fn gathering_adds_to_latency_and_names_the_batch_that_meets_the_goal() {
        let flags = |batch: u32, goal: &str| {
            // 0.2 ms of CPU an event and 90 ms of waiting a call, all alike.
            let call = 90.0 + 0.2 * f64::from(batch);
            let machine = "--machine-types c7a.large";
            let waits = "--io-wait-ms 90 --io-wait-p99-ms 90 --io-calls 1";
            format!("--batch-size {batch} --handler-ms {call} {waits} {machine} {goal}")
        };
        let (with, without) = (plan(&flags(500, "--p99-ms 1000")), plan(&flags(500, "")));
        // It does not set the number of machines: 500 events a call alone, 190 ms, keep the goal.
        assert_eq!(with["instances"], without["instances"]);
        let members = number(&with, "instances") * number(&with, "workers_per_instance");
        assert!((number(&with, "gathering_seconds") - 500.0 * members / 1000.0).abs() < 1e-9);
        assert!(number(&with, "p99_seconds") > 1.0);
        let said = one_line(&planned(&format!("{FLOW} {}", flags(500, "--p99-ms 1000")), &["--details"]));
        let (_, rest) =
            said.split_once("the largest batch that meets it on these machines is ").expect(&said);
        let best: u32 = rest.split(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap();
        let (meets, misses) = (plan(&flags(best, "--p99-ms 1000")), plan(&flags(best + 1, "--p99-ms 1000")));
        assert_eq!([&meets["instances"], &misses["instances"]], [&with["instances"]; 2]);
        assert!(number(&meets, "p99_seconds") <= 1.0, "{meets}");
        assert!(number(&misses, "p99_seconds") > 1.0, "{misses}");
    }

    // 150/s and 380/s at peak are 15/s and 38/s on each of 10 partitions: 2 of them, which wait 10 ms an event, gather in
    // 53 ms at peak and in 133 ms at the mean. 50 would take 3.3 s there, and cost as much.
    #[test]
    fn a_batch_meets_its_goal_at_the_mean_rate_too() {
        let flow = "--events-per-day 12.96M --event-size 1KB --handler-ms 20.1 --io-wait-ms 20 --partitions 10 --skew 1 --concurrency partition \
                    --peak-factor 2.53333 --p99-ms 2000 --current-runtime python-aiokafka --runtimes python-aiokafka --in-flight 1 \
                    --region us-east-1";
        let said = one_line(&planned(flow, &["--details"]));
        assert!(said.contains("change to batch_size 2. "), "{said}");
        assert!(said.contains("p99 at the mean rate is then 190 to 270 ms for a goal of 2 s"), "{said}");
        let even =
            one_line(&planned(&flow.replace("2.53333", "1").replace("12.96M", "32.832M"), &["--details"]));
        assert!(
            even.contains("change to batch_size 2. ") && even.contains("p99 at peak is then 140 to 230 ms"),
            "{even}"
        );
    }

    // 20 ms of waiting an event at 1,000/s keep 20 events in flight, and 10 partitions have 10. A call of 50 events waits the
    // same 20 ms, 0.4 ms an event: 0.5 in flight. Of 4 it is 5 ms, 5 in flight, 8 leave room for the 70 %, and of an unknown skew twice as many do.
    #[test]
    fn batches_are_an_option_where_waiting_binds() {
        let options = |flags: &str| json(&format!("{FLOW} {flags}"))["decisions"][0]["options"].clone();
        let batches = |flags: &str| {
            options(flags).as_array().unwrap().iter().find(|it| it["kind"] == "batches").cloned()
        };
        let waiting = "--handler-ms 20.1 --io-wait-ms 20 --partitions 10";
        let option = batches(waiting).unwrap();
        assert_eq!(option["to"], "batch_size 16");
        assert!(option["usd_per_month"].as_f64().unwrap() > 0.0, "{option}");
        assert_eq!(batches("--handler-ms 20 --io-wait-ms 0"), None);
        assert_eq!(batches(&format!("{waiting} --batch-size 50")), None);
    }
}

mod long_calls {
    use super::*;

    /// It only waits, so that no machine makes it longer or shorter.
    fn rare(milliseconds: u32) -> String {
        format!(
            "--events-per-day 1000 --event-size 1KB --io-ratio 0 --handler-ms {milliseconds} --io-wait-ms {milliseconds} \
             --runtimes python-aiokafka"
        )
    }

    // 420,000 ms are 7 min, above the 5 min in which a consumer has to poll; 60 % of these are 3 min, 180,000 ms.
    #[test]
    fn an_event_that_outlasts_the_poll_interval_is_told() {
        let said = one_line(&planned(&rare(420000), &[]));
        let told = "one event takes 7 min, longer than max_poll_interval_ms (5 min by default): the group throws the \
                    consumer out and the event comes again. Set max_poll_interval_ms to 14 min (840000)";
        assert!(said.contains(told), "{said}");
        let near = one_line(&planned(&rare(200000), &[]));
        assert!(near.contains("near max_poll_interval_ms"), "{near}");
        let short = one_line(&planned(&rare(170000), &[]));
        assert!(!short.contains("max_poll_interval"), "{short}");
        // A call waits as long for fewer events, so no batch is short enough.
        let batch = one_line(&planned(&(rare(420000) + " --batch-size 100"), &[]));
        assert!(batch.contains("a batch of 100 takes 7 min") && !batch.contains("events at most"), "{batch}");
    }

    // Beside a wait of 100 s each of 50 events takes (420 - 100) / 50 = 6.4 s, on the planned machine, half as fast as one with an
    // idle sibling or a little less, 9.0 s: 80 / 9.0 = 8.9.
    #[test]
    fn a_smaller_batch_that_is_told_is_short_enough() {
        let said = |batch: u32| {
            let call = 100_000 + 6_400 * batch;
            let flags = format!(
                "--events-per-day 5000 --event-size 1KB --handler-ms {call} --io-wait-ms 100000 --batch-size {batch} \
                 --partitions 6 --runtimes python-aiokafka"
            );
            one_line(&planned(&flags, &[]))
        };
        assert!(said(50).contains("take 8 events at most a call"), "{}", said(50));
        assert!(said(9).contains("max_poll_interval"), "{}", said(9));
        assert!(!said(8).contains("max_poll_interval"), "{}", said(8));
    }

    #[test]
    fn the_next_steps_of_a_fleet_tell_it_too() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("two.csv");
        let text = "name,events_per_day,event_size,io_ratio,handler_ms,io_wait_ms\nlong,1000,1KB,0,420000,420000\nshort,1M,1KB,0,4,2\n";
        std::fs::write(&file, text).unwrap();
        let said = one_line(&planned(file.to_str().unwrap(), &[]));
        let (_, next) = said.split_once(" Next ").expect(&said);
        assert!(next.contains("long: one event takes 7 min"), "{next}");
        assert!(!next.contains("short: one event"), "{next}");
    }

    fn of_client(runtime: &str, more: &str) -> String {
        let flags = "--events-per-day 20000 --event-size 5KB --io-ratio 0 --peak-factor 3 --partitions 48 --concurrency consumer";
        one_line(&planned(
            &format!("{flags} --current-runtime {runtime} --runtimes {runtime} {more}"),
            &["--details"],
        ))
    }

    // A poll returns up to 500 events, 500 x 30 s = 15,000 s; 60 % of 300 s are 180 s, 180 / 30 = 6. 500 x 0.3 s = 150 s are within.
    #[test]
    fn the_calls_of_one_poll_are_told_together() {
        let said = of_client("java-kafka-clients", "--handler-ms 30000 --io-wait-ms 30000");
        assert!(said.contains("Set max.poll.records to 6 at most (180 s / 30 s)"), "{said}");
        let short = of_client("java-kafka-clients", "--handler-ms 300 --io-wait-ms 300");
        assert!(!short.contains("max.poll"), "{short}");
        for other in ["python-confluent", "python-aiokafka", "go-franz"] {
            let said = of_client(other, "--handler-ms 30000 --io-wait-ms 30000");
            assert!(!said.contains("poll"), "{said}");
        }
    }

    // 45 s are above 30 s without a heartbeat; twice that is 1.5 min, 2 in whole minutes. 60 % of 30 s are 18 s.
    #[test]
    fn kafkajs_is_told_its_session_timeout() {
        let said = of_client("node-kafkajs", "--handler-ms 45000 --io-wait-ms 45000");
        let told = "longer than sessionTimeout (30 s by default): the group throws the consumer out and the event comes again. \
                    Set sessionTimeout to 2 min (120000), or call heartbeat() in the handler";
        assert!(said.contains(told), "{said}");
        assert!(!said.contains("max.poll"), "{said}");
        let short = of_client("node-kafkajs", "--handler-ms 17000 --io-wait-ms 17000");
        assert!(!short.contains("sessionTimeout"), "{short}");
    }

    // One event takes 6 min already, so no batch is short enough.
    #[test]
    fn no_batch_is_offered_that_its_client_does_not_bear() {
        let long = "--handler-ms 360000 --io-wait-ms 324000 --partitions 24 --events-per-day 2000";
        for runtime in ["node-kafkajs", "python-confluent", "go-franz"] {
            let flags = format!(
                "{long} --event-size 5KB --io-ratio 0.9 --peak-factor 3 --current-runtime {runtime} --runtimes {runtime}"
            );
            let said = one_line(&planned(&flags, &["--details"]));
            assert!(!said.contains("batch_size") && !said.contains("in batches of"), "{said}");
        }
    }
}

mod fairness {
    use super::*;

    // Events that wait 20 ms and compute 0.1 ms: one at a time for each process in Python, for each partition in Go.
    const WAITING: &str = "--events-per-day 86.4M --event-size 1KB --io-ratio 0 --handler-ms 20.1 --io-wait-ms 20 --peak-factor 2 \
                           --partitions 240 --runtimes python-aiokafka,go-franz";

    #[test]
    fn the_first_line_about_the_language_tells_unlike_concurrency() {
        let said = one_line(&planned(WAITING, &[]));
        let note = "go-franz (it handles every partition in parallel, python-aiokafka one event a process; with that, \
                    python-aiokafka takes $";
        let first = said.find("go-franz").unwrap();
        assert_eq!(said.find(note), Some(first), "{said}");
        // Where both have the same there is nothing to tell.
        for alike in ["--concurrency partition", "--in-flight 4"] {
            let said = one_line(&planned(&format!("{WAITING} {alike}"), &[]));
            assert!(!said.contains("one event a process"), "{said}");
        }
    }
}

mod commits {
    use super::*;

    const FLOW: &str = "--events-per-day 86.4M --event-size 1KB --io-ratio 0 --peak-factor 2 \
                        --runtimes python-aiokafka,go-franz,rust-rdkafka";

    fn plans(flags: &str) -> Vec<Value> {
        json(&format!("{FLOW} {flags}"))["plans"].as_array().unwrap().clone()
    }

    /// What each runtime's plan has of a field.
    fn numbers(flags: &str, name: &str) -> Vec<f64> {
        plans(flags).iter().map(|plan| plan[name].as_f64().unwrap()).collect()
    }

    #[test]
    fn an_interval_given_is_an_interval_left_blank() {
        assert_eq!(plans("--commit interval"), plans(""));
        assert_eq!(plans("--commit interval --batch-size 1"), plans(""));
    }

    // A commit takes [commit] us of CPU and ms of waiting: of an event all of it, of a batch's events a tenth.
    #[test]
    fn a_commit_is_paid_for_by_what_it_is_of() {
        let difference = |flags: &str, name: &str| -> Vec<f64> {
            numbers(flags, name)
                .iter()
                .zip(numbers("--batch-size 10 --handler-ms 10", name))
                .map(|(with, without)| with - without)
                .collect()
        };
        let ten = "--batch-size 10 --handler-ms 10";
        let waits = difference(&format!("{ten} --commit event"), "commit_seconds_per_event");
        assert!(waits.iter().all(|wait| (wait - 3e-3).abs() < 1e-12), "{waits:?}");
        let shared = difference(&format!("{ten} --commit batch"), "commit_seconds_per_event");
        assert!(shared.iter().all(|wait| (wait - 3e-4).abs() < 1e-12), "{shared:?}");
    }

    // Twice the fetch of each profile to two digits, such as 1,100 us for the 536.551 us of python-aiokafka.
    #[test]
    fn the_cpu_of_a_commit_is_that_of_two_fetches() {
        for runtime in embedded::measured().unwrap().runtimes {
            let fetch = runtime.cpu.fetch.as_ref().unwrap().core_seconds.value;
            for (commit, commits) in [(Commit::Interval, 0.0), (Commit::Batch, 0.1), (Commit::Event, 1.0)] {
                let workload =
                    Workload { commit, batch_size: 10, event_bytes: 1000.0, ..Workload::default() };
                let demand = base(&workload, &runtime, 0.0).unwrap();
                let expected = commits * 2.0 * fetch * runtime.provenance.vcpu_speed;
                assert!(
                    (demand.commit - expected).abs() <= 0.05 * expected,
                    "{}: {}",
                    runtime.name,
                    demand.commit
                );
                assert!((demand.commit_wait_seconds - commits * 3e-3).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn a_profile_without_a_commit_plans_none() {
        let said = one_line(&planned(
            &format!("{FLOW} --commit event --current-runtime python-confluent"),
            &["--details"],
        ));
        assert!(!said.contains("has no figure for commits"), "{said}");
        let flags =
            "--events-per-day 1M --event-size 1KB --io-ratio 0 --handler-ms 1 --commit event --published";
        let error = one_line(&planned(flags, &[]));
        assert!(error.contains("has no figure for commits that are waited for (commit)"), "{error}");
    }
}

// Two exponentials have a p99 of at most 18.4 times their mean: 300 ms are 15 times 20 ms, and 500 ms are 25 times.
#[test]
fn a_p99_of_the_wait_beyond_what_counts_is_told() {
    let with = |p99: &str| {
        let flags = "--events-per-day 5M --event-size 1KB --handler-ms 25 --io-wait-ms 20 --partitions 24 --io-wait-p99-ms";
        json(&format!("{flags} {p99}"))["decisions"][0]["notes"].to_string()
    };
    assert!(!with("300").contains("io_wait_p99_ms"), "{}", with("300"));
    let told = "io_wait_p99_ms (500) is 25 times the mean wait of 20 ms; 18.4 times count at most";
    assert!(with("500").contains(told), "{}", with("500"));
}
