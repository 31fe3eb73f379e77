//! Cells in print: tables, CSV, JSON, Markdown and HTML.
//!
//! Input: [`Results`], the cells of the selected indices in order. Output: text, written to any [`std::io::Write`].
//! Nothing here knows a scheme or a file.

pub mod csv;
pub mod diff;
pub mod explain;
pub mod groups;
pub mod html;
pub mod json;
pub mod layout;
pub mod markdown;
pub mod sensitivity;
pub mod table;
pub mod visible;

#[cfg(test)]
mod tests;

use crate::value::{Ty, Value};

/// What a run gives, as far as it is printed.
#[derive(Debug, Clone)]
pub struct Results<'a> {
    /// The scheme's name.
    pub scheme: &'a str,
    /// The scheme's title; may be empty.
    pub title: &'a str,
    /// The selected indices, in the order declared.
    pub indices: Vec<Series<'a>>,
}

/// The cells of one index.
#[derive(Debug, Clone)]
pub struct Series<'a> {
    /// The index's name.
    pub name: &'a str,
    /// The index's title; may be empty.
    pub title: &'a str,
    /// The dimensions.
    pub dims: Vec<Axis<'a>>,
    /// The type of the values.
    pub ty: &'a Ty,
    /// The values of the dimensions and of the cell, ascending by the dimensions, no cell twice.
    pub cells: &'a [(Vec<Value>, Value)],
}

/// A dimension.
#[derive(Debug, Clone, Copy)]
pub struct Axis<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its type.
    pub ty: &'a Ty,
}

impl Axis<'_> {
    /// Whether both are the same dimension: one name, and values that can be compared.
    pub fn same(&self, other: &Axis<'_>) -> bool {
        let (a, b) = (&self.ty.base, &other.ty.base);
        self.name == other.name && (a == b || (a.is_text() && b.is_text()))
    }
}

/// Why results can't be written in a format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// Two indices have different dimensions, so that their cells don't share rows.
    Dimensions {
        /// The first index and its dimensions.
        first: (String, Vec<String>),
        /// One with other dimensions.
        other: (String, Vec<String>),
    },
    /// Two columns would have this name.
    TwoColumns(String),
}
