//! Which field of a record goes into which column: by header, by position, or by `unpivot`.

use std::collections::HashMap;
use std::sync::Arc;

use super::parse::{Cell, FieldParser};
use super::records::Record;
use super::table::Reporter;
use crate::diag::{Code, DataPlace, Diagnostic, Problems, nearest};
use crate::value::schema::{Place, Schema, Unpivot};

/// Where the values of a table's columns come from.
#[derive(Debug, Default)]
pub struct Layout {
    /// The names of the file's fields; empty without a header.
    pub headers: Vec<Arc<str>>,
    /// Column and field of what each record has once.
    pub fixed: Vec<(usize, usize)>,
    /// The columns that take the field of an unpivoted column.
    pub cells: Vec<usize>,
    /// The unpivoted columns of the file; `None` without `unpivot`.
    pub spread: Option<Vec<Unpivoted>>,
}

/// A column of the file of which each field becomes a row.
#[derive(Debug)]
pub struct Unpivoted {
    /// Its place among the fields.
    pub field: usize,
    /// The values of the parts of its header, each with its column.
    pub parts: Vec<(usize, Cell)>,
}

/// Makes the place of a field of the header, from its number and its name.
pub type PlaceOf<'p> = &'p dyn Fn(usize, &Arc<str>) -> DataPlace;

/// A header that a column is declared to have and the file hasn't, and where it is declared.
type Missing<'m> = (&'m str, crate::source::Span);

impl Layout {
    /// Matches the header of a file with the columns of its input. Every problem is reported; `None` if there is one.
    pub fn of_header(
        header: &Record<'_>,
        schema: &Schema,
        parsers: &mut [FieldParser<'_>],
        report: &Reporter<'_>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let headers: Vec<Arc<str>> = header.iter().map(Arc::from).collect();
        let place = DataPlace { excerpt: report.excerpt(header.range()), ..report.line(header.line) };
        let at = |field: usize, name: &Arc<str>| report.field(header, field, name);
        Self::of_names(headers, (&place, &at), schema, report.others, parsers, problems)
    }

    /// Matches the names of a file's fields with the columns of its input; the places are that of all names, and that
    /// of each.
    pub fn of_names(
        headers: Vec<Arc<str>>,
        (place, at): (&DataPlace, PlaceOf<'_>),
        schema: &Schema,
        others: &[&Schema],
        parsers: &mut [FieldParser<'_>],
        problems: &mut Problems,
    ) -> Option<Self> {
        let before = problems.len();
        let mut layout = Self { headers, ..Self::default() };
        check_headers(&layout.headers, at, problems);
        layout.match_columns(schema, others, place, problems);
        if let Some(unpivot) = &schema.unpivot {
            // Without its columns it is another file, and whatever else doesn't fit follows from that.
            if problems.len() == before {
                layout.match_unpivoted(schema, unpivot, place, problems);
            }
            if problems.len() == before {
                layout.parse_parts(schema, unpivot, parsers, place, problems);
            }
        }
        (problems.len() == before).then_some(layout)
    }

    /// Takes the columns by position; the file has no header, and its first record so many fields.
    pub fn of_positions(fields: usize, schema: &Schema, place: &DataPlace, problems: &mut Problems) -> Option<Self> {
        let before = problems.len();
        let mut layout = Self::default();
        layout.match_positions(fields, schema, place, problems);
        if let Some(unpivot) = &schema.unpivot {
            problems.push(
                Diagnostic::error(
                    Code::MissingColumn,
                    unpivot.span,
                    "without a header there are no columns to unpivot",
                )
                .also(place.clone(), "the first record"),
            );
        }
        (problems.len() == before).then_some(layout)
    }

    /// For each of so many columns, the field that it is of, where it is of one.
    pub fn fields(&self, columns: usize) -> Vec<Option<usize>> {
        let mut fields = vec![None; columns];
        for &(column, field) in &self.fixed {
            if let Some(slot) = fields.get_mut(column) {
                *slot = Some(field);
            }
        }
        fields
    }

    fn match_columns(&mut self, schema: &Schema, others: &[&Schema], place: &DataPlace, problems: &mut Problems) {
        let mut missing = Vec::new();
        for (column, spec) in schema.columns.iter().enumerate() {
            match &spec.place {
                Place::Header(wanted) => match self.headers.iter().position(|header| header == wanted) {
                    Some(field) => self.fixed.push((column, field)),
                    None => missing.push((&**wanted, spec.span)),
                },
                Place::Cell => self.cells.push(column),
                Place::Position(_) | Place::Part(_) => {}
            }
        }
        match others.iter().find(|other| !missing.is_empty() && self.is_rather(other)) {
            Some(other) => problems.push(self.other_input(&missing, schema, other, place)),
            None => self.no_such_headers(&missing, schema, place, problems),
        }
        self.match_positions(self.headers.len(), schema, place, problems);
    }

    /// Whether the file has all columns of another input, which are more than those that it has of its own.
    fn is_rather(&self, other: &Schema) -> bool {
        let wanted = other.columns.iter().filter_map(|spec| match &spec.place {
            Place::Header(wanted) => Some(wanted),
            _ => None,
        });
        let (there, absent): (Vec<_>, Vec<_>) = wanted.partition(|wanted| self.headers.contains(wanted));
        absent.is_empty() && there.len() > self.fixed.len()
    }

    /// The error of a file that seems to be that of another input: most often files are given in the wrong order.
    fn other_input(&self, missing: &[Missing<'_>], schema: &Schema, other: &Schema, place: &DataPlace) -> Diagnostic {
        let message =
            format!("`{}` isn't the file of input `{}`: it has no {}", place.file, schema.name, list(missing));
        let help = format!(
            "it looks like the file of input `{}`; files bind to the inputs in the order in which the scheme declares them",
            other.name
        );
        let error = Diagnostic::error(Code::MissingColumn, schema.span, message).label("this input");
        error.also(place.clone(), "the header").help(help)
    }

    /// Reports the columns that the file doesn't have. What has one cause is one error: another delimiter, another file.
    fn no_such_headers(&self, missing: &[Missing<'_>], schema: &Schema, place: &DataPlace, problems: &mut Problems) {
        let names = || self.headers.iter().map(|header| &**header);
        let delimiter = match self.headers.as_slice() {
            [only] => [';', '\t', '|', ',', ' '].into_iter().find(|&sign| only.contains(sign)),
            _ => None,
        };
        if let (Some(sign), false) = (delimiter, missing.is_empty()) {
            let message = format!("the header of `{}` is a single field", place.file);
            let declare = if sign == '\t' { "`delimiter tab`".to_owned() } else { format!("`delimiter \"{sign}\"`") };
            let help = format!("if another sign parts the columns, say so in the input: {declare}");
            let error = Diagnostic::error(Code::MissingColumn, schema.span, message).label("this input");
            problems.push(error.also(place.clone(), "the header").help(help));
            return;
        }
        let (near, far): (Vec<_>, Vec<_>) =
            missing.iter().partition(|(wanted, _)| nearest::nearest(wanted, names()).is_some());
        for (wanted, span) in near {
            problems.push(self.no_such_header(wanted, span, place));
        }
        if let [(wanted, span)] = far.as_slice() {
            problems.push(self.no_such_header(wanted, *span, place));
        } else if !far.is_empty() {
            let message = format!("`{}` has no {}", place.file, list(&far));
            let headers = nearest::suggest("", "the headers are", names()).unwrap_or_default();
            let help =
                format!("{headers}\nis it the file of this input? files bind to the inputs in the order declared");
            let error = Diagnostic::error(Code::MissingColumn, schema.span, message).label("declared in this input");
            problems.push(error.also(place.clone(), "the header").help(help));
        }
    }

    fn no_such_header(&self, wanted: &str, span: crate::source::Span, place: &DataPlace) -> Diagnostic {
        let names = || self.headers.iter().map(|header| &**header);
        let message = format!("`{}` has no column `{wanted}`", place.file);
        let error = Diagnostic::error(Code::MissingColumn, span, message).also(place.clone(), "the header");
        let help = match nearest::nearest(wanted, names()) {
            Some(near) => Some(format!("the nearest header is `{near}`: write `from \"{near}\"` if it is meant")),
            None => nearest::suggest(wanted, "the headers are", names()),
        };
        match help {
            Some(help) => error.help(help),
            None => error,
        }
    }

    fn match_positions(&mut self, fields: usize, schema: &Schema, place: &DataPlace, problems: &mut Problems) {
        for (column, spec) in schema.columns.iter().enumerate() {
            match &spec.place {
                Place::Position(position) => match position.checked_sub(1).filter(|&field| field < fields) {
                    Some(field) => self.fixed.push((column, field)),
                    None => {
                        let message = format!("`{}` has no field {position}: its records have {fields}", place.file);
                        let error = Diagnostic::error(Code::MissingColumn, spec.span, message);
                        problems.push(error.also(place.clone(), "the first record"));
                    }
                },
                Place::Header(wanted) if self.headers.is_empty() => {
                    let message = format!("`{}` is read without a header, so it has no column `{wanted}`", place.file);
                    let error = Diagnostic::error(Code::MissingColumn, spec.span, message);
                    problems.push(error.help("state the position of the column, for example `at 1`"));
                }
                _ => {}
            }
        }
    }

    fn match_unpivoted(&mut self, schema: &Schema, unpivot: &Unpivot, place: &DataPlace, problems: &mut Problems) {
        let mut taken = vec![false; self.headers.len()];
        let declared = |header: &Arc<str>| {
            schema.columns.iter().any(|spec| matches!(&spec.place, Place::Header(wanted) if wanted == header))
        };
        let mut unlike = Vec::new();
        for (before, after) in &unpivot.headers {
            let mut any = false;
            for (header, taken) in self.headers.iter().zip(&mut taken) {
                if !declared(header) && Unpivot::is_like(header, before, after.as_deref()) {
                    (any, *taken) = (true, true);
                }
            }
            if !any {
                let pattern = after.as_ref().map_or_else(|| before.to_string(), |after| format!("{before}*{after}"));
                unlike.push(pattern);
            }
        }
        if let Some(first) = unlike.first() {
            let patterns: Vec<String> = unlike.iter().map(|pattern| format!("`{pattern}`")).collect();
            let message = format!("no header of `{}` is like {}", place.file, patterns.join(" or "));
            let error = Diagnostic::error(Code::MissingColumn, unpivot.span, message).also(place.clone(), "the header");
            let wanted = if unlike.len() == 1 { first } else { "" };
            let help = nearest::suggest(wanted, "the headers are", self.headers.iter().map(|header| &**header));
            problems.push(if let Some(help) = help { error.help(help) } else { error });
        }
        let fields = taken
            .iter()
            .enumerate()
            .filter(|&(_, &taken)| taken)
            .map(|(field, _)| Unpivoted { field, parts: Vec::new() });
        self.spread = Some(fields.collect());
    }

    fn parse_parts(
        &mut self,
        schema: &Schema,
        unpivot: &Unpivot,
        parsers: &mut [FieldParser<'_>],
        place: &DataPlace,
        problems: &mut Problems,
    ) {
        for Unpivoted { field, parts } in self.spread.iter_mut().flatten() {
            let Some(header) = self.headers.get(*field) else { continue };
            let here = DataPlace { field: Some(*field), column: Some(Arc::clone(header)), ..place.clone() };
            let Some(texts) = unpivot.split(header) else {
                let signs: Vec<String> = unpivot.separators.iter().map(|sign| format!("`{sign}`")).collect();
                let message = format!("the header `{header}` doesn't have the parts that `unpivot` splits it into");
                let error = Diagnostic::error(Code::BadHeader, here, message).also(unpivot.span, "");
                problems.push(error.help(format!("it is split from its end at {}", signs.join(", "))));
                continue;
            };
            for (column, (spec, parser)) in schema.columns.iter().zip(parsers.iter_mut()).enumerate() {
                let Place::Part(part) = spec.place else { continue };
                match parser.parse(texts.get(part).copied().unwrap_or("")) {
                    Ok(cell) => parts.push((column, cell)),
                    Err(fault) => {
                        let message = format!("in the header `{header}`: {}", fault.message);
                        let error = Diagnostic::error(fault.code, here.clone(), message).also(spec.span, "");
                        problems.push(if let Some(help) = fault.help { error.help(help) } else { error });
                    }
                }
            }
        }
    }
}

/// Reports the names of a file's fields that are empty, and those that stand twice.
pub fn check_headers(headers: &[Arc<str>], place: PlaceOf<'_>, problems: &mut Problems) {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for (field, name) in headers.iter().enumerate() {
        if name.trim().is_empty() {
            let message = format!("column {} has no header", field + 1);
            let error = Diagnostic::error(Code::BadHeader, place(field, name), message);
            problems.push(error.help("give every column a name, or remove the delimiter that is too many"));
        } else if let Some(first) = seen.insert(name, field) {
            let message = format!("the header `{name}` stands twice, as column {} and {}", first + 1, field + 1);
            let error = Diagnostic::error(Code::BadHeader, place(field, name), message);
            problems.push(error.also(place(first, name), "the first").help("rename one of them in the file"));
        }
    }
}

/// The columns that a file doesn't have, in words.
fn list(missing: &[Missing<'_>]) -> String {
    let names: Vec<String> = missing.iter().take(5).map(|(wanted, _)| format!("`{wanted}`")).collect();
    let more = if missing.len() > 5 { format!(" and {} more", missing.len() - 5) } else { String::new() };
    format!("column{} {}{more}", if missing.len() == 1 { "" } else { "s" }, names.join(", "))
}
