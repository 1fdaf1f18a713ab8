//! `tonnage measure`: passes on to the program `tonnage-measure`.

use super::output;
use anyhow::{Context, Result, anyhow};
use clap::Args;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::Command;

/// The program that measures.
const PROGRAM: &str = "tonnage-measure";

/// Exit status where it is not installed: that of a command that does not exist.
const USAGE: u8 = 2;

/// Measure what an event costs a consumer of yours, with the separate program tonnage-measure
///
/// `tonnage fit` makes a profile of what it writes. It is a program of its own because it needs a Kafka client, and
/// planning does not: `cargo install tonnage-measure`. It is looked for beside tonnage, then on the PATH, and gets
/// all arguments as they are; `tonnage-measure --help` lists them.
#[derive(Args)]
#[command(hide = true)]
pub struct Measure {
    /// Arguments of tonnage-measure
    #[arg(value_name = "ARGS", trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<OsString>,
}

impl Measure {
    pub fn run(self) -> Result<u8> {
        let beside = beside_this_program();
        let mut command = Command::new(beside.as_deref().unwrap_or(PROGRAM.as_ref()));
        command.args(self.into_args());
        match run_instead(&mut command) {
            Err(error) if beside.is_none() && error.kind() == ErrorKind::NotFound => {
                output::report(&anyhow!(
                    "measure: there is no {PROGRAM} beside tonnage or on the PATH. It is a separate program, because it \
                     needs a Kafka client; `cargo install {PROGRAM}` installs it"
                ));
                Ok(USAGE)
            }
            result => result.with_context(|| command.get_program().display().to_string()),
        }
    }

    /// What follows `measure` on the command line, to the letter. The parser takes a leading `--` for its own, though it is
    /// the other program's: it parts that one's flags from the consumer to run.
    fn into_args(self) -> Vec<OsString> {
        let written: Vec<OsString> = std::env::args_os().skip(2).collect();
        if written.ends_with(&self.args) { written } else { self.args }
    }
}

/// The program in the folder of this one, where it is installed together with it.
fn beside_this_program() -> Option<PathBuf> {
    let name = format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX);
    let path = std::env::current_exe().ok()?.parent()?.join(name);
    path.is_file().then_some(path)
}

/// Becomes the other program, so that Ctrl-C reaches it alone; returns only where it cannot be run.
#[cfg(unix)]
fn run_instead(command: &mut Command) -> std::io::Result<u8> {
    use std::os::unix::process::CommandExt;
    Err(command.exec())
}

/// Runs the other program and gives its exit status.
#[cfg(not(unix))]
fn run_instead(command: &mut Command) -> std::io::Result<u8> {
    let status = command.status()?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}
