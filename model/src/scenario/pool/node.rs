//! What a machine has to give to pods: all but what its system and its DaemonSets take.

use crate::machine::Machine;
use crate::policy::Policy;
use crate::scenario::pool::resources::Resources;
use crate::units::{GIB, MIB};

/// Pods on a node beside those that are planned: DaemonSets, and what an update runs twice.
const OTHER_PODS: u32 = 8;
/// vCPUs that DaemonSets ask for, for network, proxy, disks and monitoring: 170 to 195 millicores as counted in
/// 2i2c-org/infrastructure issue 3902, April 2024.
const DAEMON_CORES: f64 = 0.2;
/// Memory that they ask for, bytes; the same source.
const DAEMON_BYTES: f64 = 250.0 * MIB;
/// Free memory below which a kubelet evicts, bytes: of EKS, GKE and AKS alike.
const EVICTION_BYTES: f64 = 100.0 * MIB;

/// How pods are to run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PoolRules {
    /// What each node keeps for itself.
    pub reserve: Reserve,
    /// Machine types of nodes, names or patterns; where there are none, those that plans may use.
    pub node_types: Vec<String>,
    /// Whether members of a group beyond its partitions run, to take over at once when a zone is lost.
    pub standby: bool,
}

/// What each node of a pool keeps for itself, and how many pods it may have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reserve {
    /// vCPUs for the system and DaemonSets; `None` for what the cloud's Kubernetes keeps.
    pub cores: Option<f64>,
    /// Memory for them, bytes; `None` for the same.
    pub memory_bytes: Option<f64>,
    /// Pods on one node at most, DaemonSets apart.
    pub replicas: u32,
}

impl Default for Reserve {
    /// As Kubernetes of the clouds has it; 50 pods, as EKS allows 58 on most types of 4 and 8 vCPUs.
    fn default() -> Self {
        Self { cores: None, memory_bytes: None, replicas: 50 }
    }
}

impl Reserve {
    /// vCPUs that a node of a type keeps: so much of the first vCPU, of the second, of two more and of the rest, and
    /// what DaemonSets ask for.
    pub fn cores_on(&self, machine: &Machine) -> f64 {
        let [first, second, next, rest] = match machine.provider.as_str() {
            "azure" => [60.0, 40.0, 20.0, 10.0],
            _ => [60.0, 10.0, 5.0, 2.5],
        };
        let vcpus = machine.vcpus;
        let part = |from: u32, most: u32| f64::from(vcpus.saturating_sub(from).min(most));
        let kept = first * part(0, 1) + second * part(1, 1) + next * part(2, 2) + rest * part(4, u32::MAX);
        self.cores.unwrap_or(kept / 1000.0 + DAEMON_CORES)
    }

    /// Memory that a node of a type keeps, bytes: for the kubelet, before it evicts, and for DaemonSets.
    ///
    /// The kubelet's is `255 + 11 p` MiB for p pods on EKS, and what is not known is taken for that; the lesser of
    /// `50 + 20 p` MB and a quarter on AKS; on GKE a quarter of the first 4 GiB, 20 % of the next 4, 10 % of 8, 6 % of 112
    /// and 2 % of the rest. Sources: `nodeadm/internal/kubelet/config.go` of awslabs/amazon-eks-ami, "Node resource
    /// reservations" of AKS (from 1.29 on), "Plan GKE Standard node sizes"; the three also say what CPU they keep.
    pub fn memory_bytes_on(&self, machine: &Machine) -> f64 {
        let pods = f64::from(self.replicas.saturating_add(OTHER_PODS));
        let memory = machine.memory_bytes;
        let part = |from: f64, most: f64| (memory - from * GIB).clamp(0.0, most * GIB);
        let kubelet = match machine.provider.as_str() {
            "azure" => ((50.0 + 20.0 * pods) * 1e6).min(memory / 4.0),
            "gcp" => {
                0.25 * part(0.0, 4.0)
                    + 0.2 * part(4.0, 4.0)
                    + 0.1 * part(8.0, 8.0)
                    + 0.06 * part(16.0, 112.0)
                    + 0.02 * part(128.0, f64::MAX)
            }
            _ => (255.0 + 11.0 * pods) * MIB,
        };
        self.memory_bytes.unwrap_or(kubelet + EVICTION_BYTES + DAEMON_BYTES)
    }
}

/// What pods may ask for in all on one machine of a type:
///
/// ```text
/// CPU      1000 (V - reserved cores)                millicores
/// memory   memory - reserved memory                MiB
/// network  (1 - network headroom) baseline         kbit/s; no limit where it is not known
/// ```
///
/// CPU and memory have no headroom here, as every request and limit has it (see [`crate::scenario::pool::replicas`]).
pub fn usable(machine: &Machine, policy: &Policy, reserve: &Reserve) -> Resources {
    // A little more than the product, so that rounding never makes a whole number one less.
    let whole = |amount: f64| (amount * (1.0 + 1e-12)).floor().max(0.0) as u64;
    Resources {
        millicores: whole(1000.0 * (f64::from(machine.vcpus) - reserve.cores_on(machine))),
        mebibytes: whole((machine.memory_bytes - reserve.memory_bytes_on(machine)) / MIB),
        kilobits_per_second: machine
            .network_bits_per_second
            .map_or(u64::MAX, |baseline| whole((1.0 - policy.network_headroom) * baseline / 1e3)),
        replicas: u64::from(reserve.replicas),
    }
}
