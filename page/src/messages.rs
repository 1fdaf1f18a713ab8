//! What the page asks, and what it is told.

use crate::answers::{Asked, Refused};
use crate::changes::{Change, with};
use crate::controls::{CONTROLS, Control, Shown, panel};
use serde::{Deserialize, Serialize};
use tonnage::report::question::Question;

/// A page with the report that it holds.
#[derive(Default)]
pub struct Page(Option<Question>);

/// What is asked.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Message {
    /// To begin with: what the report was made of.
    Open(Box<Question>),
    /// The report with some inputs changed.
    Report {
        changes: Vec<Change>,
        /// The workload whose inputs the controls show; empty for all.
        scope: String,
        /// A slider that was moved.
        moved: Option<Moved>,
        /// Names that are unfolded.
        open: Vec<String>,
        /// An input that was typed.
        typed: Option<Change>,
    },
    /// The same in a format.
    Write { changes: Vec<Change>, format: String },
}

/// A slider at a place.
#[derive(Deserialize)]
struct Moved {
    name: String,
    at: f64,
}

/// What is answered.
#[derive(Default, Serialize)]
struct Answer {
    /// The controls, to begin with.
    #[serde(skip_serializing_if = "Option::is_none")]
    panel: Option<String>,
    /// All changes.
    changes: Vec<Change>,
    /// What the controls show.
    controls: Vec<Shown>,
    /// The report, or the text asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// What is wrong with what was changed.
    errors: Vec<String>,
}

impl Page {
    /// Takes a message and gives the answer, both JSON.
    pub fn tell(&mut self, message: &[u8]) -> Vec<u8> {
        let answer = serde_json::from_slice(message).map_err(Refused::from).and_then(|it| self.answer(it));
        let answer = answer.unwrap_or_else(|Refused(errors)| Answer { errors, ..Answer::default() });
        serde_json::to_vec(&answer).unwrap_or_default()
    }

    fn answer(&mut self, message: Message) -> Result<Answer, Refused> {
        match message {
            Message::Open(question) => {
                let question = self.0.insert(*question);
                let asked = Asked::new(question, &[])?;
                let panel = panel(question.names(), asked.machine_types().into_iter());
                Ok(Answer { panel: Some(panel), ..Answer::default() })
            }
            Message::Write { changes, format } => {
                let text = Some(Asked::new(self.question()?, &changes)?.text(&format)?);
                Ok(Answer { text, changes, ..Answer::default() })
            }
            Message::Report { changes, scope, moved, open, typed } => {
                let question = self.question()?;
                let changes = match (moved, typed) {
                    (Some(Moved { name, at }), _) => {
                        let asked = Asked::new(question, &changes)?;
                        let Some(control) = Control::of(&name) else { return Err(Refused::unknown(&name)) };
                        let text = asked.with_scope(&scope, |scope| control.text(at, scope));
                        with(changes, control.change(&scope, text))
                    }
                    (None, Some(typed)) => {
                        let Some(control) = Control::of(&typed.name) else {
                            return Err(Refused::unknown(&typed.name));
                        };
                        with(changes, control.change(&scope, typed.text))
                    }
                    (None, None) => changes,
                };
                let asked = match Asked::new(question, &changes) {
                    Ok(asked) => asked,
                    Err(Refused(errors)) => return Ok(Answer { changes, errors, ..Answer::default() }),
                };
                let controls =
                    asked.with_scope(&scope, |scope| CONTROLS.iter().map(|it| it.shown(scope)).collect());
                match asked.page(&|name| open.iter().any(|it| it == name)) {
                    Ok(text) => Ok(Answer { changes, controls, text: Some(text), ..Answer::default() }),
                    Err(Refused(errors)) => Ok(Answer { changes, controls, errors, ..Answer::default() }),
                }
            }
        }
    }

    fn question(&self) -> Result<&Question, Refused> {
        self.0.as_ref().ok_or_else(|| Refused(vec!["nothing is open".to_owned()]))
    }
}
