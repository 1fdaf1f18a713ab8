//! Rows made by their columns, and the tables that show them.

pub use super::column::Records;
use super::column::{Column, Heading, Show, Unit, Value};
use super::document::{Align, Cell, Column as TableColumn, Table, Tone};

impl<'r> Records<'r> {
    /// The rows of a result by its columns.
    pub fn of<R>(name: &'static str, columns: &[Column<R>], rows: impl IntoIterator<Item = &'r R>) -> Self
    where
        R: 'r,
    {
        let headings = columns.iter().map(|column| column.heading).collect();
        let rows =
            rows.into_iter().map(|row| columns.iter().map(|column| (column.value)(row)).collect()).collect();
        Self { name, headings, rows }
    }

    /// The same rows, which borrow nothing.
    pub fn into_owned(self) -> Records<'static> {
        let row = |row: Vec<Value<'r>>| row.into_iter().map(Value::into_owned).collect();
        Records { name: self.name, headings: self.headings, rows: self.rows.into_iter().map(row).collect() }
    }

    /// The same with the columns that `keep` holds for.
    pub fn keep(mut self, keep: impl Fn(&Heading) -> bool) -> Self {
        let kept: Vec<bool> = self.headings.iter().map(keep).collect();
        let mut of_heading = kept.iter();
        self.headings.retain(|_| of_heading.next().copied().unwrap_or(false));
        for row in &mut self.rows {
            let mut of_cell = kept.iter();
            row.retain(|_| of_cell.next().copied().unwrap_or(false));
        }
        self
    }

    /// Puts a column behind all others.
    pub fn add(&mut self, heading: Heading, value: impl Fn(&[Value<'r>]) -> Value<'r>) {
        self.headings.push(heading);
        self.rows.iter_mut().for_each(|row| row.push(value(row)));
    }

    /// A table of the columns that tables show; those without any value are left out.
    pub fn table(&self) -> Table {
        let shown: Vec<usize> = (0..self.headings.len())
            .filter(|&column| self.headings[column].show.is_in_tables())
            .filter(|&column| {
                self.rows.is_empty() || self.rows.iter().any(|row| row[column] != Value::Missing)
            })
            .collect();
        let mut table =
            Table::new(shown.iter().map(|&column| table_column(&self.headings[column])).collect());
        for row in &self.rows {
            table.row(shown.iter().map(|&column| cell(&row[column], self.headings[column].unit)).collect());
        }
        table
    }

    /// The same table on its side: a row for each column, a column for each row, titled by the first column that tables
    /// show. `ranks` says which columns go first where there is no room for all.
    pub fn sideways(&self, ranks: &[u8]) -> Table {
        let shown: Vec<usize> = (0..self.headings.len())
            .filter(|&column| {
                let heading = &self.headings[column];
                heading.show.is_in_tables() || heading.show == Show::Data && heading.title != heading.name
            })
            .filter(|&column| self.rows.iter().any(|row| row[column] != Value::Missing))
            .collect();
        let Some((&title, rest)) = shown.split_first() else { return Table::default() };
        let mut columns = vec![TableColumn::words("", 0)];
        columns.extend(
            self.rows
                .iter()
                .zip(ranks)
                .map(|(row, rank)| TableColumn::numbers(row[title].figure(self.headings[title].unit), *rank)),
        );
        let mut table = Table::new(columns);
        for &column in rest {
            let heading = &self.headings[column];
            let cells = self.rows.iter().map(|row| cell(&row[column], heading.unit));
            table.row(std::iter::once(Cell::new(heading.title)).chain(cells).collect());
        }
        table
    }
}

fn table_column(heading: &Heading) -> TableColumn {
    TableColumn {
        title: heading.title.to_owned(),
        align: if heading.unit == Unit::Word { Align::Left } else { Align::Right },
        rank: if let Show::Rank(rank) | Show::Table(rank) = heading.show { rank } else { 0 },
        groups: heading.show == Show::Grouped,
    }
}

fn cell(value: &Value<'_>, unit: Unit) -> Cell {
    let tone = match value {
        Value::Best(_) => Tone::Good,
        Value::Bad(_) => Tone::Bad,
        _ => Tone::Plain,
    };
    Cell::new(value.figure(unit)).toned(tone)
}
