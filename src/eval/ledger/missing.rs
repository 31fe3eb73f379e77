//! Why a formula has no value: the operands, divisors and other parts that are to blame.

use super::text::Texts;
use super::tree::{Made, Why};
use crate::builtin::Missing;
use crate::eval::reference::expr::{self, Scope};
use crate::plan::{Aggregate, Builtin, Expr, ExprKind, Function};
use crate::value::Value;

/// An aggregation without a result: over nothing, over too little, or over what has none.
pub fn of_aggregate(aggregate: &Aggregate, made: &Made, text: &str) -> Why {
    let function = aggregate.function.word();
    let (known, missing) = match made {
        Made::Cells { contributions, more, without_value, .. } => {
            (contributions.len() as u64 + more.as_ref().map_or(0, |more| more.count), *without_value)
        }
        Made::Units { contributions, more, .. } => {
            (contributions.len() as u64 + more.as_ref().map_or(0, |more| more.count), 0)
        }
        _ => (0, 0),
    };
    let (reason, says) = match (known, aggregate.missing) {
        (_, policy) if policy.can_lack() && !policy.holds(known, known + missing) => {
            ("policy", format!("{known} of {} cells have a value: {}", known + missing, policy.written()))
        }
        (0, _) => ("nothing", format!("{function} over nothing is missing: no value stands in this cell")),
        _ if aggregate.function == Function::HarmonicMean => ("nothing", "one is 0, or they cancel out".to_owned()),
        _ => ("nothing", "all weights are 0".to_owned()),
    };
    Why { reason, text: text.to_owned(), says }
}

/// A cell that an index hasn't.
pub fn absent(text: &str) -> Why {
    let says = "the index has no cell here, and a cell that isn't there is missing".to_owned();
    Why { reason: "absent", text: text.to_owned(), says }
}

/// Why an expression is missing; nothing if it isn't.
pub fn why(expr: &Expr, scope: &Scope<'_>, texts: Texts<'_>) -> Vec<Why> {
    let mut found = Vec::new();
    collect(expr, scope, texts, &mut found);
    found
}

fn is_missing(expr: &Expr, scope: &Scope<'_>) -> bool {
    expr::eval(expr, scope) == Ok(Value::Missing)
}

fn collect(expr: &Expr, scope: &Scope<'_>, texts: Texts<'_>, found: &mut Vec<Why>) {
    if !is_missing(expr, scope) {
        return;
    }
    let text = texts.text(expr.span);
    let mut say = |reason, says: String| {
        let why = Why { reason, text: text.clone(), says };
        if !found.contains(&why) {
            found.push(why);
        }
    };
    match &expr.kind {
        ExprKind::Operand(_) => say("operand", format!("`{text}` is missing")),
        ExprKind::Dim(_) => say("dimension", format!("the dimension `{text}` is missing")),
        ExprKind::Call(builtin, args) => {
            let guilty: Vec<&Expr> = args.iter().filter(|arg| is_missing(arg, scope)).collect();
            if guilty.is_empty() && *builtin == Builtin::Divide {
                let divisor = args.get(1).map_or_else(String::new, |arg| texts.text(arg.span));
                say("division_by_zero", format!("division by zero: `{divisor}` is 0"));
            } else if guilty.is_empty() || builtin.row().missing == Missing::Seen {
                say("function", format!("`{text}` has no value"));
            } else {
                guilty.into_iter().for_each(|arg| collect(arg, scope, texts, found));
            }
        }
        ExprKind::Case { arms, otherwise } => {
            let taken = arms.iter().find(|(condition, _)| expr::holds(condition, scope) == Ok(true));
            match taken.map(|(_, value)| value).or(otherwise.as_deref()) {
                Some(value) => collect(value, scope, texts, found),
                None => say("constant", "no case holds".to_owned()),
            }
        }
        ExprKind::Scale { arg, .. } if is_missing(arg, scope) => collect(arg, scope, texts, found),
        ExprKind::Scale { .. } => say("scale", format!("the scale gives no value: `{text}`")),
        ExprKind::Lookup { keys, .. } => match keys.iter().find(|key| is_missing(key, scope)) {
            Some(key) => collect(key, scope, texts, found),
            None => say("lookup", format!("no row is found, or its field is empty: `{text}`")),
        },
        _ => say("constant", format!("the scheme says that it is missing: `{text}`")),
    }
}
