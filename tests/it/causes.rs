//! Mistakes with one cause are told once.

use tonnage::input::diagnostic::{Diagnostic, InputError};

fn mistake(line: usize, message: String) -> Diagnostic {
    Diagnostic::of_line("cpu.csv", Some(line), message)
}

fn told(all: Vec<Diagnostic>) -> String {
    InputError::unless_empty(all).unwrap_err().to_string()
}

#[test]
fn a_cause_is_told_once() {
    // 10,000 cells with a unit that is unknown, in two columns; two words that are no numbers.
    let unit = |line: usize| {
        let (column, cell) = (["a", "b"][line % 2], line % 170);
        mistake(line, format!("{column} is \"{cell}.5 parsecs\", but must be a value"))
    };
    let mut all: Vec<Diagnostic> = (2..10_002).map(unit).collect();
    all.push(mistake(10_002, "a is \"two\", but must be a value".into()));
    all.push(mistake(10_003, "a is \"three\", but must be a value".into()));
    // Two languages, each with its own remedy.
    let language =
        |line| ["c is \"go\", a language; say \"x\"", "c is \"js\", a language; say \"y\""][line % 2];
    all.extend((10_004..10_012).map(|line| mistake(line, language(line).into())));
    assert_eq!(
        told(all),
        "cpu.csv:2:1: a is \"2.5 parsecs\", but must be a value (9999 more like it, the last in line 10001)\n\
         cpu.csv:10002:1: a is \"two\", but must be a value\n\
         cpu.csv:10003:1: a is \"three\", but must be a value\n\
         cpu.csv:10004:1: c is \"go\", a language; say \"x\" (3 more like it, the last in line 10010)\n\
         cpu.csv:10005:1: c is \"js\", a language; say \"y\" (3 more like it, the last in line 10011)"
    );
}

#[test]
fn three_of_a_cause_are_told_each() {
    let of = |at: usize| mistake(at, format!("a is \"{at}x\", but must be a value"));
    let three: Vec<Diagnostic> = (1..4).map(of).collect();
    assert_eq!(told(three.clone()).lines().count(), 3);
    // The same unit under another allowance is another cause.
    let other = mistake(4, "b is \"4x\", but must be a size".into());
    assert_eq!(told([three, vec![other]].concat()).lines().count(), 4);
}
