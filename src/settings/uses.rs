//! Sets of settings that commands take.

/// Profiles.
pub const PROFILES: u16 = 1;
/// Which runtimes to compare.
pub const RUNTIMES: u16 = 1 << 1;
/// Machine lists, and where machines are.
pub const MACHINES: u16 = 1 << 2;
/// Which machine types plans may use.
pub const TYPES: u16 = 1 << 3;
/// Headroom and failures.
pub const POLICY: u16 = 1 << 4;
/// Traffic between zones.
pub const TRAFFIC: u16 = 1 << 5;
/// A shared pool.
pub const POOL: u16 = 1 << 6;
/// What a change has to be worth.
pub const WORTH: u16 = 1 << 7;
/// Ranges and how surely plans hold.
pub const SAMPLING: u16 = 1 << 8;
/// The format of the output.
pub const FORMAT: u16 = 1 << 9;
/// Whether a workload without a plan is an error.
pub const STRICT: u16 = 1 << 10;
/// How files of workloads are read.
pub const COLUMNS: u16 = 1 << 11;
/// Where plans may be made.
pub const REACH: u16 = 1 << 12;
/// What a pool's nodes are, and how it is run.
pub const NODES: u16 = 1 << 13;
/// All that every plan takes.
pub const PLANNING: u16 = PROFILES | RUNTIMES | MACHINES | REACH | TYPES | POLICY | FORMAT | STRICT;
