//! Numbers that can be read in two ways: `1.150` with thousands or decimals behind its mark, `17m` as millions or thousandths.

use super::quantity::{number, of_dollars};

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
    let text = of_dollars(text).unwrap_or(text);
    let text = text.trim_start_matches(|c: char| "$+-".contains(c) || c.is_whitespace());
    let (digits, unit) = text.split_at(text.find(|c| !is_of_number(c)).unwrap_or(text.len()));
    (!digits.is_empty() && !unit.contains(is_of_number)).then_some(digits)
}

/// Whether a number can be read with a point before its decimals, and with a comma: but for dollars with three digits behind
/// each comma, as nobody writes tenths of a cent.
fn readings(text: &str) -> [bool; 2] {
    let Some(digits) = digits(text) else { return [false; 2] };
    let [point, comma] = [reads(digits, '.', ','), reads(digits, ',', '.')];
    let are_dollars = of_dollars(text).is_some_and(|it| it.ends_with(digits)) && digits.contains(',');
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

/// What may be meant, behind what a value must be, of what `is_taken` then: where a mark or an `m` can be read in two ways, or a comma
/// stands before decimals; or what a spreadsheet has made of it.
pub fn hint(text: &str, is_taken: impl Fn(&str) -> bool) -> String {
    if text.split('-').map(str::len).eq([4, 2, 2]) && !is_taken("2000-01-01") {
        return "; a spreadsheet has made a date of it".to_owned();
    }
    if text.starts_with('=') {
        return "; the workbook has no value of this formula: open and save it once".to_owned();
    }
    let one = |meant: Option<String>| Vec::from_iter(meant);
    let readings = [
        both(text, millions_or_thousandths),
        both(text, thousands_or_decimals),
        one(by_points(text)),
        one(with_decimal_points(text)),
    ];
    let taken = readings.into_iter().map(|all| all.into_iter().filter(|it| is_taken(it)).collect());
    let meant =
        taken.map(|all: Vec<String>| all.iter().map(|it| format!("{it:?}")).collect::<Vec<_>>().join(" or "));
    meant.filter(|all| !all.is_empty()).map(|all| format!("; {all} may be meant")).next().unwrap_or_default()
}

/// What `12.400.000` or `1.234,5` surely means.
fn by_points(text: &str) -> Option<String> {
    let digits = digits(text)?;
    let is_sure = digits.contains('.') && reads(digits, ',', '.') && !reads(digits, '.', ',');
    is_sure.then(|| text.trim().replacen(digits, &digits.replace('.', "").replace(',', "."), 1))
}

/// A text with a point for each comma between two digits.
fn with_decimal_points(text: &str) -> Option<String> {
    let is_digit = |part: &str, at: fn(&str) -> Option<char>| at(part).is_some_and(|c| c.is_ascii_digit());
    let mut parts = text.trim().split(',');
    let first = parts.next()?.to_owned();
    let fixed = parts.fold(first, |all, part| {
        let is_decimal = is_digit(&all, |it| it.chars().last()) && is_digit(part, |it| it.chars().next());
        all + if is_decimal { "." } else { "," } + part
    });
    (fixed != text.trim()).then_some(fixed)
}

/// Both readings of a number, or of both ends of a range.
fn both(text: &str, read: impl Fn(&str) -> Option<[String; 2]>) -> Vec<String> {
    let ends: Option<Vec<[String; 2]>> = text.split("..").map(read).collect();
    let range = |ends: &[[String; 2]], at: usize| {
        ends.iter().map(|end| end[at].as_str()).collect::<Vec<_>>().join("..")
    };
    ends.map_or_else(Vec::new, |ends| vec![range(&ends, 0), range(&ends, 1)])
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
