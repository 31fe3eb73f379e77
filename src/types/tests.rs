//! The checker, held against small schemes.

use crate::compile::{Compiled, compile};
use crate::diag::{Diagnostic, Place, Problems};
use crate::source::Sources;

fn run(text: &str) -> (Option<Compiled>, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let file = sources.add("test.rules", text);
    let mut problems = Problems::new();
    let compiled = compile(&sources, file, &[], &mut problems);
    (compiled, problems.sorted())
}

/// The underlined texts and messages of all problems.
fn found(text: &str) -> Vec<String> {
    let (_, problems) = run(text);
    let shown = |problem: &Diagnostic| match problem.place() {
        Some(Place::Text(span)) => format!("`{}` {}", &text[span.start as usize..span.end as usize], problem.message),
        _ => problem.message.clone(),
    };
    problems.iter().map(shown).collect()
}

#[test]
fn the_engagement_index_compiles() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/rules/engagement.rules");
    #[expect(clippy::disallowed_methods, reason = "a test reads a scheme that ships")]
    let text = std::fs::read_to_string(path).unwrap();
    assert_eq!(found(&text), Vec::<String>::new());
    assert!(run(&text).0.is_some());
}
