//! What the micro-benchmarks work on: contacts made in memory, and schemes that do one thing each.

use rules::compile::{Compiled, compile};
use rules::data::Source;
use rules::diag::Problems;
use rules::source::Sources;
use rules::value::column::Table;

/// The input, without a key.
const INPUT: &str = r#"
scheme part
input contact {
  id        text
  date      date
  partner   text
  side      one of "home", "partner"
  office    text
  venue     one of "home", "partner", "third"
  military  flag?
}
scale level {
  5    "president"
  3    "prime minister", "vice president", "head of the presidential administration", "speaker of parliament"
  2.5  "deputy prime minister", "minister of foreign affairs", "minister of defence",
       "secretary of the security council", "advisor to the president"
  2    "other minister", "chief of staff", "senior party official"
  1    otherwise
}
"#;

/// A scheme over contacts with one score and one index, compiled.
pub fn scheme(steps: &str, by: &str) -> Compiled {
    let text = format!("{INPUT}score visit from contact {{\n {steps}\n}}\nindex points = sum visit {by}\n");
    let (mut sources, mut problems) = (Sources::default(), Problems::new());
    let file = sources.add("part.rules", &text);
    let compiled = compile(&sources, file, &[], &mut problems);
    compiled.unwrap_or_else(|| panic!("{:?}", problems.sorted()))
}

/// Contacts as the bytes of a CSV file.
pub fn source(rows: u64) -> Source {
    let mut bytes = Vec::new();
    tools::contacts::write(rows, 1, &mut bytes).expect("a list of bytes takes all");
    Source::new("contact.csv", bytes)
}

/// Contacts as the scheme reads them.
pub fn table(compiled: &Compiled, source: &Source) -> Table {
    let mut problems = Problems::new();
    let table = rules::data::read(source, &compiled.plan.inputs[0].schema, &mut problems);
    table.unwrap_or_else(|| panic!("{:?}", problems.sorted()))
}
