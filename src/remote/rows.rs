//! The rows of an answer, packed: one text for all cells and where each ends, so that ten million rows fit in memory.

/// The names of the columns, and the cells row by row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    names: Vec<String>,
    texts: String,
    ends: Vec<usize>,
    missing: Vec<bool>,
}

impl Rows {
    /// No rows of these columns.
    pub fn new(names: Vec<String>) -> Self {
        Self { names, ..Self::default() }
    }

    /// The columns' names, in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The number of rows; 0 where there are no columns.
    pub fn len(&self) -> usize {
        self.ends.len().checked_div(self.names.len()).unwrap_or(0)
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The text of a cell; `None` where it is NULL, and where there is no such cell.
    pub fn cell(&self, row: usize, column: usize) -> Option<&str> {
        if column >= self.names.len() {
            return None;
        }
        let at = row.checked_mul(self.names.len())?.checked_add(column)?;
        if *self.missing.get(at)? {
            return None;
        }
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.texts.get(start..*self.ends.get(at)?)
    }

    /// The rows in order, each an iterator over its cells.
    pub fn iter(&self) -> impl Iterator<Item = impl Iterator<Item = Option<&str>>> {
        (0..self.len()).map(move |row| (0..self.names.len()).map(move |column| self.cell(row, column)))
    }

    /// Adds the next cell of the row that is being filled.
    pub(super) fn push(&mut self, cell: Option<&str>) {
        self.texts.push_str(cell.unwrap_or_default());
        self.ends.push(self.texts.len());
        self.missing.push(cell.is_none());
    }
}
