//! Expressions over many rows at once: leaves, the lazy ones, and the way to the kernels.
//!
//! A part that a row doesn't need is not evaluated for that row, so that it can't fail there.

use std::borrow::Cow;

use super::assemble::{Part, assemble};
use super::flaw::{Flaw, What, first_of_each_row};
use super::frame::{Leaf, Leaves, Sel};
use super::vector::{Builder, Out, all_rows, gather, gather_found, put};
use super::world::World;
use super::{arithmetic, compare, dates};
use crate::builtin::{Builtin, Fault, Missing};
use crate::plan::{Expr, ExprKind};
use crate::value::column::{Column, Data};
use crate::value::{Type, Value};

/// Evaluates expressions over the same rows and gathers what goes wrong.
pub struct Eval<'f, 'a> {
    world: &'f World<'a>,
    leaves: Leaves<'f>,
    flaws: Vec<Flaw<'a>>,
}

impl<'f, 'a> Eval<'f, 'a> {
    /// An evaluation over some leaves.
    pub fn new(world: &'f World<'a>, leaves: Leaves<'f>) -> Self {
        Self { world, leaves, flaws: Vec::new() }
    }

    /// What went wrong: the first flaw of each row, ascending by row.
    pub fn into_flaws(self) -> Vec<Flaw<'a>> {
        first_of_each_row(self.flaws)
    }

    /// The plan and what has been made of it.
    pub fn world(&self) -> &'f World<'a> {
        self.world
    }

    /// The leaves.
    pub fn leaves(&self) -> Leaves<'f> {
        self.leaves
    }

    /// Notes that an expression has no result for a row.
    pub fn flaw(&mut self, row: u32, expr: &'a Expr, what: What) {
        self.flaws.push(Flaw { row, expr, what });
    }

    /// The value of an expression for each row of a selection; missing for those with a flaw.
    pub fn eval(&mut self, expr: &'a Expr, sel: Sel<'_>) -> Out<'f> {
        if sel.len() == 0 {
            return Out::One(Value::Missing);
        }
        if let Some(leaf) = Leaf::of(&expr.kind) {
            return self.leaf(leaf, sel);
        }
        match &expr.kind {
            ExprKind::Const(value) => return Out::One(value.clone()),
            ExprKind::Param(at) => {
                return Out::One(self.world.plan.params.get(*at).map_or(Value::Missing, |param| param.value.clone()));
            }
            _ => {}
        }
        if let Some(out) = self.once_for_each_code(expr, sel) {
            return out;
        }
        match &expr.kind {
            ExprKind::Call(Builtin::And, args) => self.while_flags_are(true, args, sel),
            ExprKind::Call(Builtin::Or, args) => self.while_flags_are(false, args, sel),
            ExprKind::Call(Builtin::Else, args) => self.first_known(expr, args, sel),
            ExprKind::Call(function, args) => self.call(expr, *function, args, sel),
            ExprKind::Case { arms, otherwise } => self.case(expr, arms, otherwise.as_deref(), sel),
            ExprKind::Scale { scale, arg } => {
                let given = self.eval(arg, sel);
                self.scale(expr, *scale, &arg.ty.base, &given, sel)
            }
            ExprKind::Lookup { input, unique, keys, day, column } => {
                let keys: Vec<Column> = keys.iter().map(|key| self.column(key, sel)).collect();
                let day = day.as_ref().map(|day| self.column(day, sel));
                let rows = self.world.lookups.rows((*input, *unique), &keys, day.as_ref(), sel.len());
                let found = self.world.table(*input).columns.get(*column);
                found.map_or(Out::One(Value::Missing), |column| Out::Each(Cow::Owned(gather_found(column, &rows))))
            }
            _ => Out::One(Value::Missing),
        }
    }

    /// The value of an expression, as a column.
    pub fn column(&mut self, expr: &'a Expr, sel: Sel<'_>) -> Column {
        self.eval(expr, sel).into_column(&expr.ty.base, sel.len())
    }

    /// Splits some places of a selection: those where a condition holds, and those where not.
    pub fn split_at(&mut self, condition: &'a Expr, sel: Sel<'_>, places: Vec<u32>) -> (Vec<u32>, Vec<u32>) {
        let flags = self.eval_at(condition, sel, &places);
        let mut place = 0;
        places.into_iter().partition(|_| {
            place += 1;
            flags.holds(place - 1)
        })
    }

    /// Evaluates over some places of a selection.
    pub fn eval_at(&mut self, expr: &'a Expr, sel: Sel<'_>, places: &[u32]) -> Out<'f> {
        if places.len() == sel.len() { self.eval(expr, sel) } else { self.eval(expr, Sel::Some(&sel.rows(places))) }
    }

    fn leaf(&self, leaf: Leaf, sel: Sel<'_>) -> Out<'f> {
        match (self.leaves.get(leaf), sel) {
            (None, _) => Out::One(Value::Missing),
            (Some((column, None)), Sel::All(_)) => Out::Each(Cow::Borrowed(column)),
            (Some((column, None)), Sel::Some(rows)) => Out::Each(Cow::Owned(gather(column, rows))),
            (Some((column, Some(rows))), Sel::All(_)) => Out::Each(Cow::Owned(gather(column, rows))),
            (Some((column, Some(rows))), Sel::Some(places)) => {
                Out::Each(Cow::Owned(gather(column, &Sel::Some(rows).rows(places))))
            }
        }
    }

    /// The value, before a step sets it anew.
    pub fn value_leaf(&self, sel: Sel<'_>) -> Out<'f> {
        self.leaf(Leaf::Value, sel)
    }

    /// A number brought to another type; where it has too many digits then, it is a flaw of `expr`.
    pub fn widened(&mut self, expr: &'a Expr, out: Out<'f>, from: &Type, to: &Type, sel: Sel<'_>) -> Out<'f> {
        let function = if *to == Type::Real { Builtin::Real } else { Builtin::Widen };
        let column = out.into_column(from, sel.len());
        match arithmetic::call(function, &[Out::Each(Cow::Owned(column.clone()))], &[from], to, sel.len()) {
            Some((out, overflows)) => {
                self.overflows(expr, &overflows, sel);
                out
            }
            // Texts and dates stay as they are.
            None => Out::Each(Cow::Owned(column)),
        }
    }

    fn overflows(&mut self, expr: &'a Expr, places: &[u32], sel: Sel<'_>) {
        for &place in places {
            self.flaw(sel.row(place as usize), expr, What::Fault(Fault::Overflow));
        }
    }

    /// `and` goes on while flags are yes, `or` while they are not.
    fn while_flags_are(&mut self, yes: bool, args: &'a [Expr], sel: Sel<'_>) -> Out<'f> {
        let mut open = all_rows(sel.len());
        for arg in args {
            let flags = self.eval_at(arg, sel, &open);
            let mut place = 0;
            open.retain(|_| {
                place += 1;
                flags.holds(place - 1) == yes
            });
        }
        let mut flags = vec![!yes; sel.len()];
        open.iter().for_each(|&place| put(&mut flags, place as usize, yes));
        Out::made(Data::Flag(flags), None)
    }

    fn first_known(&mut self, expr: &Expr, args: &'a [Expr], sel: Sel<'_>) -> Out<'f> {
        let mut rest = all_rows(sel.len());
        let mut parts: Vec<Part<'f>> = Vec::new();
        for arg in args {
            let out = self.eval_at(arg, sel, &rest);
            let (known, unknown): (Vec<u32>, Vec<u32>) =
                all_rows(rest.len()).into_iter().partition(|&place| out.is_known(place as usize));
            if unknown.is_empty() {
                parts.push((rest, out));
                break;
            }
            parts.push((Sel::Some(&rest).rows(&known), out.pick(&known)));
            rest = Sel::Some(&rest).rows(&unknown);
        }
        assemble(&expr.ty.base, sel.len(), parts)
    }

    fn case(&mut self, expr: &Expr, arms: &'a [(Expr, Expr)], otherwise: Option<&'a Expr>, sel: Sel<'_>) -> Out<'f> {
        let mut rest = all_rows(sel.len());
        let mut parts: Vec<Part<'f>> = Vec::new();
        for (condition, value) in arms {
            let (yes, no) = self.split_at(condition, sel, rest);
            let out = self.eval_at(value, sel, &yes);
            parts.push((yes, out));
            rest = no;
            if rest.is_empty() {
                break;
            }
        }
        if let Some(value) = otherwise {
            let out = self.eval_at(value, sel, &rest);
            parts.push((rest, out));
        }
        assemble(&expr.ty.base, sel.len(), parts)
    }

    fn call(&mut self, expr: &'a Expr, function: Builtin, args: &'a [Expr], sel: Sel<'_>) -> Out<'f> {
        let given: Vec<Out<'f>> = args.iter().map(|arg| self.eval(arg, sel)).collect();
        let types: Vec<&Type> = args.iter().map(|arg| &arg.ty.base).collect();
        let missing = |out: &Out<'_>| matches!(out, Out::One(Value::Missing));
        if function.row().missing == Missing::Passes && given.iter().any(missing) {
            return Out::One(Value::Missing);
        }
        if given.iter().all(|out| matches!(out, Out::One(_))) {
            return self.call_once(expr, function, &given, &types, sel);
        }
        let fast = arithmetic::call(function, &given, &types, &expr.ty.base, sel.len())
            .or_else(|| compare::call(function, &given, sel.len()))
            .or_else(|| dates::call(function, &given, &types, &expr.ty.base))
            .or_else(|| arithmetic::known(function, &given, sel.len()));
        match fast {
            Some((out, overflows)) => {
                self.overflows(expr, &overflows, sel);
                out
            }
            None => self.row_by_row(expr, function, &given, &types, sel),
        }
    }

    fn call_once(
        &mut self,
        expr: &'a Expr,
        function: Builtin,
        given: &[Out<'_>],
        types: &[&Type],
        sel: Sel<'_>,
    ) -> Out<'f> {
        let args: Vec<Value> = given.iter().map(|out| out.value(0)).collect();
        Out::One((function.row().kernel)(&args, types, &expr.ty.base).unwrap_or_else(|fault| {
            (0..sel.len()).for_each(|place| self.flaw(sel.row(place), expr, What::Fault(fault)));
            Value::Missing
        }))
    }

    /// What has no loop of its own goes through the kernel of the table.
    fn row_by_row(
        &mut self,
        expr: &'a Expr,
        function: Builtin,
        given: &[Out<'_>],
        types: &[&Type],
        sel: Sel<'_>,
    ) -> Out<'f> {
        let row = function.row();
        let mut builder = Builder::new(&expr.ty.base, sel.len());
        let mut args: Vec<Value> = Vec::with_capacity(given.len());
        for place in 0..sel.len() {
            args.clear();
            args.extend(given.iter().map(|out| out.value(place)));
            let value = if row.missing == Missing::Passes && !args.iter().all(Value::is_known) {
                Value::Missing
            } else {
                (row.kernel)(&args, types, &expr.ty.base).unwrap_or_else(|fault| {
                    self.flaw(sel.row(place), expr, What::Fault(fault));
                    Value::Missing
                })
            };
            builder.push(&value);
        }
        Out::Each(Cow::Owned(builder.finish()))
    }
}
