//! Where output goes: standard output, or a file that appears whole or not at all.

use super::link;
use anyhow::{Context, Result};
use clap::Args;
use std::io::{ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use tonnage::input::diagnostic::{InputError, by_cause};
use tonnage::render::{self, FORMATS, Format, Page};
use tonnage::report::Report;
use tonnage::report::context::Context as Made;
use tonnage::settings::setup::Asked;

/// Width of what is not a terminal.
const WIDTH: usize = 80;
/// Width of prose on a terminal that has more: longer lines are hard to follow.
const PROSE: usize = 100;

/// A format by its name, for flags and settings.
pub fn format(name: &str) -> Result<&'static Format, String> {
    render::by_name(name).ok_or_else(|| format!("must be one of {}", names()))
}

fn names() -> String {
    FORMATS.iter().map(|format| format.name).collect::<Vec<_>>().join(", ")
}

/// Where output goes.
#[derive(Args)]
pub struct Output {
    /// File to write, - for standard output; its ending chooses the format
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Output {
    /// To a file, or to standard output.
    pub fn to(output: Option<PathBuf>) -> Self {
        Self { output }
    }

    /// The format asked for by a flag, else the one that the file's ending stands for, else that of the settings file,
    /// else a table. An ending that no format has is an error.
    pub fn format(&self, asked: Asked) -> Result<&'static Format> {
        if let Some(format) = asked.by_flag {
            return Ok(format);
        }
        let ending = self.file().and_then(Path::extension).and_then(|ending| ending.to_str());
        let by_ending = match ending {
            None => None,
            Some(ending) => Some(render::by_ending(ending).with_context(|| self.unknown_ending(ending))?),
        };
        Ok(by_ending.or(asked.by_file).unwrap_or(&FORMATS[0]))
    }

    fn unknown_ending(&self, ending: &str) -> String {
        let endings = FORMATS.iter().flat_map(|format| format.endings).map(|ending| format!(".{ending}"));
        format!(
            "-o {}: no format has the ending .{ending}; use {}, or say --format",
            self.output.as_deref().unwrap_or(Path::new("")).display(),
            endings.collect::<Vec<_>>().join(", ")
        )
    }

    /// The file to write; nothing where output goes to standard output.
    fn file(&self) -> Option<&Path> {
        self.output.as_deref().filter(|path| *path != Path::new("-"))
    }

    /// Writes a report in the format asked for.
    pub fn report(&self, report: &dyn Report, context: &Made<'_>, asked: Asked) -> Result<()> {
        let format = self.format(asked)?;
        self.write(&(format.render)(report, context, self.page())?)
    }

    /// A report that goes where [`Output::write_beside`] writes.
    pub fn rendered_beside(
        &self,
        report: &dyn Report,
        context: &Made<'_>,
        format: &Format,
    ) -> Result<String> {
        let is_terminal = match self.file() {
            Some(_) => std::io::stdout().is_terminal(),
            None => std::io::stderr().is_terminal(),
        };
        Ok((format.render)(report, context, page_for(is_terminal))?)
    }

    /// The page that standard output, or a file, is.
    pub fn page(&self) -> Page {
        page_for(self.is_on_terminal())
    }

    /// Whether output goes to a terminal.
    pub fn is_on_terminal(&self) -> bool {
        self.file().is_none() && std::io::stdout().is_terminal()
    }

    /// Refuses to write over a file that is read.
    pub fn keep<'f>(&self, inputs: impl IntoIterator<Item = &'f PathBuf>) -> Result<()> {
        keep("-o", self.file(), inputs)
    }

    /// Where bytes go as they come.
    pub fn sink(&self) -> Result<Sink> {
        match self.file() {
            None => Ok(Sink::Standard { is_read: true }),
            Some(path) => Sink::to_file(path).with_context(|| path.display().to_string()),
        }
    }

    /// Writes the whole text, or nothing.
    pub fn write(&self, text: &str) -> Result<()> {
        self.write_bytes(text.as_bytes())
    }

    /// The same of what is no text.
    pub fn write_bytes(&self, bytes: &[u8]) -> Result<()> {
        let mut sink = self.sink()?;
        sink.write(bytes)?;
        sink.finish()
    }

    /// Writes what is said about the output: to standard output where that is free, else to standard error.
    pub fn write_beside(&self, text: &str) -> Result<()> {
        let result = match self.file() {
            Some(_) => std::io::stdout().lock().write_all(text.as_bytes()),
            None => std::io::stderr().lock().write_all(text.as_bytes()),
        };
        match result {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            result => result.context("the report"),
        }
    }
}

/// Refuses a flag that would write over a file that is read.
pub fn keep<'f>(
    flag: &str,
    file: Option<&Path>,
    inputs: impl IntoIterator<Item = &'f PathBuf>,
) -> Result<()> {
    let Some(file) = file.and_then(|path| path.canonicalize().ok()) else { return Ok(()) };
    match inputs.into_iter().find(|input| input.canonicalize().is_ok_and(|input| input == file)) {
        Some(input) => {
            anyhow::bail!("{flag} {}: it is read, and would be lost; write to another file", input.display())
        }
        None => Ok(()),
    }
}

/// The page of a terminal, or of what is none.
fn page_for(to_terminal: bool) -> Page {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let asked =
        std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|width| *width > 0);
    let found = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let width = asked.or_else(|| if to_terminal { found() } else { None });
    let color = to_terminal && !set("NO_COLOR") && !dumb;
    let prose = if to_terminal { PROSE } else { usize::MAX };
    Page { width: width.unwrap_or(WIDTH), prose, color, charts: false }
}

/// Where bytes go as they come.
pub enum Sink {
    /// Standard output; nothing more once nobody reads it.
    Standard {
        /// Whether somebody still reads.
        is_read: bool,
    },
    /// What is no regular file, such as a device or a pipe.
    Device {
        /// What it is called.
        target: PathBuf,
        /// It.
        file: std::fs::File,
    },
    /// A file beside the one to write, renamed in the end, so that readers see the old contents or the new.
    Beside {
        /// The file to write.
        target: PathBuf,
        /// What it was called.
        name: PathBuf,
        /// The one beside it.
        file: tempfile::NamedTempFile,
    },
}

impl Sink {
    /// Writes some bytes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        match self {
            Self::Standard { is_read: false } => Ok(()),
            Self::Standard { is_read } => match std::io::stdout().lock().write_all(bytes) {
                Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                    *is_read = false;
                    Ok(())
                }
                result => result.context("standard output"),
            },
            Self::Device { file, target } => {
                file.write_all(bytes).with_context(|| target.display().to_string())
            }
            Self::Beside { file, target, .. } => {
                file.write_all(bytes).with_context(|| target.display().to_string())
            }
        }
    }

    /// Makes what was written the contents of the file, and says so on standard error.
    pub fn finish(self) -> Result<()> {
        let Self::Beside { target, name, file } = self else { return Ok(()) };
        let persist = || {
            file.as_file().sync_all()?;
            file.persist(&target).map_err(|error| error.error)?.metadata()
        };
        let bytes = persist().with_context(|| target.display().to_string())?.len();
        let size =
            if bytes < 1000 { format!("{bytes} bytes") } else { format!("{} KB", bytes.div_ceil(1000)) };
        // Nothing is left to tell anyone when standard error is closed.
        let _ = writeln!(std::io::stderr(), "wrote {}, {size}", link::to_file(&name));
        Ok(())
    }

    fn to_file(path: &Path) -> std::io::Result<Self> {
        let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let before = target.metadata().ok();
        if before.as_ref().is_some_and(|before| !before.is_file()) {
            let file = std::fs::File::options().write(true).open(&target)?;
            return Ok(Self::Device { target, file });
        }
        let folder =
            target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !folder.is_dir() {
            return Err(std::io::Error::other(format!("there is no folder {}", folder.display())));
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(".tonnage-");
        let permissions = before.map(|before| before.permissions());
        #[cfg(unix)]
        let permissions = permissions.or_else(|| {
            use std::os::unix::fs::PermissionsExt;
            Some(std::fs::Permissions::from_mode(0o666))
        });
        if let Some(permissions) = permissions {
            builder.permissions(permissions);
        }
        // The error itself names a file that no one has asked for.
        let file = builder.tempfile_in(folder).map_err(|error| std::io::Error::from(error.kind()))?;
        Ok(Self::Beside { target, name: path.to_owned(), file })
    }
}

/// Prints an error, each mistake of an input on a line of its own.
pub fn report(error: &anyhow::Error) {
    let mut stderr = std::io::stderr().lock();
    let mut line = |text: String| {
        // Nothing is left to tell anyone when standard error is closed.
        let _ = writeln!(stderr, "error: {text}");
    };
    match error.downcast_ref::<InputError>() {
        Some(InputError::Invalid(all)) => by_cause(all).iter().for_each(|mistake| line(mistake.to_string())),
        _ => line(format!("{error:#}")),
    }
}
