//! The rows of an input: its columns read as the scheme declares them, repeats dropped, wide columns made long.

use super::ast::{Cte, Expr, From, Infix, Join, Name, Select, Source, SqlType};
use super::dialect::{File, Phrase};
use super::expr::choice;
use super::names::Names;
use super::scope::Fields;
use super::shape::{Field, Kind, Number, Term};
use super::spread::Spread;
use super::{Bound, Obstacle, Translation};
use crate::source::Span;
use crate::value::dateformat::{DateFormat, MONTHS, Pattern};
use crate::value::schema::{ColumnSpec, Encoding, Place, Schema};
use crate::value::{Period, Type, decimal};

/// The rows of an input: the common table expression that has them, and its columns.
#[derive(Debug, Clone)]
pub struct Rows {
    /// The common table expression.
    pub cte: Name,
    /// Its columns.
    pub fields: Fields,
}

/// What is read of an input's table.
pub(super) struct Reading<'s> {
    pub schema: &'s Schema,
    /// Whether all columns are texts; else they are of the declared types, or texts.
    pub texts: bool,
    /// Whether columns without a header go by their positions; else by their names.
    positions: bool,
}

impl Translation<'_> {
    /// The rows of an input, which are made where they are first asked for.
    pub(super) fn rows(&mut self, at: usize) -> Result<Rows, Obstacle> {
        if let Some(rows) = self.read.get(&at) {
            return Ok(rows.clone());
        }
        let plan = self.plan;
        let Some(input) = plan.inputs.get(at) else { return Err(Obstacle::new("an input", Span::default())) };
        let schema = &input.schema;
        let mut rows = self.parsed_rows(at)?;
        for unique in schema.unique.iter().filter(|unique| unique.drop_repeats) {
            rows = self.without_repeats(&rows, &unique.key, schema);
        }
        self.read.insert(at, rows.clone());
        Ok(rows)
    }

    /// The rows of an input before repeats are dropped.
    pub(super) fn parsed_rows(&mut self, at: usize) -> Result<Rows, Obstacle> {
        let plan = self.plan;
        match (self.raw.get(&at), plan.inputs.get(at)) {
            (Some(rows), _) => Ok(rows.clone()),
            (None, Some(input)) => {
                let rows = self.parsed(at, &input.schema)?;
                self.raw.insert(at, rows.clone());
                Ok(rows)
            }
            (None, None) => Err(Obstacle::new("an input", Span::default())),
        }
    }

    /// The table of an input as it is.
    pub(super) fn source(&self, at: usize, schema: &Schema) -> Result<(Source, bool, bool), Obstacle> {
        Ok(match self.bound.get(at).and_then(Option::as_ref) {
            Some(Bound::Table(parts)) => {
                (Source { from: From::Table(parts.clone()), alias: None, columns: vec![] }, false, false)
            }
            Some(Bound::File { path, file }) => {
                let source = self.dialect.file(path, file);
                let csv = matches!(file, File::Csv { .. });
                let what = if csv { "a file of CSV" } else { "a file of Parquet" };
                self.readable(path, file, schema)?;
                let source = source.ok_or_else(|| {
                    let obstacle = Obstacle::file(what, &schema.name, schema.span);
                    match (obstacle.help, self.dialect.file(path, &File::Parquet)) {
                        (Some(help), Some(_)) => {
                            Obstacle { help: Some(format!("write it as Parquet, or {help}")), ..obstacle }
                        }
                        (help, _) => Obstacle { help, ..obstacle },
                    }
                })?;
                (source, csv, csv && matches!(file, File::Csv { header: None, .. }))
            }
            None => (Source::table(&schema.name), false, false),
        })
    }

    /// Refuses files that no engine reads as the native reader does.
    fn readable(&self, path: &str, file: &File, schema: &Schema) -> Result<(), Obstacle> {
        let of = |what: &str| Err(Obstacle::file(what, &schema.name, schema.span));
        match file {
            File::Csv { .. } if [".jsonl", ".ndjson"].iter().any(|end| path.contains(end)) => of("a file of JSON"),
            File::Csv { .. } if schema.format.encoding != Encoding::default() => of("a file that isn't in UTF-8"),
            _ => Ok(()),
        }
    }

    /// The table of an input, as it is selected from.
    pub(super) fn open<'s>(&self, at: usize, schema: &'s Schema) -> Result<Opened<'s>, Obstacle> {
        let (source, texts, positions) = self.source(at, schema)?;
        let reading = Reading { schema, texts, positions };
        let spread = schema.unpivot.as_ref().map(|unpivot| self.spread(at, schema, unpivot)).transpose()?;
        let from = if spread.is_some() { source.called("wide") } else { source };
        let joins = spread.iter().map(|spread| Join::Cross(spread.source.clone())).collect();
        Ok(Opened { reading, spread, from, joins })
    }

    /// The columns of an input that are used, of the types declared.
    fn parsed(&mut self, at: usize, schema: &Schema) -> Result<Rows, Obstacle> {
        let Opened { reading, spread, from, joins } = self.open(at, schema)?;
        let mut names = Names::default();
        let mut select = Select { from: Some(from), joins, ..Select::default() };
        let mut fields = Fields::default();
        let used = self.used.get(at).cloned().unwrap_or_default();
        for (column, spec) in schema.columns.iter().enumerate().filter(|(column, _)| used.contains(column)) {
            let raw = reading.raw(spec, spread.as_ref());
            let term = match (&spec.place, &spread) {
                (Place::Part(_), _) => self.part(&raw, spec)?,
                _ => self.value(&reading, spec, raw)?,
            };
            let term = self.sound(&reading, spec, term, spread.as_ref())?;
            let field = self.field(&spec.name, term.kind, &mut names);
            for (expr, name) in term.parts().zip(field.names()) {
                select.columns.push((expr.clone(), name.clone()));
            }
            fields.columns.insert(column, field);
        }
        if select.columns.is_empty() {
            select.columns.push((Expr::Integer(1), names.take("row")));
        }
        let cte = self.names.take(&format!("{}_rows", schema.name));
        self.ctes.push(Cte { name: cte.clone(), comment: self.comment_of_input(at, schema), body: select.into() });
        Ok(Rows { cte, fields })
    }

    fn comment_of_input(&self, at: usize, schema: &Schema) -> Vec<String> {
        let from = match self.bound.get(at).and_then(Option::as_ref) {
            Some(Bound::File { path, .. }) => format!(" from {path}"),
            _ => String::new(),
        };
        vec![format!("input {}: its columns as the scheme declares them{from}", schema.name)]
    }

    /// A field of a name near a wanted one.
    pub(super) fn field(&self, wanted: &str, kind: Kind, names: &mut Names) -> Field {
        if kind == Kind::Partial {
            let (first, last) = (names.take(&format!("{wanted}_first")), names.take(&format!("{wanted}_last")));
            return Field { kind, name: first, last: Some(last) };
        }
        Field { kind, name: names.take(wanted), last: None }
    }

    /// One row for each key; the other columns are the same in all rows of a key.
    fn without_repeats(&mut self, rows: &Rows, key: &[usize], schema: &Schema) -> Rows {
        let mut select = Select { from: Some(Source::table(&rows.cte)), ..Select::default() };
        for (column, field) in &rows.fields.columns {
            let of_key = key.contains(column);
            for (name, ty) in field.names().zip(field.kind.types()) {
                let expr = Expr::name(name);
                if of_key {
                    select.group.push(expr.clone());
                }
                select.columns.push((if of_key { expr } else { self.dialect.any(expr, ty) }, name.clone()));
            }
        }
        let cte = self.names.take(&format!("{}_distinct", schema.name));
        let keys: Vec<&str> = key.iter().filter_map(|at| schema.columns.get(*at)).map(|spec| &*spec.name).collect();
        let comment = vec![format!("input {}: rows with the same {} are one", schema.name, keys.join(", "))];
        self.ctes.push(Cte { name: cte.clone(), comment, body: select.into() });
        Rows { cte, fields: rows.fields.clone() }
    }

    /// The value of a field as declared.
    fn value(&self, reading: &Reading<'_>, spec: &ColumnSpec, raw: Expr) -> Result<Term, Obstacle> {
        let format = &reading.schema.format;
        let text = reading.text(raw.clone());
        let missing = reading.missing(spec);
        let is_text = spec.ty.base.is_text();
        // A text that must be there is taken as it stands, so that an engine knows the column again by which the table is
        // laid out. Whether it is there is asked by the checks.
        let missing = if is_text && !spec.ty.optional && !spec.clean && !self.checking { Vec::new() } else { missing };
        let known = |of: Expr| match missing.as_slice() {
            [] => of,
            [Expr::Text(one)] if one.is_empty() && is_text | reading.texts && of == text => {
                Expr::Call("nullif", vec![of, Expr::text("")])
            }
            _ => Expr::Case(vec![(text.clone().among(missing.clone()), Expr::Null)], Some(Box::new(of))),
        };
        let kind = Kind::of(&spec.ty.base);
        // A typed column without words for missing ones is cast directly; others go by their texts.
        let plain = |ty: SqlType| known(if reading.texts { text.clone() } else { raw.clone() }).cast(ty);
        Ok(match &spec.ty.base {
            Type::Text | Type::Category(_) => {
                let text = if spec.clean {
                    // Words for missing values are looked for in what is clean.
                    let cleaned = self.phrase(Phrase::Clean, vec![text], spec.span)?;
                    Expr::Case(vec![(cleaned.clone().among(missing), Expr::Null)], Some(Box::new(cleaned)))
                } else {
                    known(text.clone())
                };
                Term::one(kind, self.dialect.by_code_points(text))
            }
            Type::Number(places) => {
                let number = Number::of_column(*places);
                let plainly = reading.plain_number(text.clone());
                let expr = if plainly == text { plain(number.ty()) } else { known(plainly).cast(number.ty()) };
                let expr = reading
                    .missing_numbers(spec, *places)
                    .into_iter()
                    .fold(expr, |expr, number| Expr::Call("nullif", vec![expr, Expr::Decimal(number, *places)]));
                Term::one(Kind::Number(number), expr)
            }
            Type::Real => Term::one(kind, plain(SqlType::Real)),
            Type::Flag => {
                let words = |words: &[std::sync::Arc<str>], word: &str| {
                    let own = (!reading.texts && !words.iter().any(|own| &**own == word)).then(|| Expr::text(word));
                    text.clone().among(words.iter().cloned().map(Expr::Text).chain(own).collect())
                };
                let arms = vec![
                    (words(&format.yes, "true"), Expr::Flag(true)),
                    (words(&format.no, "false"), Expr::Flag(false)),
                ];
                Term::one(kind, Expr::Case(arms, None))
            }
            Type::Date | Type::Partial(_) => self.date(reading, spec, &text, &known, plain(SqlType::Date))?,
            Type::Period(period) => Term::one(kind, self.period_column(*period, &known(text.clone()), spec.span)?),
        })
    }

    /// A date by its formats.
    fn date(
        &self,
        reading: &Reading<'_>,
        spec: &ColumnSpec,
        text: &Expr,
        known: &dyn Fn(Expr) -> Expr,
        plain: Expr,
    ) -> Result<Term, Obstacle> {
        let formats = if spec.dates.is_empty() { &reading.schema.format.dates } else { &spec.dates };
        let partial = matches!(spec.ty.base, Type::Partial(_));
        if formats.is_empty() && !partial {
            return Ok(Term::one(Kind::Date, plain));
        }
        let text = known(text.clone());
        if formats.is_empty() {
            return self.usual_date(&text, spec.span);
        }
        let patterns = reading.patterns(spec);
        let mut arms = Vec::new();
        for pattern in &patterns {
            let fits = self.phrase(Phrase::Fits, vec![text.clone(), Expr::text(&pattern.regex)], spec.span)?;
            arms.push((fits, self.by_pattern(&text, pattern, reading.schema.format.century, spec.span)?));
        }
        let term = choice(arms, None, &spec.ty.base);
        Ok(if partial { term } else { Term::one(Kind::Date, term.expr) })
    }

    /// A partial date as it is usually written: `2008`, `2008-03`, `2008-03-01`.
    fn usual_date(&self, text: &Expr, span: Span) -> Result<Term, Obstacle> {
        let length = self.phrase(Phrase::Length, vec![text.clone()], span)?;
        let is = |count: i64| length.clone().infix(Infix::Equal, Expr::Integer(count));
        let with = |end: &str| self.dialect.parsed_date(text.clone().infix(Infix::Concat, Expr::text(end)));
        let days = |year: Expr, month: Expr| {
            let day = Some(Box::new(self.dialect.parsed_date(text.clone())));
            Expr::Case(vec![(is(4), year), (is(7), month)], day)
        };
        let month = self.last_day(&Term::one(Kind::Period(Period::Month), with("-01")), span)?;
        let last = days(with("-12-31"), month);
        Ok(Term { kind: Kind::Partial, expr: days(with("-01-01"), with("-01")), last: Some(last) })
    }

    /// Year, month and day of a text that has the shape of a pattern, as whole numbers.
    pub(super) fn parts_of(
        &self,
        text: &Expr,
        pattern: &Pattern,
        century: Option<i32>,
        span: Span,
    ) -> Result<(Expr, Option<Expr>, Option<Expr>), Obstacle> {
        let group = |group: u8| {
            let args = vec![text.clone(), Expr::text(&pattern.regex), Expr::Integer(i64::from(group))];
            self.phrase(Phrase::Matched, args, span)
        };
        let number = |at: u8| group(at).map(|text| text.cast(SqlType::Integer));
        let mut year = number(pattern.year)?;
        if pattern.short {
            let first = i64::from(century.unwrap_or(0));
            // The year of the hundred from `first` on that ends in these two digits.
            let behind = year.infix(Infix::Add, Expr::Integer(100 - first.rem_euclid(100)));
            year = behind.infix(Infix::Remainder, Expr::Integer(100)).infix(Infix::Add, Expr::Integer(first));
        }
        let month = match (pattern.month, pattern.named) {
            (None, _) => None,
            (Some(at), false) => Some(number(at)?),
            (Some(at), true) => {
                let start = self.phrase(Phrase::Left, vec![group(at)?, Expr::Integer(3)], span)?;
                let start = self.phrase(Phrase::Lower, vec![start], span)?;
                let arms = (1..).zip(MONTHS).map(|(number, name)| {
                    let short: String = name.chars().take(3).collect::<String>().to_lowercase();
                    (start.clone().infix(Infix::Equal, Expr::text(&short)), Expr::Integer(number))
                });
                Some(Expr::Case(arms.collect(), None))
            }
        };
        Ok((year, month, pattern.day.map(number).transpose()?))
    }

    /// The days of a text that has the shape of a pattern.
    fn by_pattern(&self, text: &Expr, pattern: &Pattern, century: Option<i32>, span: Span) -> Result<Term, Obstacle> {
        let (year, month, day) = self.parts_of(text, pattern, century, span)?;
        let date = |month: Expr, day: Expr| self.phrase(Phrase::MakeDate, vec![year.clone(), month, day], span);
        let (first, last) = match (month, day) {
            (Some(month), Some(day)) => {
                let day = date(month, day)?;
                (day.clone(), day)
            }
            (Some(month), None) => {
                let first = date(month, Expr::Integer(1))?;
                let month = Term::one(Kind::Period(Period::Month), first.clone());
                (first, self.last_day(&month, span)?)
            }
            (None, _) => (date(Expr::Integer(1), Expr::Integer(1))?, date(Expr::Integer(12), Expr::Integer(31))?),
        };
        Ok(Term { kind: Kind::Partial, expr: first, last: Some(last) })
    }

    /// A period as it is written: `2011`, `2011-06`, `2011-Q2`, the Monday of a week.
    pub(super) fn period_column(&self, period: Period, text: &Expr, span: Span) -> Result<Expr, Obstacle> {
        let part = |from: i64, count: i64| {
            self.phrase(Phrase::Part, vec![text.clone(), Expr::Integer(from), Expr::Integer(count)], span)
                .map(|part| part.cast(SqlType::Integer))
        };
        let start = |month: Expr| self.phrase(Phrase::MakeDate, vec![part(1, 4)?, month, Expr::Integer(1)], span);
        match period {
            Period::Year => Ok(text.clone().cast(SqlType::Integer)),
            Period::Month => start(part(6, 2)?),
            Period::Quarter => {
                let months = part(7, 1)?.infix(Infix::Multiply, Expr::Integer(3));
                start(months.infix(Infix::Subtract, Expr::Integer(2)))
            }
            Period::Week | Period::Day => Ok(text.clone().cast(SqlType::Date)),
        }
    }
}

/// A table as it is selected from.
pub(super) struct Opened<'s> {
    pub reading: Reading<'s>,
    pub spread: Option<Spread>,
    pub from: Source,
    pub joins: Vec<Join>,
}

impl Reading<'_> {
    /// A column of the table as a text.
    pub fn text(&self, raw: Expr) -> Expr {
        if self.texts { raw } else { raw.cast(SqlType::Text) }
    }

    /// The patterns of a column of dates. Typed columns may come as texts of the usual form as well.
    pub fn patterns(&self, spec: &ColumnSpec) -> Vec<Pattern> {
        let formats = if spec.dates.is_empty() { &self.schema.format.dates } else { &spec.dates };
        let usual = if matches!(spec.ty.base, Type::Partial(_)) { 3 } else { 1 };
        let own = ["%Y-%m-%d", "%Y-%m", "%Y"].into_iter().take(usual);
        let own = own.filter(|_| formats.is_empty() || !self.texts);
        let mut patterns: Vec<Pattern> = Vec::new();
        for format in formats.iter().map(|format| &**format).chain(own) {
            let pattern = DateFormat::compile(format).map(|compiled| compiled.pattern());
            patterns.extend(pattern.ok().filter(|pattern| !patterns.contains(pattern)));
        }
        patterns
    }

    /// A number as it is usually written: without signs between thousands, with a decimal point.
    pub fn plain_number(&self, text: Expr) -> Expr {
        let format = &self.schema.format;
        let thousands = format.thousands.map(|sign| (sign.to_string(), ""));
        let comma = format.decimal_comma.then(|| (",".to_owned(), "."));
        thousands
            .into_iter()
            .chain(comma)
            .fold(text, |text, (sign, by)| Expr::Call("replace", vec![text, Expr::text(&sign), Expr::text(by)]))
    }

    /// The numbers that stand for a missing value in a column: where `-9` does, `-9.0` does.
    fn missing_numbers(&self, spec: &ColumnSpec, places: u8) -> Vec<i128> {
        let format = &self.schema.format;
        let units = |word: &Name| {
            let plain: String = word.chars().filter(|sign| Some(*sign) != format.thousands).collect();
            let plain = if format.decimal_comma { plain.replace(',', ".") } else { plain };
            decimal::parse(&plain, places, 18).ok()
        };
        format.missing.iter().chain(&spec.missing).filter_map(units).collect()
    }

    /// The words that stand for a missing value in a column.
    pub fn missing(&self, spec: &ColumnSpec) -> Vec<Expr> {
        let empty = (self.texts || spec.ty.base.is_text()).then(|| Expr::text(""));
        let words = self.schema.format.missing.iter().chain(&spec.missing).cloned().map(Expr::Text);
        empty.into_iter().chain(words).collect()
    }

    /// A column of the table as it is.
    pub fn raw(&self, spec: &ColumnSpec, spread: Option<&Spread>) -> Expr {
        let wide = || spread.map(|_| Name::from("wide"));
        match (&spec.place, spread) {
            (Place::Header(header), _) => Expr::Column(wide(), header.clone()),
            (Place::Position(at), _) if self.positions => Expr::Column(None, at.to_string().into()),
            (Place::Part(part), Some(spread)) => {
                spread.parts.get(*part).map_or(Expr::Null, |name| Expr::Column(Some("spread".into()), name.clone()))
            }
            (Place::Cell, Some(spread)) => spread.cell.clone(),
            _ => Expr::Column(None, spec.name.clone()),
        }
    }
}
