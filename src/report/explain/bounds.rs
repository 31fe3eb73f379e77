//! How much of a ledger is drawn: how many rows of a unit, and how many levels of cells.

/// So many rows of a unit are listed in any case.
const NAMED: usize = 10;

/// How much is drawn.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bounds {
    /// Of a unit with more rows than this and than ten, the first are listed; without it, all.
    pub top: Option<usize>,
    /// So many levels of cells that are brought together into others are explained; without it, all.
    pub depth: Option<usize>,
}

/// What has been drawn.
pub(super) struct Drawn {
    /// Whether each cell has.
    pub cells: Vec<bool>,
    /// Whether something was left out for being too far below.
    pub cut: bool,
}

/// How far down a list stands, and how much it has.
#[derive(Clone, Copy)]
pub(super) struct List {
    /// How many cells are above.
    pub below: usize,
    /// How many of these bring others together.
    pub level: usize,
    /// How much is drawn in all.
    pub bounds: Bounds,
}

impl List {
    /// The place of an operand of a formula.
    pub fn operand(self) -> Self {
        Self { below: self.below + 1, ..self }
    }

    /// The place of a cell that is brought together with others.
    pub fn member(self) -> Self {
        Self { below: self.below + 1, level: self.level + 1, ..self }
    }

    /// Whether it stands on the last level that is explained, or below.
    pub fn is_last(self) -> bool {
        self.bounds.depth.is_some_and(|depth| self.level >= depth)
    }

    /// How many rows of a unit are listed: few units may be asked for, but their rows are what they are made of.
    pub fn rows(self) -> usize {
        self.bounds.top.map_or(usize::MAX, |limit| limit.max(NAMED))
    }
}
