//! The inputs that the page lets people change: fields and sliders, made from the tables of columns and settings.

use crate::changes::{Cells, Change, in_column, last};
use serde::Serialize;
use std::fmt::Write;
use tonnage::input::columns::{self, COLUMNS};
use tonnage::render::markup::text::escape;
use tonnage::render::number::rounded;
use tonnage::report::figures::{digits, per_day};
use tonnage::settings::table::all;
use tonnage_model::workload::Workload;

/// Steps of a slider.
pub const STEPS: f64 = 1000.0;
/// Significant digits of what a slider gives.
const DIGITS: u8 = 3;

/// An input that can be changed.
#[derive(Debug, Clone, Copy)]
pub struct Control {
    /// The column or setting.
    pub name: &'static str,
    /// Which of these it is.
    pub of: Of,
    title: &'static str,
    slider: Slider,
}

/// What a control changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// A column of a workload.
    Column,
    /// A setting of the whole plan.
    Setting,
}

/// The values of a slider.
#[derive(Debug, Clone, Copy)]
enum Slider {
    /// From a tenth to ten times of what was there, by factors.
    Around,
    /// From, to, in steps of, with a sign behind.
    Even(f64, f64, f64, &'static str),
    /// None: a field alone.
    None,
}

use Of::{Column, Setting};
use Slider::{Around, Even};

const fn control(name: &'static str, of: Of, title: &'static str, slider: Slider) -> Control {
    Control { name, of, title, slider }
}

/// All of them, in the order in which they stand.
pub const CONTROLS: [Control; 8] = [
    control("events_per_day", Column, "Events a day", Around),
    control("io_ratio", Column, "Share of waiting (io_ratio)", Even(0.0, 99.0, 1.0, "%")),
    control("handler_ms", Column, "Handler time, ms", Around),
    control("peak_factor", Column, "Peak over mean", Even(1.0, 10.0, 0.1, "")),
    control("observed_cores", Column, "Cores in use today", Slider::None),
    control("machine_types", Setting, "Machine types", Slider::None),
    control("discount", Setting, "Discount on list prices", Even(0.0, 60.0, 1.0, "%")),
    control("max_utilization", Setting, "Highest utilization at peak", Even(30.0, 95.0, 1.0, "%")),
];

/// What a control shows.
#[derive(Debug, Serialize)]
pub struct Shown {
    name: &'static str,
    text: String,
    /// What stands in an empty field.
    placeholder: String,
    /// Where the slider is, out of [`STEPS`].
    at: Option<f64>,
    changed: bool,
}

/// What the controls are of: the workloads in view as they were and as they are now.
pub struct Scope<'p> {
    /// The workload; empty for all.
    pub of: &'p str,
    /// Cells as they were read, with the workload that they made.
    pub before: Vec<(&'p Cells, &'p Workload)>,
    /// The same with all changes; nothing where these have mistakes.
    pub now: Vec<(&'p Cells, Option<&'p Workload>)>,
    /// Changes.
    pub changes: &'p [Change],
    /// The value of a setting as it is now, as its flag has it.
    pub setting: &'p dyn Fn(&str) -> String,
}

impl Control {
    /// The control of a column or setting.
    pub fn of(name: &str) -> Option<&'static Self> {
        static ALL: [Control; CONTROLS.len()] = CONTROLS;
        ALL.iter().find(|it| it.name == name)
    }

    /// A change of it; settings are of all workloads.
    pub fn change(&self, of: &str, text: String) -> Change {
        let of = if self.of == Setting { "" } else { of };
        Change { of: of.to_owned(), name: self.name.to_owned(), text }
    }

    /// The text for a place of the slider.
    pub fn text(&self, at: f64, scope: &Scope<'_>) -> String {
        let share = (at / STEPS).clamp(0.0, 1.0);
        match self.slider {
            Slider::None => String::new(),
            Even(from, to, step, sign) => {
                let value = ((from + share * (to - from)) / step).round() * step;
                format!("{}{sign}", rounded(value))
            }
            Around => {
                let value = digits(self.around(scope) * 10f64.powf(2.0 * share - 1.0), DIGITS);
                match self.name {
                    "events_per_day" => per_day(value).trim_end_matches("/day").to_owned(),
                    _ => value.to_string(),
                }
            }
        }
    }

    /// Where the slider stands at a value in the unit of its column.
    fn at(&self, value: f64, scope: &Scope<'_>) -> Option<f64> {
        let share = match self.slider {
            Slider::None => return None,
            Even(from, to, _, sign) => {
                (if sign.is_empty() { value } else { value * 100.0 } - from) / (to - from)
            }
            Around => ((value / self.around(scope)).log10() + 1.0) / 2.0,
        };
        share.is_finite().then(|| (share.clamp(0.0, 1.0) * STEPS).round())
    }

    /// The middle of the slider: the median of what was there, 1 where nothing was.
    fn around(&self, scope: &Scope<'_>) -> f64 {
        median(scope.before.iter().filter_map(|(_, workload)| in_column(self.name, workload)).collect())
            .filter(|value| *value > 0.0)
            .unwrap_or(1.0)
    }

    /// What it shows.
    pub fn shown(&self, scope: &Scope<'_>) -> Shown {
        let changed = last(scope.changes, scope.of, self.name).is_some();
        if self.of == Setting {
            let text = (scope.setting)(self.name);
            let number = text.trim_end_matches('%').parse().ok();
            let number: Option<f64> = number.map(|it: f64| if text.ends_with('%') { it / 100.0 } else { it });
            let nothing = all().find(|it| it.name == self.name).map_or("", |it| it.unset);
            let at = self.at(number.unwrap_or(0.0), scope);
            return Shown { name: self.name, text, placeholder: nothing.to_owned(), at, changed };
        }
        let texts: Vec<&str> =
            scope.now.iter().map(|(cells, _)| cells.get(self.name).map_or("", String::as_str)).collect();
        let first = texts.first().copied().unwrap_or_default();
        let is_one = texts.iter().all(|text| *text == first);
        let of_column = columns::position(self.name).map(|at| COLUMNS[at].default()).unwrap_or_default();
        let placeholder = if is_one { of_column.into_owned() } else { "differs by workload".to_owned() };
        let numbers = scope.now.iter().filter_map(|(_, workload)| in_column(self.name, (*workload)?));
        let at = median(numbers.collect()).and_then(|value| self.at(value, scope));
        let text = if is_one { first.to_owned() } else { String::new() };
        Shown { name: self.name, text, placeholder, at, changed }
    }

    fn html(&self, html: &mut String) {
        let Self { name, title, .. } = self;
        let list = if *name == "machine_types" { " list=\"machine-types\"" } else { "" };
        // Writing to a string cannot fail.
        let _ = write!(
            html,
            "<div class=\"control\"><label for=\"in-{name}\">{title}</label>\
             <input id=\"in-{name}\" name=\"{name}\" autocomplete=\"off\" spellcheck=\"false\"{list}>"
        );
        if !matches!(self.slider, Slider::None) {
            let _ = write!(
                html,
                "<input type=\"range\" name=\"{name}\" min=\"0\" max=\"{STEPS}\" step=\"{}\" aria-label=\"{title}, slider\">",
                self.step()
            );
        }
        html.push_str("</div>\n");
    }

    /// Steps of the slider between two of its values.
    fn step(&self) -> f64 {
        match self.slider {
            Even(from, to, step, _) => STEPS * step / (to - from),
            _ => 10.0,
        }
    }
}

/// The controls of workloads with these names, and machine types to choose from.
pub fn panel<'p>(names: impl Iterator<Item = &'p str>, types: impl Iterator<Item = &'p str>) -> String {
    let names: Vec<String> = names.map(escape).collect();
    let mut html =
        String::from("<div class=\"control\"><label for=\"scope\">Change</label><select id=\"scope\">");
    if names.len() != 1 {
        html.push_str("<option value=\"\">the whole fleet</option>");
    }
    names.iter().for_each(|name| html.extend(["<option>", name, "</option>"]));
    html.push_str("</select></div>\n");
    CONTROLS.iter().for_each(|control| control.html(&mut html));
    html.push_str("<datalist id=\"machine-types\">");
    types.for_each(|name| html.extend(["<option>", &escape(name), "</option>"]));
    html.push_str("</datalist>\n");
    html
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
