//! Headings, paragraphs, lists and tables, without a form yet.

use super::chart::Chart;

/// A text made of blocks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document {
    /// In reading order.
    pub blocks: Vec<Block>,
}

/// One part of a document.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// A title of what follows.
    Heading(String),
    /// Running text.
    Paragraph {
        /// What it is about, set off from the text; may be empty.
        lead: String,
        /// The text.
        text: String,
    },
    /// Points, one each.
    List(Vec<String>),
    /// Points with numbers, the first to be done first.
    Steps(Vec<String>),
    /// Rows and columns.
    Table(Table),
    /// Text to be copied as it is.
    Verbatim {
        /// The language that it is in, such as `csv`.
        language: &'static str,
        /// The text, with a line break at the end.
        text: String,
    },
    /// A chart; left out where it cannot be drawn.
    Chart(Chart),
    /// The few numbers that decide.
    Figures(Vec<Figure>),
    /// What is folded away until somebody asks, where the format can.
    Fold(Fold),
}

/// A number that decides.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// What it is.
    pub title: String,
    /// It, with its unit.
    pub value: String,
    /// How sure it is, or what it is of; may be empty.
    pub remark: String,
}

/// What is folded away.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fold {
    /// What it is about, told in any case.
    pub title: String,
    /// The figure that it explains; may be empty.
    pub figure: String,
    /// What is folded away.
    pub within: Document,
}

/// A table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    /// Columns from left to right.
    pub columns: Vec<Column>,
    /// Rows from top to bottom, each with a cell for every column.
    pub rows: Vec<Vec<Cell>>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Title, with the unit.
    pub title: String,
    /// Where its cells stand.
    pub align: Align,
    /// Which columns stay on a narrow page: those of rank 0 always, of the others the highest rank goes first.
    pub rank: u8,
    /// Whether a cell that repeats the one above it may be left empty.
    pub groups: bool,
}

/// Where the text of a column stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Text, on one line.
    pub text: String,
    /// How it is marked.
    pub tone: Tone,
}

/// Emphasis of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// None.
    Plain,
    /// The best of its kind.
    Good,
    /// Something that does not work.
    Bad,
}

impl Document {
    /// Adds a heading.
    pub fn heading(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Heading(text.into()));
    }

    /// Adds a paragraph; nothing where the text is empty.
    pub fn paragraph(&mut self, text: impl Into<String>) {
        self.paragraph_on("", text);
    }

    /// Adds a paragraph about something.
    pub fn paragraph_on(&mut self, lead: impl Into<String>, text: impl Into<String>) {
        let (lead, text) = (lead.into(), text.into());
        if !text.is_empty() {
            self.blocks.push(Block::Paragraph { lead, text });
        }
    }

    /// Adds a list; nothing where it has no points.
    pub fn list(&mut self, points: Vec<String>) {
        if !points.is_empty() {
            self.blocks.push(Block::List(points));
        }
    }

    /// Adds points with numbers; nothing where there are none.
    pub fn steps(&mut self, points: Vec<String>) {
        if !points.is_empty() {
            self.blocks.push(Block::Steps(points));
        }
    }

    /// Adds text to be copied as it is.
    pub fn verbatim(&mut self, language: &'static str, text: impl Into<String>) {
        self.blocks.push(Block::Verbatim { language, text: text.into() });
    }

    /// Adds a chart; nothing where there is none.
    pub fn chart(&mut self, chart: impl Into<Option<Chart>>) {
        self.blocks.extend(chart.into().map(Block::Chart));
    }

    /// Adds the few numbers that decide; nothing where there are none.
    pub fn figures(&mut self, figures: Vec<Figure>) {
        if !figures.is_empty() {
            self.blocks.push(Block::Figures(figures));
        }
    }

    /// Adds what is folded away; nothing where there is nothing.
    pub fn fold(&mut self, title: impl Into<String>, figure: impl Into<String>, within: Document) {
        if !within.blocks.is_empty() {
            self.blocks.push(Block::Fold(Fold { title: title.into(), figure: figure.into(), within }));
        }
    }

    /// Adds a table; nothing where it has no rows.
    pub fn table(&mut self, table: Table) {
        if !table.rows.is_empty() {
            self.blocks.push(Block::Table(table));
        }
    }
}

impl Figure {
    /// In one line.
    pub fn line(&self) -> String {
        let Self { title, value, remark } = self;
        if remark.is_empty() { format!("{title}: {value}") } else { format!("{title}: {value}, {remark}") }
    }
}

impl Fold {
    /// What it is about, with the figure, in one line.
    pub fn line(&self) -> String {
        let Self { title, figure, .. } = self;
        if figure.is_empty() { title.clone() } else { format!("{title}: {figure}") }
    }
}

impl Table {
    /// A table without rows.
    pub fn new(columns: Vec<Column>) -> Self {
        Self { columns, rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }
}

impl Column {
    /// A column of words.
    pub fn words(title: impl Into<String>, rank: u8) -> Self {
        Self { title: title.into(), align: Align::Left, rank, groups: false }
    }

    /// A column of numbers.
    pub fn numbers(title: impl Into<String>, rank: u8) -> Self {
        Self { title: title.into(), align: Align::Right, rank, groups: false }
    }
}

impl Cell {
    /// A plain cell.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), tone: Tone::Plain }
    }

    /// The same with emphasis.
    pub fn toned(self, tone: Tone) -> Self {
        Self { tone, ..self }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::new(text)
    }
}
