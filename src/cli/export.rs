//! `tonnage export`.

use super::history::{HistoryFlags, ReplayFlags};
use super::output::Output;
use super::settings::flags::Flags;
use super::workload_flags::WorkloadArgs;
use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use std::path::PathBuf;
use tonnage::input::diagnostic::contents;
use tonnage::input::imports::kubernetes::{cluster::SCALED, existing};
use tonnage::input::nearest::unknown;
use tonnage::render::yaml;
use tonnage::report::contradicted;
use tonnage::report::pools::export::{
    Exported, Pod, WithoutPods, compose, has_no_verdict, keda, kubernetes, pods, takes_several,
};
use tonnage::settings::uses::*;
use tonnage_model::decide::fleet::Fleet;
use tonnage_model::decide::planned::PlannedWorkload;

/// Write the pods of a plan as Kubernetes manifests, KEDA ScaledObjects or a Compose file
#[derive(Args)]
#[command(after_help = "\
Examples:
  tonnage export kubernetes workloads.csv -o manifests.yaml
  tonnage export keda workloads.csv orders --topic orders --consumer-group orders
  tonnage export compose workloads.csv -o compose.yaml")]
pub struct Export {
    #[command(subcommand)]
    what: What,
}

const KAFKA: &str = "Kafka ({name} stands for what the workload is called)";

#[derive(Subcommand)]
enum What {
    /// Write a Deployment and a PodDisruptionBudget for each workload
    #[command(after_help = "\
Examples:
  tonnage export kubernetes workloads.csv -o manifests.yaml
  tonnage export kubernetes workloads.csv orders --image 'registry.example/{name}:1.4'
  tonnage export kubernetes workloads.csv --like deploy.json -o patches.yaml")]
    Kubernetes {
        #[command(flatten)]
        planned: Planned,
        #[command(flatten)]
        image: Image,
        #[command(flatten)]
        running: Running,
        /// Leave replicas out, as an autoscaler sets them
        #[arg(long)]
        no_replicas: bool,
    },
    /// Write a KEDA ScaledObject for each workload, by its lag or the best of a replay
    #[command(mut_arg("assignor", |it| it.hide_short_help(true)), mut_arg("like", |it| it.hide_short_help(true)))]
    #[command(mut_arg("topic", |it| it.value_name("TOPIC").help("Topic that is read [the column, else TOPIC]").help_heading(KAFKA).hide_short_help(false)))]
    #[command(mut_arg("group", |it| it.value_name("GROUP").visible_alias("consumer-group").help("Its group [the column, else CONSUMER_GROUP]").help_heading(KAFKA).hide_short_help(false)))]
    #[command(after_help = "\
Examples:
  tonnage export keda workloads.csv -o scaling.yaml
  tonnage export keda workloads.csv --topic '{name}' --consumer-group '{name}'
  tonnage export keda workloads.csv orders --history week.csv --boot 90s")]
    Keda {
        #[command(flatten)]
        planned: Planned,
        #[command(flatten)]
        history: HistoryFlags,
        #[command(flatten)]
        running: Running,
        #[command(flatten)]
        kafka: KafkaFlags,
        #[command(flatten)]
        replay: ReplayFlags,
    },
    /// Write a Compose file with a service for each workload
    #[command(after_help = "\
Examples:
  tonnage export compose workloads.csv -o compose.yaml
  tonnage export compose workloads.csv orders clicks
  tonnage export compose workloads.csv --image 'registry.example/{name}:1.4'")]
    Compose {
        #[command(flatten)]
        planned: Planned,
        #[command(flatten)]
        image: Image,
    },
}

/// What is planned, and where it goes. Among the files may be names of workloads to write, of all that are planned.
#[derive(Args)]
#[command(mut_arg("files", |it| it.value_name("FILE|NAME").help("Workload files, and names of workloads to write; all unless some are named")))]
struct Planned {
    #[command(flatten)]
    workloads: WorkloadArgs,
    /// File to write instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    settings: Flags<{ COLUMNS | (PLANNING & !FORMAT) | NODES | WORTH }>,
}

/// What the manifests have to fit.
#[derive(Args)]
struct Running {
    #[arg(long, value_name = "FILE", help = format!("What runs, as `{SCALED}` prints it: names, labels and the rest stay, and manifests are patches of it"))]
    like: Option<PathBuf>,
    /// Namespace of what neither this file nor the column deployment says it of; of several with a name in the file, the one in it
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    namespace: Option<String>,
    /// Name of the container of what is not in this file [consumer]
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    container: Option<String>,
}

impl Running {
    fn asked(self, image: Option<String>, no_replicas: bool) -> Result<kubernetes::Asked> {
        let Self { like, namespace, container } = self;
        let (existing, node_types) = match &like {
            Some(path) => {
                let (name, bytes) = contents(path)?;
                existing::read(&name, &bytes)?
            }
            None => Default::default(),
        };
        Ok(kubernetes::Asked { image, namespace, container, existing, node_types, no_replicas })
    }
}

#[derive(Args)]
struct Image {
    /// The container image; {name} stands for what the workload is called [IMAGE]
    #[arg(long, value_name = "IMAGE")]
    image: Option<String>,
}

#[derive(Args)]
#[command(next_help_heading = KAFKA)]
struct KafkaFlags {
    /// Brokers that KEDA asks for the lag, with commas [BOOTSTRAP_SERVERS]
    #[arg(long, value_name = "HOST:PORT")]
    bootstrap_servers: Option<String>,
    /// Prometheus that KEDA asks for the rate, where that is best [PROMETHEUS]
    #[arg(long, value_name = "URL", requires = "history", hide_short_help = true)]
    prometheus: Option<String>,
}

impl Export {
    pub fn run(self) -> Result<u8> {
        match self.what {
            What::Kubernetes { planned, image: Image { image }, running, no_replicas } => {
                let like: Vec<PathBuf> = running.like.iter().cloned().collect();
                let asked = running.asked(image, no_replicas)?;
                planned.write(&like, has_no_verdict, |pods| Ok(kubernetes::documents(pods, &asked)?))
            }
            What::Keda { planned, kafka, history, running, replay } => {
                let KafkaFlags { bootstrap_servers, prometheus } = kafka;
                let read: Vec<PathBuf> = history.files().iter().chain(&running.like).cloned().collect();
                let asked =
                    keda::Asked { bootstrap_servers, prometheus, running: running.asked(None, false)? };
                let measured = history.read()?;
                let is_open =
                    |entry: &PlannedWorkload<'_>| has_no_verdict(entry).or_else(|| takes_several(entry));
                planned.write(&read, is_open, |pods| {
                    let tried = match &measured {
                        Some(history) => replay.replay(pods, history)?,
                        None => Vec::new(),
                    };
                    let mut replayed = Vec::new();
                    for (pod, it) in pods.iter().zip(tried) {
                        let (name, by_lag) = (pod.workload(), "so lag scales it as planned");
                        match &it {
                            Ok(it) => it.cut.iter().for_each(|cut| eprintln!("{name}: {cut}")),
                            Err(Some(mistake)) => eprintln!("{name}: not replayed, {by_lag}: {mistake}"),
                            Err(None) => eprintln!("{name}: not in the history, {by_lag}"),
                        }
                        replayed.push(it.ok());
                    }
                    Ok(keda::documents(pods, &replayed, &asked, &replay.group())?)
                })
            }
            What::Compose { planned, image: Image { image } } => planned.write(&[], has_no_verdict, |pods| {
                let documents = vec![compose::document(pods, image.as_deref())?];
                Ok(Exported { documents, ..Exported::default() })
            }),
        }
    }
}

impl Planned {
    /// Writes the documents of the workloads asked for, with a remark for each that has none; not over what was `read`.
    fn write(
        mut self,
        read: &[PathBuf],
        is_left_out: impl Fn(&PlannedWorkload<'_>) -> Option<String>,
        documents: impl for<'p> Fn(&'p [Pod<'_, '_, '_>]) -> Result<Exported<'p>>,
    ) -> Result<u8> {
        let wanted = self.workloads.take_names();
        let output = Output::to(self.output);
        output.keep(self.workloads.files())?;
        output.keep(read)?;
        let setup = self.settings.load()?;
        let workloads = self.workloads.read(&setup)?;
        let names: Vec<&str> = workloads.iter().map(|workload| workload.name.as_str()).collect();
        if let Some(name) = wanted.iter().find(|name| !names.contains(&name.as_str())) {
            bail!(unknown("workload", name, &names));
        }
        let planned = setup.plan(&workloads)?;
        // Only the pool as today is written, so no other is packed.
        let fleet = Fleet { runtimes: Vec::new(), ..planned.advised() };
        let believed = contradicted::believed(&fleet)?;
        let places = setup.pools(&believed)?;
        let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);
        let (pods, without) = pods(&places, is_wanted, is_left_out);
        let Exported { head, documents, without: fixed, told } = documents(&pods)?;
        told.iter().for_each(|line| eprintln!("{line}"));
        let wanted_entries = fleet.entries.iter().filter(|it| is_wanted(&it.problem.workload.name));
        let withheld: Vec<String> = wanted_entries.filter_map(contradicted::reason).collect();
        let left_out =
            || withheld.iter().cloned().chain(without.iter().chain(&fixed).map(WithoutPods::to_string));
        let all_go_on = without.is_empty() && withheld.is_empty() && fixed.iter().all(|it| it.goes_on);
        if pods.is_empty() || documents.is_empty() && !all_go_on {
            bail!("nothing to write; {}", left_out().collect::<Vec<_>>().join(" "));
        }
        let remarks: Vec<String> = left_out().map(|reason| format!("Left out: {reason}")).collect();
        remarks.iter().for_each(|remark| eprintln!("{remark}"));
        output.write(&yaml::documents(&[head, remarks].concat(), &documents))?;
        Ok(setup.status(!without.is_empty() || !withheld.is_empty()))
    }
}
