//! Dates, full and partial, and periods.

use std::borrow::Cow;

use super::Fault;
use crate::diag::Code;
use crate::value::dateformat::{DateFormat, Reading};
use crate::value::{Period, Precision};

/// Shapes in which dates are often written, to say how to declare them.
const COMMON: [&str; 26] = [
    "%Y-%m-%d",
    "%Y-%m",
    "%Y",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%Y%m%d",
    "%Y%m%d%H%M%S",
    "%Y-%-m-%-d",
    "%Y/%m/%d",
    "%Y/%-m/%-d",
    "%d.%m.%Y",
    "%-d.%-m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%-d/%-m/%Y",
    "%-m/%-d/%Y",
    "%d-%m-%Y",
    "%-d %B %Y",
    "%-d %b %Y",
    "%B %-d, %Y",
    "%b %-d, %Y",
    "%d-%b-%Y",
    "%B %Y",
];

/// The group of dates that have a declared form and aren't in the calendar.
pub const IMPOSSIBLE: &str = "impossible";
/// The group of dates that are known to the year only, where more is declared.
pub const TO_YEAR: &str = "year";
/// The group of dates that are known to the month only, where more is declared.
pub const TO_MONTH: &str = "month";

/// The formats of a column, and which of them its fields had so far.
#[derive(Debug)]
pub struct Formats {
    formats: Vec<(DateFormat, bool)>,
}

impl Formats {
    /// The formats in the order in which they are tried.
    pub fn new(formats: Vec<DateFormat>) -> Self {
        Self { formats: formats.into_iter().map(|format| (format, false)).collect() }
    }
}

/// Parses a date as the first and the last day that it may be; they are the same where no precision is given.
///
/// The first format whose shape a text has decides: an impossible day is an error, and no later format is asked.
pub fn parse(
    text: &str,
    precision: Option<Precision>,
    formats: &mut Formats,
    century: Option<i32>,
) -> Result<(i32, i32), Box<Fault>> {
    for (format, used) in &mut formats.formats {
        match format.read(text, century) {
            Reading::OtherShape => {}
            Reading::Impossible => {
                let why = format.why_impossible(text).map_or_else(String::new, |why| format!("{why}; "));
                let help = format!("{why}it is read as `{}`", format.text());
                return fault(IMPOSSIBLE, format!("`{text}` is not in the calendar"), Some(help));
            }
            Reading::Days(first, last) => {
                let known = format.precision();
                if known.is_none() || precision.is_some_and(|least| known >= Some(least)) {
                    *used = true;
                    return Ok((first, last));
                }
                return too_vague(text, known);
            }
        }
    }
    other_shape(text, formats)
}

/// The fault of a text that has the shape of no format. Where others of the column had one, both have to be declared.
fn other_shape(text: &str, formats: &Formats) -> Result<(i32, i32), Box<Fault>> {
    let wanted = format!("`{text}` isn't a date in the form that is declared");
    let shapes = COMMON.iter().filter(|shape| {
        let read = DateFormat::compile(shape).map(|format| format.read(text.trim(), None));
        matches!(read, Ok(Reading::Days(..)))
    });
    let used: Vec<String> = formats
        .formats
        .iter()
        .filter(|(_, used)| *used)
        .map(|(format, _)| format!("\"{}\", ", format.text()))
        .collect();
    let used = used.concat();
    let shapes: Vec<&str> = shapes.copied().collect();
    let declare: Vec<String> = shapes.iter().map(|shape| format!("`format {used}\"{shape}\"`")).collect();
    if text.trim() != text {
        let help = "remove the blanks around it, or say `clean` in the column's line".to_owned();
        return fault("blanks", wanted, Some(help));
    }
    let help = if shapes.is_empty() {
        "write it like `2008-03-01`, or say how it is written: `format \"%d.%m.%Y\"`".to_owned()
    } else if used.is_empty() {
        format!("say how it is written: {}", declare.join(" or "))
    } else {
        format!("write it like the others, or declare all their forms: {}", declare.join(" or "))
    };
    // The help depends on the shape: dates of one shape are a group.
    fault(format!("shape {}", shapes.join(" ")), wanted, Some(help))
}

/// Parses a period in the form in which the language prints it.
pub fn period(text: &str, period: Period) -> Result<i32, Box<Fault>> {
    period.parse(text).ok_or_else(|| {
        let help = match period {
            Period::Year => "write it with four digits, like `2008`",
            Period::Quarter => "write it like `2008-Q1`",
            Period::Month => "write it like `2008-03`",
            Period::Week => "write the Monday with which it starts, like `2008-03-03`",
            Period::Day => "write it like `2008-03-01`",
        };
        let message = format!("`{text}` isn't a {}", period.word());
        Box::new(Fault::new(Code::BadPeriod, "period", message).help(help))
    })
}

fn too_vague(text: &str, known: Option<Precision>) -> Result<(i32, i32), Box<Fault>> {
    let (group, what, word) = match known {
        Some(Precision::Year) => (TO_YEAR, "the year", "year"),
        _ => (TO_MONTH, "the month", "month"),
    };
    let help = format!("declare `date to {word}`, or fill in the rest");
    fault(group, format!("`{text}` is known to {what} only"), Some(help))
}

fn fault<T>(group: impl Into<Cow<'static, str>>, message: String, help: Option<String>) -> Result<T, Box<Fault>> {
    Err(Box::new(Fault { help, ..Fault::new(Code::BadDate, group, message) }))
}
