//! ClickHouse: decimals wrap silently where they overflow, so that what might is computed with 76 digits and cast to 38,
//! which fails.

use super::duckdb::{BLANKS, trimmed};
use super::{Dialect, Exact, File, Phrase, call, escaped, fixed, one_unit, sign_of, size_of, twice, unless_zero};
use crate::sql::ast::{Expr, From, Infix, Name, Source, SqlType};
use crate::sql::shape::{MOST_DIGITS, Number};

/// The answers of ClickHouse.
pub struct ClickHouse;

/// The digits of its widest decimal.
const WIDEST: u8 = 76;

impl Dialect for ClickHouse {
    fn name(&self, name: &str) -> String {
        escaped(name, '`')
    }

    fn text(&self, text: &str) -> String {
        escaped(text, '\'')
    }

    fn ty(&self, ty: SqlType) -> String {
        match ty {
            // Shorter decimals are stored in fewer bits, in which arithmetic would wrap.
            SqlType::Decimal(digits, places) => format!("Decimal({}, {places})", digits.max(MOST_DIGITS)),
            SqlType::Integer => "Int32".to_owned(),
            SqlType::Wide => "Int256".to_owned(),
            SqlType::Real => "Float64".to_owned(),
            SqlType::Text => "String".to_owned(),
            SqlType::Flag => "Bool".to_owned(),
            SqlType::Date => "Date32".to_owned(),
        }
    }

    fn decimal(&self, units: i128, places: u8) -> String {
        format!("CAST('{}' AS Decimal(38, {places}))", fixed(units, places))
    }

    fn day(&self, day: i32) -> String {
        format!("CAST('{}' AS Date32)", crate::value::calendar::format_day(day))
    }

    fn phrase(&self, phrase: Phrase, args: Vec<Expr>) -> Option<Expr> {
        let name = match phrase {
            Phrase::Year => "toYear",
            Phrase::Month => "toMonth",
            Phrase::Day => "toDayOfMonth",
            Phrase::DayOfWeek => "toDayOfWeek",
            Phrase::MakeDate => "makeDate32",
            Phrase::AddDays => "addDays",
            Phrase::DaysBetween => {
                let [from, to] = <[Expr; 2]>::try_from(args).ok()?;
                return call("dateDiff", vec![Expr::text("day"), from, to]);
            }
            Phrase::Length => "lengthUTF8",
            Phrase::Left => return counted("leftUTF8", args),
            Phrase::Right => return counted("rightUTF8", args),
            Phrase::Starts => "startsWith",
            Phrase::Ends => "endsWith",
            Phrase::Contains => return Some(Expr::Call("position", args).infix(Infix::Greater, Expr::Integer(0))),
            Phrase::Lower => "lowerUTF8",
            Phrase::Upper => "upperUTF8",
            Phrase::Part => "substringUTF8",
            Phrase::Clean => {
                let trimmed = trimmed("replaceRegexpAll", args, BLANKS, &[])?;
                return call("normalizeUTF8NFC", vec![trimmed]);
            }
            Phrase::Floor => "floor",
            Phrase::Abs => "abs",
            Phrase::Least => "least",
            Phrase::Greatest => "greatest",
            Phrase::Matched => "regexpExtract",
            Phrase::Fits => "match",
        };
        call(name, args)
    }

    /// By whole numbers of 256 bits.
    fn quotient(&self, a: Exact, b: Exact, places: u8) -> Expr {
        let (shift_a, shift_b) = (places + b.number.places, a.number.places);
        let (up_a, up_b) = (shift_a.saturating_sub(shift_b), shift_b.saturating_sub(shift_a));
        let (a, b) = (units(a), shifted(units(b), up_b));
        let divisor = size_of(&b);
        let above = twice(shifted(size_of(&a), up_a)).infix(Infix::Add, divisor.clone());
        let whole = Expr::Call("intDiv", vec![above, twice(unless_zero(divisor))]);
        let signed = sign_of(&a, &b).infix(Infix::Multiply, whole);
        let wide =
            signed.cast(SqlType::Text).cast(SqlType::Decimal(WIDEST, 0)).infix(Infix::Multiply, one_unit(places));
        wide.cast(SqlType::Decimal(MOST_DIGITS, places))
    }

    fn any(&self, value: Expr, _: SqlType) -> Expr {
        Expr::Call("any", vec![value])
    }

    fn first(&self, value: Expr, order: Expr, descending: bool, filter: Expr) -> Expr {
        Expr::Call(if descending { "argMaxOrNullIf" } else { "argMinOrNullIf" }, vec![value, order, filter])
    }

    fn guarded(&self, expr: Expr, number: Number) -> Expr {
        expr.cast(SqlType::Decimal(MOST_DIGITS, number.places))
    }

    fn widened(&self, expr: Expr, number: Number) -> Expr {
        expr.cast(SqlType::Decimal(WIDEST, number.places))
    }

    fn series(&self, from: Expr, to: Expr) -> Expr {
        let behind = to.infix(Infix::Add, Expr::Integer(1));
        Expr::Call(
            "arrayJoin",
            vec![Expr::Call("range", vec![from.cast(SqlType::Integer), behind.cast(SqlType::Integer)])],
        )
    }

    fn file(&self, path: &str, file: &File) -> Option<Source> {
        let mut args = vec![Expr::text(path)];
        let File::Csv { delimiter, header, wanted } = file else {
            args.push(Expr::text("Parquet"));
            return Some(Source { from: From::Function(Expr::Call("file", args)), alias: None, columns: vec![] });
        };
        // Its CSV can't be parted by tabs; fields of a form of one's own are read in the same way.
        let form = match (delimiter, header.is_some()) {
            ('\t', true) => "CustomSeparatedWithNames",
            ('\t', false) => "CustomSeparated",
            (_, true) => "CSVWithNames",
            (_, false) => "CSV",
        };
        args.push(Expr::text(form));
        let names: Vec<String> = match header {
            Some(names) => names.clone(),
            None => (1..=*wanted).map(|at| at.to_string()).collect(),
        };
        let columns: Vec<String> = names.iter().map(|name| format!("{} Nullable(String)", self.name(name))).collect();
        args.push(Expr::text(&columns.join(", ")));
        let call = Expr::Call("file", args);
        let sign = Expr::text(&delimiter.to_string());
        let mut settings = vec![("format_csv_delimiter", sign.clone())];
        if *delimiter == '\t' {
            settings.push(("format_custom_escaping_rule", Expr::text("CSV")));
            settings.push(("format_custom_field_delimiter", sign));
        }
        let from = if *delimiter == ',' { From::Function(call) } else { From::Configured(call, settings) };
        let alias = matches!(from, From::Configured(..)).then(|| "fields".into());
        Some(Source { from, alias, columns: vec![] })
    }

    fn values(&self, rows: Vec<Vec<Expr>>, names: &[Name], types: &[SqlType]) -> Source {
        let columns: Vec<String> = names
            .iter()
            .zip(types)
            .map(|(name, ty)| format!("{} Nullable({})", self.name(name), self.ty(*ty)))
            .collect();
        let tuples = rows.into_iter().map(|mut row| match row.len() {
            1 => row.pop().unwrap_or(Expr::Null),
            _ => Expr::Call("tuple", row),
        });
        let args = std::iter::once(Expr::text(&columns.join(", "))).chain(tuples).collect();
        Source { from: From::Function(Expr::Call("values", args)), alias: None, columns: vec![] }
    }

    /// A cast of a text to a decimal drops places: it is made with many, and rounded.
    fn rounded_real(&self, expr: Expr, to: Number) -> Expr {
        let text = Expr::Call("printf", vec![Expr::text(super::DIGITS_OF_REALS), expr]);
        self.rounded(text.cast(SqlType::Decimal(WIDEST, MOST_DIGITS)), to)
    }

    fn before(&self) -> &'static str {
        "lagInFrame"
    }

    /// ClickHouse gives an infinite number or none where the others fail.
    fn real(&self, name: &'static str, args: Vec<Expr>) -> Expr {
        let outside = super::outside(name, &args);
        let call = Expr::Call(name, args);
        let Some(outside) = outside else { return call };
        let fails = Expr::Call("ifNull", vec![outside, Expr::Integer(0)]);
        let message = Expr::text("the result is not a finite number");
        call.infix(Infix::Add, Expr::Call("throwIf", vec![fails, message]))
    }

    /// Conditions that are moved to the reading of a file are taken of all rows, and of all branches of a `CASE`.
    fn parsed_date(&self, text: Expr) -> Expr {
        Expr::Call("toDate32OrNull", vec![text])
    }

    fn tail(&self) -> Option<&'static str> {
        Some(
            "SETTINGS join_use_nulls = 1, cast_keep_nullable = 1, aggregate_functions_null_for_empty = 1, \
             decimal_check_overflow = 1, prefer_column_name_to_alias = 1, format_csv_null_representation = '\\0', \
             input_format_csv_trim_whitespaces = 0, format_csv_allow_single_quotes = 0",
        )
    }
}

fn counted(name: &'static str, args: Vec<Expr>) -> Option<Expr> {
    let [text, count] = <[Expr; 2]>::try_from(args).ok()?;
    call(name, vec![text, count.cast(SqlType::Integer)])
}

/// A decimal as a whole number of its units.
fn units(of: Exact) -> Expr {
    let Number { places, .. } = of.number;
    if places == 0 {
        return of.expr.cast(SqlType::Wide);
    }
    let wide = of.expr.cast(SqlType::Decimal(WIDEST, places));
    wide.infix(Infix::Multiply, whole_ten_to(places)).cast(SqlType::Wide)
}

/// A whole number times a power of ten.
fn shifted(of: Expr, by: u8) -> Expr {
    if by == 0 { of } else { of.infix(Infix::Multiply, whole_ten_to(by)) }
}

/// Ten to a power as a whole number of 256 bits.
fn whole_ten_to(power: u8) -> Expr {
    Expr::Text(format!("1{}", "0".repeat(usize::from(power))).into()).cast(SqlType::Wide)
}
