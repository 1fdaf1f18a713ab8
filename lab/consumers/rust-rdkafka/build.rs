//! Notes the versions of the compiler and of the libraries that matter, for the `start` report.

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const LIBRARIES: [&str; 6] = ["rdkafka", "tokio", "serde_json", "garde", "time", "reqwest"];

fn main() -> Result<(), Box<dyn Error>> {
    let mut versions = vec![("rust", compiler_version()?)];
    let path = lock_file().ok_or("no Cargo.lock above the package")?;
    let lock = fs::read_to_string(&path)?;
    for library in LIBRARIES {
        let version = locked_version(&lock, library).ok_or_else(|| format!("{library} is not locked"))?;
        versions.push((library, version));
    }
    let versions: Vec<_> = versions.iter().map(|(name, version)| format!("{name}={version}")).collect();
    println!("cargo:rustc-env=LAB_VERSIONS={}", versions.join(" "));
    println!("cargo:rerun-if-changed={}", path.display());
    println!("cargo:rerun-if-changed=build.rs");
    Ok(())
}

fn compiler_version() -> Result<String, Box<dyn Error>> {
    let output = Command::new(env::var("RUSTC")?).arg("--version").output()?;
    // rustc 1.95.0 (f2d3ce0bd 2026-03-21)
    Ok(String::from_utf8(output.stdout)?
        .split(' ')
        .nth(1)
        .ok_or("rustc does not tell its version")?
        .to_owned())
}

// A workspace has its lock file at its root.
fn lock_file() -> Option<PathBuf> {
    let package = env::var_os("CARGO_MANIFEST_DIR")?;
    Path::new(&package).ancestors().map(|folder| folder.join("Cargo.lock")).find(|path| path.exists())
}

fn locked_version(lock: &str, name: &str) -> Option<String> {
    let entry = lock.split("[[package]]").find(|entry| entry.contains(&format!("\nname = \"{name}\"\n")))?;
    let version = entry.lines().find_map(|line| line.strip_prefix("version = "))?;
    Some(version.trim_matches('"').to_owned())
}
