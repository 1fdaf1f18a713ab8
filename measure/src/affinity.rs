//! Which CPUs the driver's own threads run on.

use nix::sched::{CpuSet, sched_setaffinity};
use nix::unistd::Pid;

/// Puts the calling thread, and those that it starts, on one CPU.
pub fn pin(cpu: usize) -> Result<(), nix::Error> {
    let mut set = CpuSet::new();
    set.set(cpu)?;
    sched_setaffinity(Pid::from_raw(0), &set)
}

/// Runs the calibration kernel on one CPU and returns its CPU time, ms.
pub fn kernel_on(cpu: usize) -> Result<f64, nix::Error> {
    let run = std::thread::spawn(move || {
        pin(cpu)?;
        crate::kernel::run()
    });
    run.join().unwrap_or(Err(nix::Error::EIO))
}
