//! Binary units of memory.

/// Bytes in a KiB.
pub const KIB: f64 = 1024.0;
/// Bytes in a MiB.
pub const MIB: f64 = 1024.0 * KIB;
/// Bytes in a GiB.
pub const GIB: f64 = 1024.0 * MIB;
