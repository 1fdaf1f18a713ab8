//! Numbers that can be read in two ways: `1.150` with thousands or decimals behind its mark, `17m` as millions or thousandths.

use super::quantity::{hint, number};

/// What stands before decimals or between thousands.
const MARKS: [char; 2] = ['.', ','];

/// The marks that some numbers surely have before their decimals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Marks {
    point: bool,
    comma: bool,
}

impl Marks {
    /// A point, as all that is written by programs has.
    pub const POINT: Self = Self { point: true, comma: false };

    /// What some texts tell together: `101.6`, `0.123`, `1,234.5`, `1,234,567` and `$1,489` have a point before their decimals,
    /// `0,5` and `1.234,5` a comma. `1.150` tells nothing.
    pub fn of<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let ends = texts.into_iter().flat_map(|text| text.split(".."));
        ends.fold(Self::default(), |marks, text| {
            let [point, comma] = readings(text);
            marks.and(Self { point: point && !comma, comma: comma && !point })
        })
    }

    /// What both tell.
    pub fn and(self, other: Self) -> Self {
        Self { point: self.point || other.point, comma: self.comma || other.comma }
    }
}

/// The digits and marks of a number, without its sign, `$` and unit; nothing where there are digits behind these.
fn digits(text: &str) -> Option<&str> {
    let is_of_number = |c: char| c.is_ascii_digit() || MARKS.contains(&c);
    let text = text.trim_start_matches(|c: char| "$+-".contains(c) || c.is_whitespace());
    let (digits, unit) = text.split_at(text.find(|c| !is_of_number(c)).unwrap_or(text.len()));
    (!digits.is_empty() && !unit.contains(is_of_number)).then_some(digits)
}

/// Whether a number can be read with a point before its decimals, and with a comma: but for dollars with three digits behind
/// each comma, as nobody writes tenths of a cent.
fn readings(text: &str) -> [bool; 2] {
    let Some(digits) = digits(text) else { return [false; 2] };
    let [point, comma] = [reads(digits, '.', ','), reads(digits, ',', '.')];
    let are_dollars = text.contains('$') && text.trim_end().ends_with(digits) && digits.contains(',');
    [point, comma && !(point && are_dollars)]
}

/// Whether digits can be read with one mark before the decimals and another between thousands.
fn reads(digits: &str, decimal: char, between: char) -> bool {
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, decimals) = digits.split_once(decimal).unwrap_or((digits, "0"));
    let are_groups = whole.split_once(between).is_none_or(|(first, more)| {
        matches!(first.len(), 1..=3) && !first.starts_with('0') && more.split(between).all(|it| it.len() == 3)
    });
    are_digits(decimals) && are_groups && whole.split(between).all(are_digits)
}

/// Whether a mark of a number may stand before decimals or between thousands.
pub fn is_open(text: &str) -> bool {
    thousands_or_decimals(text).is_some()
}

/// A number as a program writes it, so that its point can only stand before decimals.
pub fn never_open(text: String) -> String {
    if is_open(&text) { text + "0" } else { text }
}

/// What may be meant, behind what a value must be, where its mark leaves that open, or is a decimal comma.
pub fn hint_of_mark(text: &str) -> String {
    both(text, thousands_or_decimals).or_else(|| by_points(text)).unwrap_or_else(|| hint(text))
}

/// What `12.400.000` or `1.234,5` surely means.
fn by_points(text: &str) -> Option<String> {
    let digits = digits(text)?;
    let is_sure = digits.contains('.') && reads(digits, ',', '.') && !reads(digits, '.', ',');
    let meant = text.trim().replacen(digits, &digits.replace('.', "").replace(',', "."), 1);
    is_sure.then(|| format!("; {meant:?} may be meant"))
}

/// The same of a count or an amount, which `17m` leaves open too.
pub fn hint_of_two(text: &str) -> String {
    both(text, millions_or_thousandths).unwrap_or_else(|| hint_of_mark(text))
}

/// Both readings of a number, or of both ends of a range.
fn both(text: &str, read: impl Fn(&str) -> Option<[String; 2]>) -> Option<String> {
    let ends: Vec<[String; 2]> = text.split("..").map(read).collect::<Option<_>>()?;
    let range = |reading: usize| ends.iter().map(|end| end[reading].as_str()).collect::<Vec<_>>().join("..");
    Some(format!("; {:?} or {:?} may be meant", range(0), range(1)))
}

/// Both readings of a number with one mark and three digits behind it.
fn thousands_or_decimals(text: &str) -> Option<[String; 2]> {
    let digits = digits(text)?;
    let (whole, decimals) = digits.split_once(MARKS)?;
    let instead = |number: String| text.trim().replacen(digits, &number, 1);
    (readings(text) == [true; 2]).then(|| {
        let decimal = match decimals.trim_end_matches('0') {
            "" => whole.to_owned(),
            short if short.len() < decimals.len() => format!("{whole}.{short}"),
            _ => format!("{whole}.{decimals}0"),
        };
        [instead(format!("{whole}{decimals}")), instead(decimal)]
    })
}

/// Both readings of `17m`, with what stands behind it: Kubernetes and SI have thousandths, people millions.
fn millions_or_thousandths(text: &str) -> Option<[String; 2]> {
    let (digits, more) = text.split_at(text.find('m')?);
    let more = more.strip_prefix('m').filter(|more| !more.starts_with(char::is_alphabetic))?;
    let thousandths = number(digits.trim().trim_start_matches('$'))? / 1e3;
    Some([format!("{}M{more}", digits.trim()), format!("{thousandths}{more}")])
}

/// An amount that stands alone, so that nothing tells what its mark means.
pub fn counted(text: &str, read: impl Fn(&str) -> Option<f64>) -> Option<f64> {
    if is_open(text) { None } else { read(text) }
}
