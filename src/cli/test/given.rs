//! The tables of a test's `given`, and the places of their rows in the scheme.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::cli::session::Session;
use crate::compile::{Compiled, Given, Test};
use crate::data::given::GivenRow;
use crate::data::read_fields;
use crate::diag::{Diagnostic, Place, Problems};
use crate::source::{Span, Spanned};
use crate::value::column::Table;

/// A table for each input: the rows given, or none.
pub fn tables(
    session: &Session,
    compiled: &Compiled,
    test: &Test,
    problems: &mut Problems,
) -> Option<Vec<Option<Table>>> {
    let name = scheme_name(session, test);
    let mut tables = Vec::new();
    for (at, input) in compiled.plan.inputs.iter().enumerate() {
        let schema = &input.schema;
        let table = match test.given.iter().find(|given| given.input == at) {
            Some(given) => {
                let header: Vec<String> = given.columns.iter().map(|column| column.node.to_string()).collect();
                let line = given.columns.first().map_or(0, |column| line(session, column.span));
                read_fields(&name, line, &header, &rows(session, given), schema, problems)
            }
            None => {
                let header: Vec<String> = schema.columns.iter().map(|column| column.name.to_string()).collect();
                read_fields(&name, 0, &header, &[], schema, problems)
            }
        };
        tables.push(table);
    }
    tables.iter().all(Option::is_some).then_some(tables)
}

fn rows(session: &Session, given: &Given) -> Vec<GivenRow> {
    let field = |field: &Spanned<Option<Arc<str>>>| field.node.as_ref().map(ToString::to_string);
    given.rows.iter().map(|row| (row_line(session, row), row.iter().map(field).collect())).collect()
}

fn row_line(session: &Session, row: &[Spanned<Option<Arc<str>>>]) -> u32 {
    row.first().map_or(0, |field| line(session, field.span))
}

fn scheme_name(session: &Session, test: &Test) -> Arc<str> {
    session.sources.get(test.span.file).map_or_else(|| Arc::from(""), |file| Arc::clone(&file.name))
}

fn line(session: &Session, span: Span) -> u32 {
    let line = session.sources.get(span.file).map_or(0, |file| file.line_column(span.start).0);
    u32::try_from(line).unwrap_or(u32::MAX)
}

/// Where the rows of a test stand in the scheme, by line and field, as the readers of data name them.
#[derive(Debug)]
pub struct Places {
    name: Arc<str>,
    spans: BTreeMap<(u32, Option<usize>), Span>,
}

impl Places {
    /// The places of a test's rows.
    pub fn of(session: &Session, test: &Test) -> Self {
        let mut spans = BTreeMap::new();
        for given in &test.given {
            let header: Vec<Span> = given.columns.iter().map(|column| column.span).collect();
            let rows = given.rows.iter().map(|row| row.iter().map(|field| field.span).collect());
            for fields in std::iter::once(header).chain(rows) {
                let (Some(first), Some(last)) = (fields.first(), fields.last()) else { continue };
                let line = line(session, *first);
                spans.insert((line, None), first.to(*last));
                spans.extend(fields.iter().enumerate().map(|(at, span)| ((line, Some(at)), *span)));
            }
        }
        Self { name: scheme_name(session, test), spans }
    }

    /// The problems, those of given rows at their places in the scheme.
    pub fn in_scheme(&self, problems: Problems) -> Problems {
        let mut moved = Problems::new();
        problems.iter().for_each(|found| moved.push(self.moved(found)));
        moved
    }

    fn moved(&self, found: &Diagnostic) -> Diagnostic {
        let mut found = found.clone();
        for label in &mut found.labels {
            let Place::Data(place) = &label.place else { continue };
            let span = self.spans.get(&(place.line, place.field)).or_else(|| self.spans.get(&(place.line, None)));
            if let Some(span) = span.filter(|_| place.file == self.name) {
                label.place = Place::Text(*span);
            }
        }
        found
    }
}
