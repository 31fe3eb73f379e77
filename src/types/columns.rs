//! Columns, and how a file is written.

use std::sync::Arc;

use super::Checker;
use crate::diag::Code;
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, BaseType, ColumnMod, FileOption, Name};
use crate::value::schema::{ColumnSpec, Encoding, Format, Place};
use crate::value::{Ty, Type};

/// The most places that a column can have: its numbers have at most 18 digits.
const MAX_COLUMN_PLACES: u32 = 18;

impl Checker<'_> {
    /// How the file of an input is written.
    pub(super) fn format(&mut self, options: &[Spanned<FileOption>]) -> Format {
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

    /// One column.
    pub(super) fn column(&mut self, tree: &ast::Column, format: &Format, place: Place) -> ColumnSpec {
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

    /// The type of a column.
    pub(super) fn base_type(&mut self, base: &BaseType) -> Type {
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
}
