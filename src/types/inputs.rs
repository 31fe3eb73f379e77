//! Inputs: what a file must hold.

use std::sync::Arc;

use super::Checker;
use super::scope::{Rows, Scope, ScopeKind};
use super::tree::{Check, Input};
use crate::diag::nearest::suggest;
use crate::diag::{Code, Diagnostic};
use crate::resolve::Kind;
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, BaseType, ColumnMod, FileOption, Name};
use crate::value::schema::{
    ColumnSpec, Edge, Encoding, Format, Interval, Place, Schema, Unique, Unit, Unpivot, period_of,
};
use crate::value::{Ty, Type};

/// The most places that a column can have: its numbers have at most 18 digits.
const MAX_COLUMN_PLACES: u32 = 18;
/// How many columns an input may have.
const MAX_COLUMNS: usize = 10_000;

impl Checker<'_> {
    /// Makes a schema of each input.
    pub(super) fn check_inputs(&mut self) {
        for (_, tree) in &self.scheme.inputs {
            let schema = self.schema(tree);
            self.inputs.push(Input { schema, checks: Vec::new() });
        }
    }

    /// Types the checks on rows; they may use scales and look up inputs declared later.
    pub(super) fn check_input_checks(&mut self) {
        for (id, (_, tree)) in self.scheme.inputs.iter().enumerate() {
            let mut scope = Scope::new(ScopeKind::Rows(Rows::new(id, false)));
            let checks = tree.checks.iter().filter_map(|check| self.row_check(&mut scope, check)).collect();
            if let Some(input) = self.inputs.get_mut(id) {
                input.checks = checks;
            }
        }
    }

    /// Types a check of rows or units.
    pub(super) fn row_check(&mut self, scope: &mut Scope, tree: &ast::Check) -> Option<Check> {
        let when = match &tree.when {
            Some(when) => Some(self.condition(scope, when)?),
            None => None,
        };
        let learnt = when.as_ref().map(|when| scope.learn(when, true)).unwrap_or_default();
        let holds = self.condition(scope, &tree.holds);
        scope.forget(learnt);
        let message = Arc::clone(&tree.message.node);
        Some(Check { message, holds: holds?, when, severity: tree.severity, span: tree.span })
    }

    fn schema(&mut self, tree: &ast::Input) -> Schema {
        let mut schema = Schema {
            name: Arc::clone(&tree.name.node),
            file: tree.file.as_ref().map(|file| Arc::clone(&file.node)),
            format: self.format(&tree.options),
            columns: Vec::new(),
            unpivot: None,
            units: Vec::new(),
            unique: Vec::new(),
            span: tree.name.span,
        };
        for column in &tree.columns {
            let spec = self.column(column, &schema.format, Place::Header(Arc::clone(&column.name.node)));
            self.push_column(&mut schema, spec);
        }
        if let Some(unpivot) = &tree.unpivot {
            self.unpivot(&mut schema, unpivot);
        }
        if schema.columns.is_empty() {
            let found =
                Diagnostic::error(Code::BadFormat, tree.name.span, format!("input `{}` has no columns", schema.name));
            self.problems.push(found.help("declare those that the scheme uses, each with its type"));
        }
        for unit in &tree.units {
            let (key, has) = &unit.node;
            let (key, has) = (self.columns(&schema, key), self.columns(&schema, has));
            schema.units.push(Unit { key, has, span: unit.span });
        }
        for key in &tree.keys {
            let unique = self.key(&schema, key);
            schema.unique.push(unique);
        }
        schema
    }

    fn push_column(&mut self, schema: &mut Schema, spec: ColumnSpec) {
        let name = Arc::clone(&spec.name);
        if let Some(first) = schema.columns.iter().find(|column| column.name == name) {
            let found = Diagnostic::error(Code::DuplicateName, spec.span, format!("column `{name}` is declared twice"));
            self.problems.push(
                found
                    .also(first.span, "first here")
                    .help("rename one, with `from \"Header\"` for what the file calls it"),
            );
            return;
        }
        if let Some(param) = self.scheme.names.get(&name).filter(|named| named.kind == Kind::Param) {
            let found = Diagnostic::error(
                Code::HiddenName,
                spec.span,
                format!("column `{name}` would hide the param of this name"),
            );
            let help = format!("rename one: a column can be `{name}_ … from \"{name}\"`");
            self.problems.push(found.also(param.span, "the param").help(help));
        }
        if schema.columns.len() >= MAX_COLUMNS {
            self.error(
                Code::TooLarge,
                spec.span,
                format!("an input has at most {MAX_COLUMNS} columns"),
                "declare those that the scheme uses",
            );
            return;
        }
        schema.columns.push(spec);
    }

    fn columns(&mut self, schema: &Schema, names: &[Name]) -> Vec<usize> {
        names.iter().filter_map(|name| self.column_of(schema, name)).collect()
    }

    fn column_of(&mut self, schema: &Schema, name: &Name) -> Option<usize> {
        let found = schema.columns.iter().position(|column| column.name == name.node);
        if found.is_none() {
            let message = format!("input `{}` has no column `{}`", schema.name, name.node);
            let problem = Diagnostic::error(Code::UnknownColumn, name.span, message);
            let help = suggest(&name.node, "its columns", schema.columns.iter().map(|column| &*column.name));
            self.problems.push(match help {
                Some(help) => problem.help(help),
                None => problem,
            });
        }
        found
    }

    fn format(&mut self, options: &[Spanned<FileOption>]) -> Format {
        let mut format = Format::default();
        let texts = |names: &[Name]| names.iter().map(|name| Arc::clone(&name.node)).collect::<Vec<_>>();
        for option in options {
            match &option.node {
                FileOption::Delimiter(text) => format.delimiter = self.delimiter(text),
                FileOption::Encoding(text) => format.encoding = self.encoding(text),
                FileOption::NoHeader => format.header = false,
                FileOption::DecimalComma => format.decimal_comma = true,
                FileOption::Thousands(text) => format.thousands = self.thousands(text),
                FileOption::Exponents => format.exponents = true,
                FileOption::Missing(names) => format.missing.extend(texts(names)),
                FileOption::Yes(names) => format.yes = texts(names),
                FileOption::No(names) => format.no = texts(names),
                FileOption::Dates(names) => {
                    names.iter().for_each(|name| self.date_format(name));
                    format.dates = texts(names);
                }
                FileOption::Century(year) => format.century = self.century(*year, option.span),
            }
        }
        let clash = format.decimal_comma && format.thousands == Some(',')
            || !format.decimal_comma && format.thousands == Some('.');
        if let (true, Some(option)) = (clash, options.first()) {
            self.error(
                Code::BadFormat,
                option.span,
                "the sign for thousands is the decimal sign too",
                "declare `decimal comma` with `thousands \".\"`, or `thousands \",\"` alone",
            );
        }
        format
    }

    fn delimiter(&mut self, text: &Name) -> Option<u8> {
        match text.node.as_bytes() {
            [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Some(*byte),
            _ => {
                self.error(
                    Code::BadFormat,
                    text.span,
                    "a delimiter is one ASCII character, no quote",
                    "write `delimiter \";\"` or `delimiter tab`",
                );
                None
            }
        }
    }

    fn encoding(&mut self, text: &Name) -> Encoding {
        match text.node.to_lowercase().as_str() {
            "utf-8" | "utf8" => Encoding::Utf8,
            "utf-16" | "utf16" => Encoding::Utf16,
            "latin-1" | "latin1" | "iso-8859-1" => Encoding::Latin1,
            _ => {
                self.error(
                    Code::BadFormat,
                    text.span,
                    format!("the encoding `{}` isn't known", text.node),
                    "known are \"utf-8\", \"utf-16\" and \"latin-1\"",
                );
                Encoding::Utf8
            }
        }
    }

    fn thousands(&mut self, text: &Name) -> Option<char> {
        let mut chars = text.node.chars();
        match (chars.next(), chars.next()) {
            (Some(sign), None) if !sign.is_ascii_digit() && sign != '-' && sign != '+' => Some(sign),
            _ => {
                self.error(
                    Code::BadFormat,
                    text.span,
                    "this is not a sign between groups of digits",
                    "write `thousands \",\"`",
                );
                None
            }
        }
    }

    fn century(&mut self, year: i32, span: Span) -> Option<i32> {
        if (1..=9900).contains(&year) {
            return Some(year);
        }
        self.error(
            Code::BadFormat,
            span,
            "the hundred years must lie between 1 and 9999",
            "write the first of the hundred years: `century 1950`",
        );
        None
    }

    fn date_format(&mut self, text: &Name) {
        if let Err(message) = crate::value::dateformat::check_date_format(&text.node) {
            self.error(Code::BadFormat, text.span, message, "write it with %Y or %y, %m or %b, %d: \"%d.%m.%Y\"");
        }
    }

    fn column(&mut self, tree: &ast::Column, format: &Format, place: Place) -> ColumnSpec {
        let base = self.base_type(&tree.ty.base);
        let mut spec = ColumnSpec {
            name: Arc::clone(&tree.name.node),
            ty: Ty { base, optional: tree.ty.optional },
            place,
            clean: false,
            dates: Vec::new(),
            missing: Vec::new(),
            span: tree.name.span,
        };
        for part in &tree.mods {
            match &part.node {
                ColumnMod::From(header) => spec.place = Place::Header(Arc::clone(&header.node)),
                ColumnMod::At(position) if *position > 0 => spec.place = Place::Position(*position as usize),
                ColumnMod::At(_) => self.error(
                    Code::BadFormat,
                    part.span,
                    "positions are counted from 1",
                    "write `at 1` for the first field",
                ),
                ColumnMod::Clean if spec.ty.base.is_text() => spec.clean = true,
                ColumnMod::Clean => {
                    self.error(Code::BadFormat, part.span, "only a text can be cleaned", "leave `clean` out")
                }
                ColumnMod::Format(texts) => {
                    texts.iter().for_each(|text| self.date_format(text));
                    if !matches!(spec.ty.base, Type::Date | Type::Partial(_)) {
                        self.error(
                            Code::BadFormat,
                            part.span,
                            "only a date has a format",
                            "leave `format` out, or make the column a date",
                        );
                    }
                    spec.dates = texts.iter().map(|text| Arc::clone(&text.node)).collect();
                }
                ColumnMod::Missing(texts) => spec.missing = texts.iter().map(|text| Arc::clone(&text.node)).collect(),
            }
        }
        self.column_place(&spec, format, tree);
        let formats = if spec.dates.is_empty() { &format.dates } else { &spec.dates };
        let dated = matches!(spec.ty.base, Type::Date | Type::Partial(_));
        if dated && format.century.is_none() && formats.iter().any(|text| text.contains("%y")) {
            self.error(
                Code::BadFormat,
                tree.name.span,
                "years of two digits can be of any century",
                "say which hundred years they mean: `century 1950` for 1950 to 2049",
            );
        }
        spec
    }

    /// Without a header every column needs a position, with one none has any.
    fn column_place(&mut self, spec: &ColumnSpec, format: &Format, tree: &ast::Column) {
        match (&spec.place, format.header) {
            (Place::Header(_), false) => {
                let message = format!("a file without header says nothing of a column `{}`", spec.name);
                self.error(
                    Code::BadFormat,
                    tree.name.span,
                    message,
                    "say at which position it stands: `at 1` for the first field",
                );
            }
            (Place::Position(_), true) => {
                self.error(
                    Code::BadFormat,
                    tree.name.span,
                    "a position is for files without a header",
                    "declare `no header`, or take the column by its header: `from \"Header\"`",
                );
            }
            _ => {}
        }
    }

    fn base_type(&mut self, base: &BaseType) -> Type {
        match base {
            BaseType::Text => Type::Text,
            BaseType::Number(places) if places.node > MAX_COLUMN_PLACES => {
                self.error(
                    Code::TooManyPlaces,
                    places.span,
                    format!("a column has at most {MAX_COLUMN_PLACES} decimal places"),
                    "declare fewer",
                );
                Type::Number(0)
            }
            BaseType::Number(places) => Type::Number(u8::try_from(places.node).unwrap_or(0)),
            BaseType::Date => Type::Date,
            BaseType::Partial(precision) => Type::Partial(*precision),
            BaseType::Flag => Type::Flag,
            BaseType::Period(period) => Type::Period(*period),
            BaseType::Category(words) => {
                let mut list: Vec<Arc<str>> = Vec::new();
                for word in words {
                    if list.contains(&word.node) {
                        self.error(
                            Code::RepeatedWord,
                            word.span,
                            format!("`{}` is listed twice", word.node),
                            "list each word once",
                        );
                    } else {
                        list.push(Arc::clone(&word.node));
                    }
                }
                Type::Category(list.into())
            }
        }
    }

    fn key(&mut self, schema: &Schema, tree: &Spanned<ast::Key>) -> Unique {
        let key = self.columns(schema, &tree.node.columns);
        let mut interval = None;
        if let Some((from, end, inclusive)) = &tree.node.interval {
            let (from, end) = (self.edge(schema, from, false), self.edge(schema, end, true));
            interval = from.zip(end).map(|(from, end)| Interval { from, end, inclusive: *inclusive });
        }
        for (at, column) in key.iter().filter_map(|&at| schema.columns.get(at)).enumerate() {
            if let (Type::Real, Some(name)) = (&column.ty.base, tree.node.columns.get(at)) {
                self.error(Code::WrongType, name.span, "a key can't be a real", "round it first");
            }
        }
        Unique { key, drop_repeats: tree.node.drop_repeats, interval, span: tree.span }
    }

    fn edge(&mut self, schema: &Schema, tree: &ast::Edge, is_end: bool) -> Option<(usize, Edge)> {
        let column = self.column_of(schema, &tree.column)?;
        let edge = match tree.function.as_ref().map(|name| (&*name.node, name.span)) {
            Some(("earliest", _)) => Some(Edge::Earliest),
            Some(("latest", _)) => Some(Edge::Latest),
            Some((_, span)) => {
                self.error(
                    Code::UnknownFunction,
                    span,
                    "only `earliest` and `latest` can stand here",
                    "write the column, or `earliest(column)`",
                );
                return None;
            }
            None => None,
        };
        let spec = schema.columns.get(column)?;
        match (&spec.ty.base, edge) {
            (Type::Date, _) => {}
            (Type::Partial(_), Some(_)) => {}
            (Type::Partial(_), None) => {
                let instead = if is_end { "latest" } else { "earliest" };
                self.error(
                    Code::PartialDate,
                    tree.column.span,
                    "this date may be known to the month or the year only",
                    format!("say which day is meant: {instead}({})", spec.name),
                );
                return None;
            }
            (other, _) => {
                self.error(
                    Code::WrongType,
                    tree.column.span,
                    format!("an interval is of dates, this is a {other}"),
                    "name a column that is a date",
                );
                return None;
            }
        }
        if spec.ty.optional && !is_end {
            self.error(
                Code::MayBeMissing,
                tree.column.span,
                "the beginning of an interval can't be missing",
                "only its end can: a missing end is open",
            );
            return None;
        }
        Some((column, edge.unwrap_or(if is_end { Edge::Latest } else { Edge::Earliest })))
    }

    fn unpivot(&mut self, schema: &mut Schema, tree: &Spanned<ast::Unpivot>) {
        if !schema.format.header {
            self.error(
                Code::BadFormat,
                tree.span,
                "a file without header has no headers to take apart",
                "leave `no header` or `unpivot` out",
            );
        }
        for (at, (name, ty)) in tree.node.parts.iter().enumerate() {
            let base = match ty {
                Some((base, _)) => self.base_type(base),
                // A part named like a period is one: `indicator "_" year`.
                None => period_of(&name.node).map_or(Type::Text, Type::Period),
            };
            let spec = ColumnSpec {
                name: Arc::clone(&name.node),
                ty: Ty::required(base),
                place: Place::Part(at),
                clean: false,
                dates: Vec::new(),
                missing: Vec::new(),
                span: name.span,
            };
            self.push_column(schema, spec);
        }
        let cell = self.column(&tree.node.cell, &schema.format.clone(), Place::Cell);
        self.push_column(schema, ColumnSpec { place: Place::Cell, ..cell });
        let mut headers = Vec::new();
        for pattern in &tree.node.patterns {
            let mut parts = pattern.node.splitn(2, '*');
            let (before, behind) = (parts.next().unwrap_or(""), parts.next());
            if behind.is_some_and(|behind| behind.contains('*')) {
                self.error(Code::BadFormat, pattern.span, "a header has at most one `*`", "write `le_*`");
            }
            headers.push((Arc::from(before), behind.map(Arc::from)));
        }
        let separators: Vec<Arc<str>> = tree.node.separators.iter().map(|text| Arc::clone(&text.node)).collect();
        if let Some(empty) = tree.node.separators.iter().find(|text| text.node.is_empty()) {
            self.error(
                Code::BadFormat,
                empty.span,
                "the parts of a header need a separator",
                "write the sign between them: \"_\"",
            );
        }
        schema.unpivot = Some(Unpivot { headers, separators, span: tree.span });
    }
}
