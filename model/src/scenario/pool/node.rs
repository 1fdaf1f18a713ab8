//! What a machine has to give to replicas: all but what its system, its DaemonSets and the headroom take.

use crate::machine::Machine;
use crate::policy::Policy;
use crate::scenario::pool::resources::Resources;
use crate::units::MIB;

/// What each node of a pool keeps for itself, and how many replicas it may have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reserve {
    /// vCPUs for the system and DaemonSets.
    pub cores: f64,
    /// Memory for them, bytes.
    pub memory_bytes: f64,
    /// Replicas on one node at most.
    pub replicas: u32,
}

impl Default for Reserve {
    /// An EKS node of 4 or 8 vCPUs. Its kubelet keeps 80 to 90 millicores (6 % of the first vCPU, 1 % of the second,
    /// 0.5 % of two more, 0.25 % of the rest) and `255 + 11 x 58 = 893` MiB, and evicts at 100 MiB free; source:
    /// `bootstrap.sh` of awslabs/amazon-eks-ami, 58 being the pods that it allows on most of these types. DaemonSets
    /// ask for 170 to 195 millicores and 250 MiB (network, proxy, disks, two of monitoring), as counted in
    /// 2i2c-org/infrastructure issue 3902, April 2024. In all about 0.25 vCPUs and 1,243 MiB, rounded up to 1.25 GiB;
    /// of the 58 pods, 8 are left to DaemonSets and to what an update runs twice.
    fn default() -> Self {
        Self { cores: 0.25, memory_bytes: 1280.0 * MIB, replicas: 50 }
    }
}

/// What replicas may ask for in all on one machine of a type:
///
/// ```text
/// CPU      1000 (V - reserved cores)                                millicores
/// memory   (1 - memory headroom) (memory - reserved memory)        MiB
/// network  (1 - network headroom) baseline                         kbit/s; no limit where it is not known
/// ```
///
/// CPU has no headroom here, as every request has it (see [`crate::scenario::pool::replicas`]).
pub fn usable(machine: &Machine, policy: &Policy, reserve: &Reserve) -> Resources {
    // A little more than the product, so that rounding never makes a whole number one less.
    let whole = |amount: f64| (amount * (1.0 + 1e-12)).floor().max(0.0) as u64;
    Resources {
        millicores: whole(1000.0 * (f64::from(machine.vcpus) - reserve.cores)),
        mebibytes: whole(
            (1.0 - policy.memory_headroom) * (machine.memory_bytes - reserve.memory_bytes) / MIB,
        ),
        kilobits_per_second: machine
            .network_bits_per_second
            .map_or(u64::MAX, |baseline| whole((1.0 - policy.network_headroom) * baseline / 1e3)),
        replicas: u64::from(reserve.replicas),
    }
}
