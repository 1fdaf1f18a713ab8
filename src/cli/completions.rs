//! `tonnage completions`.

use super::output::Output;
use anyhow::Result;
use clap::{Args, Command};
use clap_complete::Shell;

/// Print completions for a shell
#[derive(Args)]
#[command(after_help = "\
Examples:
  tonnage completions bash > ~/.local/share/bash-completion/completions/tonnage
  tonnage completions zsh > ~/.zfunc/_tonnage
  tonnage completions fish > ~/.config/fish/completions/tonnage.fish")]
pub struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub fn run(self, mut program: Command) -> Result<u8> {
        let mut text = Vec::new();
        let name = program.get_name().to_owned();
        clap_complete::generate(self.shell, &mut program, name, &mut text);
        Output::to(None).write(&String::from_utf8(text)?)?;
        Ok(0)
    }
}
