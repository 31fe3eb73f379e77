//! Days and periods of the proleptic Gregorian calendar, as numbers: a day is a count from 1970-01-01.
//!
//! The conversions are the well-known ones over eras of 400 years (146,097 days), with the year starting in March.

use serde::Serialize;

/// The first year that a date can have.
pub const FIRST_YEAR: i32 = 1;
/// The last year that a date can have.
pub const LAST_YEAR: i32 = 9999;

/// A kind of period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    /// A calendar year; its number is the year.
    Year,
    /// A quarter; its number is `year · 4 + quarter - 1`.
    Quarter,
    /// A month; its number is `year · 12 + month - 1`.
    Month,
    /// A week from Monday to Sunday; its number is the Monday's day.
    Week,
    /// A day; its number is the day's.
    Day,
}

impl Period {
    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            Period::Year => "year",
            Period::Quarter => "quarter",
            Period::Month => "month",
            Period::Week => "week",
            Period::Day => "day",
        }
    }

    /// The kind of a word of the language.
    pub fn of_word(word: &str) -> Option<Self> {
        [Period::Year, Period::Quarter, Period::Month, Period::Week, Period::Day]
            .into_iter()
            .find(|period| period.word() == word)
    }

    /// The period that holds a day.
    #[inline]
    pub fn of(self, day: i32) -> i32 {
        let (year, month, _) = civil(day);
        let month = month as i32;
        match self {
            Period::Year => year,
            Period::Quarter => year * 4 + (month - 1) / 3,
            Period::Month => year * 12 + month - 1,
            Period::Week => day - (day + 3).rem_euclid(7),
            Period::Day => day,
        }
    }

    /// The first day of a period.
    pub fn first_day(self, period: i32) -> i32 {
        match self {
            Period::Year => days(period, 1, 1),
            Period::Quarter => days(period.div_euclid(4), period.rem_euclid(4) as u32 * 3 + 1, 1),
            Period::Month => days(period.div_euclid(12), period.rem_euclid(12) as u32 + 1, 1),
            Period::Week | Period::Day => period,
        }
    }

    /// The period after this one.
    pub fn next(self, period: i32) -> i32 {
        period + if self == Period::Week { 7 } else { 1 }
    }

    /// The last day of a period.
    pub fn last_day(self, period: i32) -> i32 {
        self.first_day(self.next(period)) - 1
    }

    /// The period in print: `2011`, `2011-Q2`, `2011-06`, the Monday of a week, a day.
    pub fn format(self, period: i32) -> String {
        let mut text = String::new();
        self.format_into(period, &mut text);
        text
    }

    /// The same, behind a text.
    pub fn format_into(self, period: i32, text: &mut String) {
        match self {
            Period::Year => push_digits(period, 4, text),
            Period::Quarter => {
                push_digits(period.div_euclid(4), 4, text);
                text.push_str("-Q");
                push_digits(period.rem_euclid(4) + 1, 1, text);
            }
            Period::Month => {
                push_digits(period.div_euclid(12), 4, text);
                text.push('-');
                push_digits(period.rem_euclid(12) + 1, 2, text);
            }
            Period::Week | Period::Day => text.push_str(&format_day(period)),
        }
    }

    /// Reads a period in the exact shape that [`Period::format`] prints; a week must be given by its Monday.
    pub fn parse(self, text: &str) -> Option<i32> {
        let part = |range: std::ops::Range<usize>| digits(text.get(range)?);
        let year = |year: i32| (FIRST_YEAR..=LAST_YEAR).contains(&year).then_some(year);
        match self {
            Period::Year if text.len() == 4 => year(part(0..4)?),
            Period::Quarter if text.len() == 7 && text.get(4..6) == Some("-Q") => {
                let quarter = part(6..7)?;
                (1..=4).contains(&quarter).then_some(year(part(0..4)?)? * 4 + quarter - 1)
            }
            Period::Month if text.len() == 7 && text.get(4..5) == Some("-") => {
                let month = part(5..7)?;
                (1..=12).contains(&month).then_some(year(part(0..4)?)? * 12 + month - 1)
            }
            Period::Day => parse_day(text),
            Period::Week => parse_day(text).filter(|&day| Period::Week.of(day) == day),
            _ => None,
        }
    }
}

fn digits(text: &str) -> Option<i32> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// The day number of a civil date; the date must be a possible one.
pub fn days(year: i32, month: u32, day: u32) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted = (month as i32 + 9) % 12;
    let day_of_year = (153 * shifted + 2) / 5 + day as i32 - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month and day of a day number.
#[inline]
pub fn civil(day: i32) -> (i32, u32, u32) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * month_index + 2) / 5 + 1) as u32;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 } as u32;
    let year = year_of_era + era * 400 + i32::from(month <= 2);
    (year, month, day)
}

/// How many days a month has.
pub fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// The day number, if the date exists and its year is from 1 to 9999.
pub fn checked_days(year: i32, month: u32, day: u32) -> Option<i32> {
    let possible = (FIRST_YEAR..=LAST_YEAR).contains(&year)
        && (1..=12).contains(&month)
        && day >= 1
        && day <= days_in_month(year, month);
    possible.then(|| days(year, month, day))
}

/// Reads `2008-03-01` in exactly that shape.
pub fn parse_day(text: &str) -> Option<i32> {
    if text.len() != 10 || text.get(4..5) != Some("-") || text.get(7..8) != Some("-") {
        return None;
    }
    checked_days(digits(text.get(0..4)?)?, digits(text.get(5..7)?)? as u32, digits(text.get(8..10)?)? as u32)
}

/// A day as `2008-03-01`.
pub fn format_day(day: i32) -> String {
    let (year, month, day) = civil(day);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Writes a number with zeros before it until it has so many digits.
fn push_digits(number: i32, width: u32, text: &mut String) {
    if !(0..10i32.pow(width)).contains(&number) {
        return text.push_str(&format!("{number:0width$}", width = width as usize));
    }
    let digit = |place: u32| char::from_digit(number.unsigned_abs() / 10u32.pow(place) % 10, 10);
    text.extend((0..width).rev().filter_map(digit));
}

/// A date that may be known to the month or the year only, as the days it may be: `2008-03-01`, `2008-03`, `2008`.
pub fn format_partial(first: i32, last: i32) -> String {
    let (year, month, _) = civil(first);
    if first == last {
        format_day(first)
    } else if last - first > 31 {
        format!("{year:04}")
    } else {
        format!("{year:04}-{month:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_the_range_comes_back() {
        let (first, last) = (days(FIRST_YEAR, 1, 1), days(LAST_YEAR, 12, 31));
        let (mut year, mut month, mut day) = (FIRST_YEAR, 1, 1);
        for number in first..=last {
            assert_eq!(civil(number), (year, month, day));
            assert_eq!(days(year, month, day), number);
            day += 1;
            if day > days_in_month(year, month) {
                (month, day) = (month + 1, 1);
            }
            if month > 12 {
                (year, month) = (year + 1, 1);
            }
        }
        assert_eq!(days(1970, 1, 1), 0);
    }

    #[test]
    fn periods_hold_their_days() {
        for kind in [Period::Year, Period::Quarter, Period::Month, Period::Week, Period::Day] {
            for day in days(1999, 12, 1)..days(2001, 2, 1) {
                let period = kind.of(day);
                assert!(kind.first_day(period) <= day && day <= kind.last_day(period));
                assert_eq!(kind.parse(&kind.format(period)), Some(period));
            }
        }
        assert_eq!(Period::Week.format(Period::Week.of(days(2012, 1, 1))), "2011-12-26");
        assert_eq!(Period::Quarter.format(Period::Quarter.of(days(2011, 6, 30))), "2011-Q2");
        assert_eq!(Period::Month.parse("2011-13"), None);
        assert_eq!(Period::Week.parse("2012-01-01"), None);
    }

    #[test]
    fn dates_have_one_shape() {
        assert_eq!(parse_day("2023-03-07"), Some(days(2023, 3, 7)));
        for bad in ["2023-3-7", "2023-02-29", "0000-01-01", "2023/03/07", "2023-03-07 ", "２023-03-07"] {
            assert_eq!(parse_day(bad), None, "{bad}");
        }
    }
}
