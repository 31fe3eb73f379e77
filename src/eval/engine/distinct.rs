//! Expressions in which one column of coded texts is all that varies: they are evaluated once for each text that
//! occurs. This covers scales, conditions and functions of texts, and constant expressions.

use std::borrow::Cow;
use std::sync::Arc;

use super::expr::Eval;
use super::frame::{Leaf, Leaves, Sel};
use super::vector::{NONE, Out, at, gather, put, row};
use crate::plan::Expr;
use crate::value::column::{Column, Data, Dict};

/// The codes that occur, as a column, and where in it each row's code stands.
struct Codes {
    distinct: Column,
    places: Vec<u32>,
}

impl<'f, 'a> Eval<'f, 'a> {
    /// Evaluates once for each code; `None` where something else varies, or the codes outnumber the rows.
    pub fn once_for_each_code(&mut self, expr: &'a Expr, sel: Sel<'_>) -> Option<Out<'f>> {
        if matches!(self.leaves(), Leaves::Single(_) | Leaves::Nothing) {
            return None;
        }
        let Some(leaf) = only_leaf(expr)? else { return Some(self.once(expr, sel)) };
        let (column, rows) = self.leaves().get(leaf)?;
        let Data::Text { codes, dict } = &column.data else { return None };
        if dict.len() > sel.len() {
            return None;
        }
        let rows_of = |place: usize| {
            let place = sel.row(place) as usize;
            rows.map_or(place, |rows| at(rows, place) as usize)
        };
        let known = column.known.as_deref();
        let code_of = |place: usize| {
            let row = rows_of(place);
            if known.is_none_or(|known| at(known, row)) { at(codes, row) } else { NONE }
        };
        let codes = distinct(sel.len(), dict, code_of);
        let mut inner = Eval::new(self.world(), Leaves::Single(&codes.distinct));
        let out = inner.eval(expr, Sel::All(codes.distinct.len()));
        let mut flawed = vec![None; codes.distinct.len()];
        let flaws = inner.into_flaws();
        for flaw in &flaws {
            put(&mut flawed, flaw.row as usize, Some(flaw));
        }
        if !flaws.is_empty() {
            for (place, &code) in codes.places.iter().enumerate() {
                if let Some(flaw) = at(&flawed, code as usize) {
                    self.flaw(sel.row(place), flaw.expr, flaw.what.clone());
                }
            }
        }
        Some(match out {
            Out::One(value) => Out::One(value),
            Out::Each(column) => Out::Each(Cow::Owned(gather(&column, &codes.places))),
        })
    }

    /// Evaluates a constant expression; if it fails, it fails for each row that needs it.
    fn once(&mut self, expr: &'a Expr, sel: Sel<'_>) -> Out<'f> {
        let mut inner = Eval::new(self.world(), Leaves::Nothing);
        let value = inner.eval(expr, Sel::All(1)).value(0);
        for flaw in inner.into_flaws() {
            for place in 0..sel.len() {
                self.flaw(sel.row(place), flaw.expr, flaw.what.clone());
            }
        }
        Out::One(value)
    }
}

/// The one leaf of an expression, `Some(None)` if there is none, `None` if there are several.
#[expect(clippy::option_option, reason = "three answers, said above")]
fn only_leaf(expr: &Expr) -> Option<Option<Leaf>> {
    let (mut found, mut several) = (None, false);
    expr.walk(&mut |part| {
        if let Some(leaf) = Leaf::of(&part.kind) {
            several |= found.is_some_and(|other| other != leaf);
            found = Some(leaf);
        }
    });
    (!several).then_some(found)
}

/// The distinct codes of some rows; [`NONE`] is that of missing ones.
fn distinct(rows: usize, dict: &Dict, code_of: impl Fn(usize) -> u32) -> Codes {
    let mut place_of = vec![NONE; dict.len() + 1];
    let mut codes = Vec::new();
    let mut known = Vec::new();
    let places = (0..rows)
        .map(|place| {
            let code = (code_of(place) as usize).min(dict.len());
            let mut found = at(&place_of, code);
            if found == NONE {
                found = row(codes.len());
                put(&mut place_of, code, found);
                codes.push(row(code));
                known.push(code < dict.len());
            }
            found
        })
        .collect();
    let known = known.contains(&false).then_some(known);
    Codes { distinct: Column { data: Data::Text { codes, dict: Arc::clone(dict) }, known, periods: false }, places }
}
