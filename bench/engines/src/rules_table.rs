//! The decision table as a scheme.

use rules::compile::{Compiled, compile};
use rules::diag::Problems;
use rules::eval::single::Rater;
use rules::plan::Plan;
use rules::source::Sources;
use rules::value::Value;

use crate::{Row, SCALE};

/// The scheme, compiled.
pub fn compiled() -> Compiled {
    let lines: Vec<String> = SCALE.iter().map(|(office, points)| format!("  {points} \"{office}\"\n")).collect();
    let text = format!(
        "scheme table\n\
         input contact {{ office text  venue one of \"home\", \"partner\", \"third\" }}\n\
         scale level {{\n{}  1 otherwise\n}}\n\
         score visit from contact {{\n  points: value level(office)\n  abroad: times 0.5 when venue = \"third\"\n}}\n\
         index points = sum visit\n",
        lines.concat()
    );
    let (mut sources, mut problems) = (Sources::default(), Problems::new());
    let file = sources.add("table.rules", &text);
    let compiled = compile(&sources, file, &[], &mut problems);
    compiled.unwrap_or_else(|| panic!("{:?}", problems.sorted()))
}

/// Rows as values, made once.
pub fn values(rows: &[Row]) -> Vec<[Value; 2]> {
    rows.iter().map(|(office, venue)| [Value::Text((*office).into()), Value::Text((*venue).into())]).collect()
}

/// The table, ready.
pub struct Table<'p>(Rater<'p>);

impl<'p> Table<'p> {
    pub fn new(plan: &'p Plan) -> Self {
        Table(Rater::new(plan, "visit", &[]).expect("there is such a score"))
    }

    /// What a row of texts is worth.
    pub fn rate(&mut self, (office, venue): &Row) -> f64 {
        self.rate_values(&[Value::Text((*office).into()), Value::Text((*venue).into())])
    }

    /// What a row of values is worth: they count quarters of points or whole ones, as the type says.
    pub fn rate_values(&mut self, row: &[Value]) -> f64 {
        match self.0.rate(row) {
            Ok(Some(Value::Number(units))) => units as f64 / 100.0,
            other => panic!("{other:?}"),
        }
    }
}
