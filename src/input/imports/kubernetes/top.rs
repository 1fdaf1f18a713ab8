//! What `kubectl top pod --containers -A` prints: CPU and memory of each container at the moment.

use super::quantity::{self, Amounts, quantity as value};
use crate::input::diagnostic::{Diagnostic, InputError, Lines, Source};

/// What prints it.
pub const COMMAND: &str = "kubectl top pod --containers -A";

/// What a container uses.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Usage {
    /// Namespace.
    pub(super) namespace: String,
    /// Pod.
    pub(super) pod: String,
    /// Container.
    pub(super) container: String,
    /// The moment, counted from 1 in each file.
    pub(super) moment: usize,
    /// What it uses.
    pub(super) used: Amounts,
}

const COLUMNS: [&str; 5] = ["NAMESPACE", "POD", "NAME", "CPU(cores)", "MEMORY(bytes)"];

/// Gives each container of a text, and the number of moments that it is of: each header begins one.
pub(super) fn read(source: Source<'_>, mut take: impl FnMut(Usage)) -> Result<usize, InputError> {
    let lines = Lines::new(source);
    let mut errors = Vec::new();
    let mut moments = 0;
    let mut offset = 0;
    for line in source.text.split_inclusive('\n') {
        let words: Vec<&str> = line.split_whitespace().collect();
        let mut wrong = |word: &str, message: String| {
            errors.push(lines.at(offset + (word.as_ptr() as usize - line.as_ptr() as usize), message));
        };
        match words[..] {
            // With --sum the last lines are a rule and the total.
            [] | ["________", ..] => {}
            [_, _] if moments > 0 => {}
            _ if words.starts_with(&COLUMNS) => moments += 1,
            _ if words.contains(&COLUMNS[3]) => {
                wrong(words[0], format!("the columns are {}, but must be {}", words.join(" "), remedy()));
                break;
            }
            _ if moments == 0 => {
                wrong(words[0], format!("the header is missing; the columns must be {}", remedy()));
                break;
            }
            [namespace, pod, container, cpu, memory, ..] => {
                let [cores, bytes] = [cpu, memory].map(value);
                for (name, text, value) in [(COLUMNS[3], cpu, cores), (COLUMNS[4], memory, bytes)] {
                    if value.is_none() {
                        wrong(text, format!("{name} is {text:?}, but must be {}", quantity::ALLOWED));
                    }
                }
                let [namespace, pod, container] = [namespace, pod, container].map(str::to_owned);
                take(Usage {
                    namespace,
                    pod,
                    container,
                    moment: moments,
                    used: Amounts { cpu: cores, memory: bytes },
                });
            }
            _ => wrong(
                words[0],
                format!("the row has {} cells, but must have those of {}", words.len(), remedy()),
            ),
        }
        offset += line.len();
    }
    if moments == 0 && errors.is_empty() {
        let message = format!("the file is empty; the columns must be {}", remedy());
        errors.push(Diagnostic { file: source.file.to_owned(), place: None, message });
    }
    InputError::unless_empty(errors).map(|()| moments)
}

fn remedy() -> String {
    format!("{} as `{COMMAND}` prints them", COLUMNS.join(" "))
}
