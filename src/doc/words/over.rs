//! Operations over a dimension in words.

use super::Words;
use crate::doc::page::{Line, enumerate};
use crate::syntax::ast::{Expr, Over};
use crate::value::decimal;
use crate::value::over::{Filling, Operation, Reference, Ties};
use crate::value::words::Function;

impl Words<'_> {
    /// `rank development over country highest first ties min`.
    pub fn over(self, over: &Over) -> Line {
        let inner = Self { formula: false, ..self };
        let source = || Line::new().name(over.source.node.to_string());
        let along = || Line::new().code(over.along.node.to_string());
        match &over.operation {
            Operation::Rank { highest_first, ties } => {
                let first = if *highest_first { "highest" } else { "lowest" };
                let line = Line::of("the place of ").line(source()).text(" among all values of ").line(along());
                line.text(format!(", the {first} value being 1; {}", of_ties(*ties)))
            }
            Operation::MinMax { from, to, places, capped } => {
                let end = |units: i128| decimal::format(units, *places);
                let line = source().text(" brought to a scale on which ");
                let line = match from {
                    Some((low, high)) => {
                        let line = line.line(inner.value(low)).text(" becomes ").text(end(to.0)).text(" and ");
                        line.line(inner.value(high)).text(" becomes ").text(end(to.1))
                    }
                    None => {
                        let line = line.text("the least value over ").line(along()).text(" becomes ").text(end(to.0));
                        line.text(" and the greatest ").text(end(to.1))
                    }
                };
                line.text(if *capped { "; what lies beyond is brought to the end" } else { "" })
            }
            Operation::ZScore => {
                let line = Line::of("how many standard deviations ").line(source()).text(" lies above its mean over ");
                line.line(along())
            }
            Operation::Distance { to } => source().text(" divided by ").line(inner.reference(to, along())),
            Operation::Fill { function, by } => {
                let lead = match function {
                    Filling::Mean => ", or where it is missing, the mean of the known ones over ",
                    Filling::Min => ", or where it is missing, the least of the known ones over ",
                    Filling::Max => ", or where it is missing, the greatest of the known ones over ",
                    Filling::Median => ", or where it is missing, the median of the known ones over ",
                };
                let line = source().text(lead).line(along());
                if by.is_empty() { line } else { line.text(" with the same ").line(inner.all(by)) }
            }
            Operation::Winsorise { skewness, kurtosis, at_most } => {
                let line = source().text(" with its outliers over ").line(along());
                line.text(format!(
                    " brought to the nearest value inside, at most {at_most} of them, until its skewness is at most {} either way \
                     or its kurtosis at most {}",
                    decimal::format(skewness.0, skewness.1),
                    decimal::format(kurtosis.0, kurtosis.1)
                ))
            }
            _ => inner.in_time(over),
        }
    }

    /// `rolling mean visits over year width 5`.
    fn in_time(self, over: &Over) -> Line {
        let inner = self;
        let source = || Line::new().name(over.source.node.to_string());
        let along = || Line::new().code(over.along.node.to_string());
        match &over.operation {
            Operation::Cumulative { skip_missing } => {
                let line = Line::of("the sum of ").line(source()).text(" up to this ").line(along());
                line.text(passing(*skip_missing))
            }
            Operation::Rolling { function, width, partial } => {
                let lead = match function {
                    Function::Count => "the number of known values of ",
                    Function::Sum => "the sum of ",
                    Function::Min => "the least value of ",
                    Function::Max => "the greatest value of ",
                    _ => "the mean of ",
                };
                let line = Line::of(lead).line(source()).text(format!(" over {width} values of ")).line(along());
                line.text(match partial {
                    true => ", this one and those before, of what there is of them",
                    false => ", this one and those before, missing where one of them is missing",
                })
            }
            Operation::Decay { half_life, skip_missing } => {
                let line = Line::of("the sum of ").line(source()).text(" up to this ").line(along());
                let line = line.text(", each losing half of its weight every ").line(inner.value(half_life));
                line.text(passing(*skip_missing))
            }
            Operation::Lag { by } => source().text(format!(" of {by} ")).line(along()).text(" before"),
            Operation::Carry { at_most } => {
                let line = source().text(", or where it is missing, its last known value at most ");
                line.text(format!("{at_most} ")).line(along()).text(" before")
            }
            _ => source(),
        }
    }

    fn all(self, exprs: &[Expr]) -> Line {
        enumerate(exprs.iter().map(|expr| self.value(expr)).collect(), "and")
    }

    fn reference(self, to: &Reference<Expr>, along: Line) -> Line {
        match to {
            Reference::Min => Line::of("its least value over ").line(along),
            Reference::Max => Line::of("its greatest value over ").line(along),
            Reference::Mean => Line::of("its mean over ").line(along),
            Reference::At(at) => Line::of("its value at ").line(along.text(" ").line(self.value(at))),
        }
    }
}

fn of_ties(ties: Ties) -> &'static str {
    match ties {
        Ties::Min => "those that share a place get its first number",
        Ties::Max => "those that share a place get its last number",
        Ties::Dense => "those that share a place get its first number, and no number is left out behind",
        Ties::Average => "those that share a place get the mean of its numbers",
    }
}

fn passing(skips: bool) -> &'static str {
    if skips { ", passing over missing values" } else { "" }
}
