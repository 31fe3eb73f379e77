//! Dates, full and partial, and periods.

use std::borrow::Cow;

use super::Fault;
use crate::diag::Code;
use crate::value::dateformat::{DateFormat, Reading};
use crate::value::{Period, Precision};

/// Shapes in which dates are often written, to say how to declare them.
const COMMON: [&str; 24] = [
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
    "%Y/%m/%d",
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

/// Parses a date as the first and the last day that it may be; they are the same where no precision is given.
///
/// The first format whose shape a text has decides: an impossible day is an error, and no later format is asked.
pub fn parse(
    text: &str,
    precision: Option<Precision>,
    formats: &[DateFormat],
    century: Option<i32>,
) -> Result<(i32, i32), Box<Fault>> {
    for format in formats {
        match format.read(text, century) {
            Reading::OtherShape => {}
            Reading::Impossible => {
                let help = "correct it; it is read as year, month and day, or in the form that the column declares";
                return fault("impossible", format!("`{text}` is not in the calendar"), Some(help.to_owned()));
            }
            Reading::Days(first, last) => {
                let known = format.precision();
                if known.is_none() || precision.is_some_and(|least| known >= Some(least)) {
                    return Ok((first, last));
                }
                return too_vague(text, known);
            }
        }
    }
    let wanted = format!("`{text}` isn't a date in the form that is declared");
    let shapes = COMMON.iter().filter(|shape| {
        let read = DateFormat::compile(shape).map(|format| format.read(text.trim(), None));
        matches!(read, Ok(Reading::Days(..)))
    });
    let shapes: Vec<String> = shapes.map(|shape| format!("`format \"{shape}\"`")).collect();
    if text.trim() != text {
        let help = "remove the blanks around it, or say `clean` in the column's line".to_owned();
        return fault("blanks", wanted, Some(help));
    }
    let help = if shapes.is_empty() {
        "write it like `2008-03-01`, or say how it is written: `format \"%d.%m.%Y\"`".to_owned()
    } else {
        format!("say how it is written: {}", shapes.join(" or "))
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
        Some(Precision::Year) => ("year", "the year", "year"),
        _ => ("month", "the month", "month"),
    };
    let help = format!("declare `date to {word}`, or fill in the rest");
    fault(group, format!("`{text}` is known to {what} only"), Some(help))
}

fn fault<T>(group: impl Into<Cow<'static, str>>, message: String, help: Option<String>) -> Result<T, Box<Fault>> {
    Err(Box::new(Fault { help, ..Fault::new(Code::BadDate, group, message) }))
}
