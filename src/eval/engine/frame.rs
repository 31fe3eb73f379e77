//! The frame that goes through the steps of a score, and the leaves of expressions over rows and cells.

use super::assemble::concat;
use super::vector::{all_rows, at, gather, repeat, row};
use crate::plan::{ExprKind, Score};
use crate::value::column::{Column, Table};
use crate::value::{Ty, Value};

/// Rows of a table, with the slots and the value set so far; ascending by the row of the table.
#[derive(Debug, Clone, Default)]
pub struct Frame {
    /// How many.
    pub len: usize,
    /// The row of the table that each stands for; each for its own where there is no list.
    pub rows: Option<Vec<u32>>,
    /// The slots that are set, in the order of [`Score::slots`].
    pub slots: Vec<Option<Column>>,
    /// The value, if it is set.
    pub value: Option<Column>,
}

impl Frame {
    /// All rows of a table.
    pub fn all(rows: usize, slots: usize) -> Self {
        Self { len: rows, rows: None, slots: vec![None; slots], value: None }
    }

    /// No rows, with room for slots.
    pub fn none(slots: usize) -> Self {
        Self::all(0, slots)
    }

    /// The row of the table.
    pub fn row(&self, place: usize) -> usize {
        self.rows.as_ref().map_or(place, |rows| at(rows, place) as usize)
    }

    /// The rows at some places of the frame, in the order given.
    pub fn gather(&self, places: &[u32]) -> Self {
        let rows = match &self.rows {
            None => places.to_vec(),
            Some(rows) => places.iter().map(|&place| at(rows, place as usize)).collect(),
        };
        let pick = |column: &Column| gather(column, places);
        Self {
            len: places.len(),
            rows: Some(rows),
            slots: self.slots.iter().map(|slot| slot.as_ref().map(pick)).collect(),
            value: self.value.as_ref().map(pick),
        }
    }

    /// Fills a slot.
    pub fn set_slot(&mut self, slot: usize, column: Column) {
        if let Some(place) = self.slots.get_mut(slot) {
            *place = Some(column);
        }
    }

    /// Both frames' rows, ascending by the row of the table. `value` is the type of the value.
    pub fn join(self, other: Frame, score: &Score, value: Option<&Ty>) -> Frame {
        if other.len == 0 {
            return self;
        }
        if self.len == 0 {
            return other;
        }
        let both = |a: Option<Column>, b: Option<Column>, ty: &Ty| {
            if a.is_none() && b.is_none() {
                return None;
            }
            let column = |it: Option<Column>, len| it.unwrap_or_else(|| repeat(&Value::Missing, &ty.base, len));
            Some(concat(&ty.base, vec![column(a, self.len), column(b, other.len)]))
        };
        let slots = self.slots.into_iter().zip(other.slots).zip(&score.slots);
        let slots = slots.map(|((a, b), slot)| both(a, b, &slot.ty)).collect();
        let value = value.and_then(|ty| both(self.value, other.value, ty));
        let mut rows = self.rows.unwrap_or_else(|| all_rows(self.len));
        rows.extend(other.rows.unwrap_or_else(|| all_rows(other.len)));
        let joined = Frame { len: rows.len(), rows: Some(rows), slots, value };
        let mut places = all_rows(joined.len);
        places.sort_by_key(|&place| joined.row(place as usize));
        joined.gather(&places)
    }
}

/// What varies in an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leaf {
    /// A column of the input.
    Column(usize),
    /// A slot.
    Slot(usize),
    /// The value.
    Value,
    /// A dimension.
    Dim(usize),
    /// An operand of a formula.
    Operand(usize),
}

impl Leaf {
    /// The leaf that an expression is, if it is one.
    pub fn of(kind: &ExprKind) -> Option<Leaf> {
        match kind {
            ExprKind::Column(at) => Some(Leaf::Column(*at)),
            ExprKind::Slot(at) => Some(Leaf::Slot(*at)),
            ExprKind::Value => Some(Leaf::Value),
            ExprKind::Dim(at) => Some(Leaf::Dim(*at)),
            ExprKind::Operand(at) => Some(Leaf::Operand(*at)),
            _ => None,
        }
    }
}

/// Columns over the cells of an index.
#[derive(Debug, Clone, Default)]
pub struct CellColumns {
    /// The dimensions.
    pub dims: Vec<Column>,
    /// The value, where cells are aggregated.
    pub value: Option<Column>,
    /// The operands, where a formula is computed.
    pub operands: Vec<Column>,
}

/// Where the leaves of an expression come from.
#[derive(Debug, Clone, Copy)]
pub enum Leaves<'f> {
    /// Nowhere: the expression is constant.
    Nothing,
    /// The rows of a frame.
    Rows(&'f Table, &'f Frame),
    /// Cells.
    Cells(&'f CellColumns),
    /// The one leaf that the expression has.
    Single(&'f Column),
}

impl<'f> Leaves<'f> {
    /// A leaf's column and the rows of it that are meant; all if there is no list. `None` where it isn't set.
    pub fn get(self, leaf: Leaf) -> Option<(&'f Column, Option<&'f [u32]>)> {
        let column = match (self, leaf) {
            (Leaves::Single(column), _) => Some(column),
            (Leaves::Rows(table, frame), Leaf::Column(at)) => {
                return table.columns.get(at).map(|column| (column, frame.rows.as_deref()));
            }
            (Leaves::Rows(_, frame), Leaf::Slot(at)) => frame.slots.get(at).and_then(Option::as_ref),
            (Leaves::Rows(_, frame), Leaf::Value) => frame.value.as_ref(),
            (Leaves::Cells(cells), Leaf::Dim(at)) => cells.dims.get(at),
            (Leaves::Cells(cells), Leaf::Value) => cells.value.as_ref(),
            (Leaves::Cells(cells), Leaf::Operand(at)) => cells.operands.get(at),
            _ => None,
        };
        column.map(|column| (column, None))
    }
}

/// The rows over which an expression is evaluated.
#[derive(Debug, Clone, Copy)]
pub enum Sel<'s> {
    /// All of so many.
    All(usize),
    /// These.
    Some(&'s [u32]),
}

impl Sel<'_> {
    /// How many.
    pub fn len(self) -> usize {
        match self {
            Sel::All(rows) => rows,
            Sel::Some(rows) => rows.len(),
        }
    }

    /// The row at a place of the selection.
    pub fn row(self, place: usize) -> u32 {
        match self {
            Sel::All(_) => row(place),
            Sel::Some(rows) => at(rows, place),
        }
    }

    /// The rows at some places of the selection.
    pub fn rows(self, places: &[u32]) -> Vec<u32> {
        places.iter().map(|&place| self.row(place as usize)).collect()
    }
}
