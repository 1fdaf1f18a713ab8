//! What shapes are drawn with: each with its class, and its color on light and on dark.

/// What a shape is drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// What is read first.
    Text,
    /// What explains it.
    Soft,
    /// Lines of a grid.
    Grid,
    /// What data is beside.
    Rule,
    /// What is nothing to see until a pointer is over it, in a page.
    Pointed,
    /// Data, by its color in the palette.
    Data(usize),
}

/// Blue, orange, green, purple, brown and gray: colors that differ in lightness as well as in hue, so that those who see
/// fewer hues can tell them; each has a contrast of 4.5 or more with its background.
const PALETTE: [(&str, &str); 6] = [
    ("#0069a8", "#62b6ee"),
    ("#b84a00", "#f29b4f"),
    ("#00745a", "#3fd0a2"),
    ("#8a3f99", "#d9a0e8"),
    ("#6b5600", "#e3cf57"),
    ("#5b6570", "#a9b4c0"),
];

const TEXT: (&str, &str) = ("#1b1f24", "#e8eaed");
const SOFT: (&str, &str) = ("#55606d", "#a9b4c0");
const GRID: (&str, &str) = ("#dfe2e6", "#39414b");
/// What stands behind a chart in a file of its own.
pub const PAGE: (&str, &str) = ("#ffffff", "#14171b");

impl Ink {
    /// Its class.
    pub fn class(self) -> String {
        match self {
            Self::Text => "t".to_owned(),
            Self::Soft => "s".to_owned(),
            Self::Grid => "g".to_owned(),
            Self::Rule => "r".to_owned(),
            Self::Pointed => "p".to_owned(),
            Self::Data(color) => format!("c{}", color % PALETTE.len()),
        }
    }

    /// Its color on light.
    pub fn on_light(self) -> &'static str {
        self.colors().0
    }

    fn colors(self) -> (&'static str, &'static str) {
        match self {
            Self::Text | Self::Rule => TEXT,
            Self::Soft => SOFT,
            Self::Grid | Self::Pointed => GRID,
            Self::Data(color) => PALETTE[color % PALETTE.len()],
        }
    }
}

/// The style of all charts, on light and, where the reader asks for it, on dark.
pub fn style() -> String {
    let inks = [Ink::Text, Ink::Soft, Ink::Grid, Ink::Rule].into_iter();
    let inks: Vec<Ink> = inks.chain((0..PALETTE.len()).map(Ink::Data)).collect();
    let colors = |of: fn((&'static str, &'static str)) -> &'static str| {
        let one = |ink: &Ink| format!(".chart .{}{{--c:{}}}", ink.class(), of(ink.colors()));
        inks.iter().map(one).collect::<String>()
    };
    format!(
        ".chart text{{font:13px system-ui,-apple-system,\"Segoe UI\",Roboto,\"DejaVu Sans\",Arial,sans-serif;\
         font-variant-numeric:tabular-nums;fill:var(--c)}}\
         .chart text.b{{font-weight:600}}.chart .m{{text-anchor:middle}}.chart .e{{text-anchor:end}}.chart text.h{{font-size:16px;font-weight:600}}\
         .chart .l{{fill:none;stroke:var(--c);stroke-width:2.2;stroke-linejoin:round}}\
         .chart .f{{fill:var(--c)}}.chart .o{{fill:var(--c);fill-opacity:.22;stroke:var(--c);stroke-width:1.2;stroke-dasharray:4 2}}\
         .chart .k{{stroke:var(--c);stroke-width:1}}.chart .d{{stroke-dasharray:4 3}}\
         {}@media screen and (prefers-color-scheme:dark){{{}}}\n",
        colors(|(light, _)| light),
        colors(|(_, dark)| dark)
    )
}
