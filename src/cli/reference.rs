//! `tonnage reference`: writes docs/reference/ out of the tables that the program works with.

use anyhow::{Context, Result};
use clap::Args;
use std::collections::BTreeSet;
use std::path::PathBuf;
use tonnage::input::catalogs::{embedded, lists};
use tonnage::input::columns::COLUMNS;
use tonnage::input::samples;
use tonnage::render::{FORMATS, Format};
use tonnage::report::column::{Heading, Show};
use tonnage::report::reference;
use tonnage::settings::table::TABLE;

/// Write the reference pages of the documentation
#[derive(Args)]
#[command(hide = true)]
pub struct Reference {
    /// Folder to write to, made if it is not there
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

impl Reference {
    pub fn run(self) -> Result<u8> {
        std::fs::create_dir_all(&self.folder).with_context(|| self.folder.display().to_string())?;
        for (name, text) in [
            ("columns.md", columns()),
            ("samples.md", samples()),
            ("settings.md", settings()),
            ("output.md", output()),
            ("formats.md", formats()),
            ("catalog.md", catalog()?),
        ] {
            let path = self.folder.join(name);
            std::fs::write(&path, text).with_context(|| path.display().to_string())?;
        }
        Ok(0)
    }
}

/// A page whose first lines say where it comes from.
fn page(title: &str, about: &str) -> String {
    format!(
        "# {title}\n\n<!-- Written by `tonnage reference docs/reference`; edit the table it comes from. -->\n\n{about}\n"
    )
}

/// A Markdown table.
fn table<const N: usize>(heads: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | ").replace('\n', " "));
    let mut text = format!("\n{}", line(&heads.map(str::to_owned)));
    text += &line(&heads.map(|_| "---".to_owned()));
    rows.into_iter().for_each(|row| text += &line(&row));
    text
}

fn columns() -> String {
    let about = "A CSV header, the keys of a TOML `[[workload]]`, `--set COLUMN=VALUE` and, with hyphens, flags. A number \
                 may be a range, such as `40M..60M`.";
    let rows = COLUMNS.iter().map(|column| {
        [
            format!("`{}`", column.name),
            column.meaning.to_owned(),
            column.default().into_owned(),
            column.allowed().into_owned(),
        ]
    });
    page("Columns of a workload file", about) + &table(["column", "meaning", "empty", "allowed"], rows)
}

fn samples() -> String {
    let about = "What `tonnage fit` reads, one row per sample. The first three columns are required; a row without one of \
                 their values has no part in the CPU figures, but may tell of memory, startup or spread.";
    let rows = samples::USED.iter().map(|column| {
        [
            format!("`{}`", column.name),
            column.meaning.to_owned(),
            column.if_empty.to_owned(),
            column.allowed.to_owned(),
        ]
    });
    let passed_over = samples::PASSED_OVER.map(|name| format!("`{name}`")).join(", ");
    page("Columns of a sample file", about)
        + &table(["column", "meaning", "empty", "allowed"], rows)
        + &format!(
            "\nA variant (another `commit`, `compression` or `network`) has no part in the fit without `--all`. These \
             columns may be there too, and are passed over: {passed_over}.\n"
        )
}

fn settings() -> String {
    let about = "Each is a key of `tonnage.toml` and, with hyphens instead of underscores, a flag of the commands that use \
                 it. A flag wins over the file, the file over the default. `tonnage init` writes a `tonnage.toml` with all \
                 of them.";
    let mut text = page("Settings", about);
    for (heading, settings) in TABLE {
        let rows = settings.iter().map(|setting| {
            [
                format!("`{}`", setting.name),
                setting.help.to_owned(),
                setting.default_in_words(),
                setting.allowed(),
            ]
        });
        text += &format!("\n## {heading}\n{}", table(["setting", "meaning", "default", "allowed"], rows));
    }
    text
}

fn output() -> String {
    let about = "Names are those of CSV, JSON and JSON lines. The first rows of a command are what CSV and JSON lines have; \
                 JSON has them all, beside `version`, `command`, `settings`, `price_dates` and `inputs`. Where there is no \
                 value, CSV has an empty field and JSON `null`. A text that a spreadsheet would compute, with `=`, `+`, `-` or `@` \
                 first, stands behind an apostrophe in CSV; files of workloads are read without it.";
    let mut text = page("Output", about);
    let mut command = "";
    for rows in reference::results() {
        if rows.command != command {
            command = rows.command;
            text += &format!("\n## tonnage {command}\n");
        }
        text += &format!(
            "\n### {}\n{}",
            rows.name,
            table(["column", "meaning", "unit"], rows.headings.iter().map(output_row))
        );
    }
    text
}

fn output_row(heading: &Heading) -> [String; 3] {
    let meaning = match heading.show {
        Show::Nested => format!("{} (JSON alone)", heading.meaning),
        _ => heading.meaning.to_owned(),
    };
    [format!("`{}`", heading.name), meaning, reference::unit(heading.unit).to_owned()]
}

fn formats() -> String {
    let about = "`--format NAME`, or by the ending of the file after `-o`.";
    let rows = FORMATS.iter().map(|Format { name, about, endings, .. }| {
        let endings: Vec<String> = endings.iter().map(|ending| format!("`.{ending}`")).collect();
        [format!("`{name}`"), (*about).to_owned(), endings.join(", ")]
    });
    page("Formats", about) + &table(["format", "for", "endings"], rows)
}

fn catalog() -> Result<String> {
    let about = "What is built in: `tonnage catalog` lists it in full, with the source of each figure.";
    let runtimes = embedded::measured()?.runtimes;
    let runtime_rows = runtimes.iter().map(|runtime| {
        let it = &runtime.provenance;
        let compared = if runtime.on_request { "on request" } else { "always" };
        [&*format!("`{}`", runtime.name), &*runtime.title, compared, &*it.machine, &*it.date]
            .map(str::to_owned)
    });
    let machines = lists::machines();
    let region_rows = machines.regions().iter().map(|region| {
        let days: BTreeSet<&str> =
            region.machines().iter().map(|machine| machine.price_date.as_str()).collect();
        let days = days.into_iter().collect::<Vec<_>>().join(", ");
        [region.provider.clone(), region.region.clone(), region.machines().len().to_string(), days]
    });
    Ok(page("Catalog", about)
        + "\n## Runtimes\n"
        + &table(["runtime", "what it is", "compared", "measured on", "day"], runtime_rows)
        + "\n## Machine types\n"
        + &table(["provider", "region", "types", "prices of"], region_rows))
}
