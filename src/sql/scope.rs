//! What an expression sees, and the lookups it joins.

use std::collections::BTreeMap;

use super::ast::{Join, Name, Select, Source};
use super::names::Names;
use super::shape::{Field, Term};

/// The fields of a row: columns of the input and slots of the score, by their places, and the value.
#[derive(Debug, Clone, Default)]
pub struct Fields {
    /// Columns of the input.
    pub columns: BTreeMap<usize, Field>,
    /// Slots of the score.
    pub slots: BTreeMap<usize, Field>,
    /// The value, if it is set and used.
    pub value: Option<Field>,
}

impl Fields {
    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Field> {
        self.columns.values().chain(self.slots.values()).chain(&self.value)
    }
}

/// What an expression sees.
#[derive(Debug, Default)]
pub struct Scope {
    /// Columns of the input.
    pub columns: BTreeMap<usize, Term>,
    /// Slots of the score.
    pub slots: BTreeMap<usize, Term>,
    /// The value of the row, unit or cell.
    pub value: Option<Term>,
    /// The dimensions of the cell.
    pub dims: Vec<Term>,
    /// The operands of the formula.
    pub operands: Vec<Term>,
    /// What expressions have joined: what is looked up, in a form that is the same for the same lookup, and the alias.
    pub joined: Vec<(String, Name)>,
    /// The joins.
    pub joins: Vec<Join>,
    /// Aliases that are taken.
    pub aliases: Names,
}

impl Scope {
    /// A scope over the fields of a table with an alias.
    pub fn over(fields: &Fields, alias: Option<&Name>) -> Self {
        let terms = |fields: &BTreeMap<usize, Field>| {
            fields.iter().map(|(at, field)| (*at, field.term(alias))).collect::<BTreeMap<_, _>>()
        };
        let mut scope = Self {
            columns: terms(&fields.columns),
            slots: terms(&fields.slots),
            value: fields.value.as_ref().map(|field| field.term(alias)),
            ..Self::default()
        };
        if let Some(alias) = alias {
            scope.aliases.take(alias);
        }
        scope
    }

    /// A `SELECT` from a table under the alias of the scope, with what was joined.
    pub fn select_from(&mut self, table: &Name, alias: Option<&Name>) -> Select {
        let source = Source::table(table);
        let source = if let Some(alias) = alias { source.called(alias.clone()) } else { source };
        Select { from: Some(source), joins: std::mem::take(&mut self.joins), ..Select::default() }
    }
}
