//! Whether what was expected came out, and how it differs if not.

use ethnum::I256;

use crate::compile::{Expect, ExpectKind};
use crate::diag::{Code, Diagnostic, Place};
use crate::eval::{IndexCells, Outcome, faults};
use crate::plan::Plan;
use crate::source::Span;
use crate::value::{Type, Value, decimal};

/// So many cells that differ are shown; the others are counted.
const SHOWN: usize = 10;

/// An expectation that wasn't met.
#[derive(Debug)]
pub struct Failure {
    /// What is printed below the line of the test.
    pub lines: Vec<String>,
    /// What is reported.
    pub diagnostic: Option<Diagnostic>,
}

impl Failure {
    /// A failure of which all is said elsewhere.
    pub fn plain(line: &str) -> Self {
        Self { lines: vec![line.to_owned()], diagnostic: None }
    }
}

/// A cell that differs.
#[derive(Debug)]
pub struct Difference {
    /// Index and dimensions: `index contacts at year 2008`.
    pub cell: String,
    /// What was expected and what was found: `expected 2.5, found 3, difference 0.5`.
    pub words: String,
    /// Where it is expected.
    pub place: Place,
}

/// The failure of an expectation whose cells differ, if any do.
pub fn failure(index: &str, span: Span, differences: &[Difference]) -> Option<Failure> {
    let first = differences.first()?;
    let lines = differences.iter().take(SHOWN).map(|found| format!("{}: {}", found.cell, found.words));
    let mut lines: Vec<String> = lines.collect();
    if differences.len() > SHOWN {
        lines.push(format!("and {} more", differences.len() - SHOWN));
    }
    let message = match differences.len() {
        1 => format!("{}: {}", first.cell, first.words),
        many => format!("{many} cells of `{index}` are not what is expected"),
    };
    let mut diagnostic = Diagnostic::error(Code::ExpectFailed, span, message).label("expected here");
    if differences.iter().all(|found| matches!(&found.place, Place::Text(place) if *place != span)) {
        // The cells stand in the scheme themselves: they are marked instead of the whole list.
        diagnostic.labels.clear();
    }
    for found in differences.iter().take(SHOWN).filter(|found| found.place != span.into()) {
        diagnostic = diagnostic.also(found.place.clone(), found.words.clone());
    }
    Some(Failure { lines, diagnostic: Some(diagnostic) })
}

/// Whether a run ended with an error of a code.
pub fn error(code: &str, span: Span, errors: &[Diagnostic]) -> Option<Failure> {
    if errors.iter().any(|error| error.code.name() == code) {
        return None;
    }
    let found = if errors.is_empty() { "the run had none".to_owned() } else { format!("found {}", codes(errors)) };
    let line = format!("expected the error `rules::{code}`, {found}");
    let diagnostic = Diagnostic::error(Code::ExpectFailed, span, line.clone());
    Some(Failure { lines: vec![line], diagnostic: Some(diagnostic) })
}

/// The codes of some errors: `rules::bad_date`, `rules::bad_number`, each in backticks.
pub fn codes(errors: &[Diagnostic]) -> String {
    let mut codes: Vec<String> = errors.iter().map(|error| format!("`{}`", error.code)).collect();
    codes.sort_unstable();
    codes.dedup();
    codes.join(", ")
}

/// Compares the cells that a scheme lists with those of an index; others aren't looked at.
pub fn cells(plan: &Plan, expect: &Expect, outcome: &Outcome) -> Option<Failure> {
    let ExpectKind::Cells { index: at, cells } = &expect.kind else { return None };
    let (index, found) = plan.indices.get(*at).zip(result(outcome, *at))?;
    let mut differences = Vec::new();
    for cell in cells {
        let expected = Some((&cell.value, &cell.ty));
        let at = found.cells.binary_search_by(|(key, _)| key.cmp(&cell.key));
        let value = at.ok().and_then(|at| found.cells.get(at)).map(|(_, value)| (value, &found.ty.base));
        if let Some(words) = differ(expected, value, None) {
            let cell_name = faults::cell_name(index, &cell.key);
            differences.push(Difference { cell: cell_name, words, place: cell.span.into() });
        }
    }
    failure(&index.name, expect.span, &differences)
}

/// The cells of an index.
pub fn result(outcome: &Outcome, index: usize) -> Option<&IndexCells> {
    outcome.results.iter().find(|cells| cells.index == index)
}

/// How a value that was found differs from the one expected, in words; `None` if it doesn't by more than `within`
/// (units and places). A cell that isn't there is `None` on either side.
pub fn differ(
    expected: Option<(&Value, &Type)>,
    found: Option<(&Value, &Type)>,
    within: Option<(i128, u8)>,
) -> Option<String> {
    let difference = match (expected, found) {
        (Some((Value::Number(a), Type::Number(a_places))), Some((Value::Number(b), Type::Number(b_places)))) => {
            let difference = subtract((*b, *b_places), (*a, *a_places));
            if small(difference, within) {
                return None;
            }
            decimal::narrow(difference.0).map(|units| decimal::format(units, difference.1))
        }
        (Some((Value::Number(a), Type::Number(places))), Some((Value::Real(b), _))) => {
            let difference = b - decimal::to_real(*a, *places);
            let within = within.map_or(0.0, |(units, places)| decimal::to_real(units, places));
            if difference.abs() <= within {
                return None;
            }
            Some(difference.to_string())
        }
        (Some((a, _)), Some((b, _))) if !a.is_known() && !b.is_known() => return None,
        (Some((a, a_ty)), Some((b, b_ty))) if a.is_known() && b.is_known() && a.format(a_ty) == b.format(b_ty) => {
            return None;
        }
        (None, None) => return None,
        _ => None,
    };
    let difference = difference.map_or_else(String::new, |difference| format!(", difference {difference}"));
    Some(format!("expected {}, found {}{difference}", in_print(expected), in_print(found)))
}

fn in_print(value: Option<(&Value, &Type)>) -> String {
    match value {
        None => "no cell".to_owned(),
        Some((value, _)) if !value.is_known() => "a missing value".to_owned(),
        Some((value, ty)) => value.format(ty),
    }
}

/// `a - b`, exactly. Units of up to 38 digits and up to 38 places fit 256 bits.
fn subtract(a: (i128, u8), b: (i128, u8)) -> (I256, u8) {
    let places = a.1.max(b.1);
    (widened(a, places) - widened(b, places), places)
}

fn widened((units, from): (i128, u8), to: u8) -> I256 {
    I256::from(units) * I256::new(10).pow(u32::from(to.saturating_sub(from)))
}

fn small((difference, places): (I256, u8), within: Option<(i128, u8)>) -> bool {
    let within = within.unwrap_or((0, 0));
    let all = places.max(within.1);
    let difference = difference * I256::new(10).pow(u32::from(all - places));
    difference.abs() <= widened(within, all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expected: (i128, u8), found: (i128, u8), within: Option<(i128, u8)>, words: Option<&str>) {
        let (a, b) = (Value::Number(expected.0), Value::Number(found.0));
        let (a_ty, b_ty) = (Type::Number(expected.1), Type::Number(found.1));
        assert_eq!(differ(Some((&a, &a_ty)), Some((&b, &b_ty)), within).as_deref(), words);
    }

    #[test]
    fn decimals_are_compared_exactly() {
        check((25, 1), (2500, 3), None, None);
        check((25, 1), (2501, 3), None, Some("expected 2.5, found 2.501, difference 0.001"));
        check((25, 1), (2501, 3), Some((1, 3)), None);
        check((25, 1), (2499, 3), Some((9, 4)), Some("expected 2.5, found 2.499, difference -0.001"));
        let most = decimal::MAX_UNITS;
        check((most, 0), (most, 0), Some((0, 0)), None);
        check((most, 0), (-most, 38), None, Some(&format!("expected {most}, found -0.{most}")));
    }

    #[test]
    fn absent_and_missing_are_two_things() {
        let (missing, one, ty) = (Value::Missing, Value::Number(1), Type::Number(0));
        let (missing, one) = (Some((&missing, &ty)), Some((&one, &ty)));
        assert_eq!(differ(missing, missing, None), None);
        assert_eq!(differ(missing, None, None).unwrap(), "expected a missing value, found no cell");
        assert_eq!(differ(one, missing, None).unwrap(), "expected 1, found a missing value");
        assert_eq!(differ(None, one, None).unwrap(), "expected no cell, found 1");
    }
}
