//! Formats of dates, `%d.%m.%Y` and the like: compiled once, then matched against exact shapes.

use super::Precision;
use super::calendar::{LAST_YEAR, checked_days, days_in_month};

/// The months by their names, January first.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A compiled format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateFormat {
    /// As it is written.
    text: String,
    items: Vec<Item>,
}

/// What a text is to a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// It hasn't the format's shape.
    OtherShape,
    /// It has the shape, but there is no such day or time.
    Impossible,
    /// The first and the last day that it may be.
    Days(i32, i32),
}

/// A format as a regular expression; groups are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// The expression, over the whole text.
    pub regex: String,
    /// The group of the year.
    pub year: u8,
    /// Whether the year has two digits.
    pub short: bool,
    /// The group of the month.
    pub month: Option<u8>,
    /// Whether the month is given by its name.
    pub named: bool,
    /// The group of the day.
    pub day: Option<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    Literal(char),
    /// A number of so many digits; or of one or two without a leading zero, where `short` holds.
    Digits {
        part: Part,
        width: usize,
        short: bool,
    },
    /// An English name of a month, in full or its first three letters.
    MonthName {
        full: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Year,
    ShortYear,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

/// Says what is wrong with a format, for the compiler; see [`DateFormat::compile`].
pub fn check_date_format(format: &str) -> Result<(), String> {
    DateFormat::compile(format).map(|_| ())
}

impl DateFormat {
    /// Compiles a format: `%Y` (four digits), `%y` (two), `%m`, `%d`, `%H`, `%M`, `%S` (two digits each), `%-m`, `%-d`,
    /// `%-H` (one or two, without a leading zero), `%b` (`Jan`), `%B` (`January`), `%%`; everything else is itself.
    ///
    /// It must hold a year, a month where it holds a day, and a day where it holds a time; nothing twice.
    pub fn compile(format: &str) -> Result<Self, String> {
        let mut items = Vec::new();
        let mut chars = format.chars();
        while let Some(c) = chars.next() {
            items.push(if c == '%' { directive(&mut chars)? } else { Item::Literal(c) });
        }
        let compiled = Self { text: format.to_owned(), items };
        compiled.check_parts()?;
        compiled.check_widths()?;
        Ok(compiled)
    }

    /// How precise its dates are; `None` for full days.
    pub fn precision(&self) -> Option<Precision> {
        match (self.has(Part::Day), self.has(Part::Month)) {
            (true, _) => None,
            (false, true) => Some(Precision::Month),
            (false, false) => Some(Precision::Year),
        }
    }

    /// Whether it has a year of two digits, which needs a century.
    pub fn needs_century(&self) -> bool {
        self.has(Part::ShortYear)
    }

    /// The format as it is written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Reads a text; `century` is the first year of the hundred that two digits mean. The time of day is checked and
    /// dropped.
    pub fn read(&self, text: &str, century: Option<i32>) -> Reading {
        let Some(parts) = self.parts(text) else { return Reading::OtherShape };
        days_of(parts, century).map_or(Reading::Impossible, |(first, last)| Reading::Days(first, last))
    }

    /// What is impossible about a text of the format's shape: `there is no month 13`.
    pub fn why_impossible(&self, text: &str) -> Option<String> {
        let [year, _, month, day, hour, minute, second] = self.parts(text)?;
        let beyond = |part: Option<u32>, least: u32, most: u32| part.filter(|n| !(least..=most).contains(n));
        let parts = [
            ("year", beyond(year, 1, LAST_YEAR.unsigned_abs())),
            ("month", beyond(month, 1, 12)),
            ("hour", beyond(hour, 0, 23)),
            ("minute", beyond(minute, 0, 59)),
            ("second", beyond(second, 0, 60)),
        ];
        if let Some((what, number)) = parts.into_iter().find_map(|(what, found)| Some((what, found?))) {
            return Some(format!("there is no {what} {number}"));
        }
        let (day, month) = (day?, month?);
        let name = usize::try_from(month).ok()?.checked_sub(1).and_then(|at| MONTHS.get(at))?;
        match year.and_then(|year| i32::try_from(year).ok()) {
            Some(year) => Some(format!("{name} {year} has {} days, and no day {day}", days_in_month(year, month))),
            None => Some(format!("{name} has no day {day}")),
        }
    }

    /// The format as a regular expression, and which group of it holds which part.
    pub fn pattern(&self) -> Pattern {
        let mut pattern =
            Pattern { regex: "^".to_owned(), year: 0, short: false, month: None, named: false, day: None };
        for (group, item) in (1..).zip(self.items.iter().filter(|item| item.part().is_some())) {
            match item.part() {
                Some(Part::Year) => pattern.year = group,
                Some(Part::ShortYear) => (pattern.year, pattern.short) = (group, true),
                Some(Part::Month) => {
                    (pattern.month, pattern.named) = (Some(group), matches!(item, Item::MonthName { .. }));
                }
                Some(Part::Day) => pattern.day = Some(group),
                _ => {}
            }
        }
        for item in &self.items {
            pattern.regex.push_str(&match item {
                Item::Literal(c) if c.is_alphanumeric() || *c == ' ' => c.to_string(),
                Item::Literal(c) => format!("[{c}]").replace("[^]", "\\^").replace("[\\]", "\\\\"),
                Item::Digits { short: true, .. } => "([0-9]{1,2})".to_owned(),
                Item::Digits { width, .. } => format!("([0-9]{{{width}}})"),
                Item::MonthName { full: false } => "([A-Za-z]{3})".to_owned(),
                Item::MonthName { full: true } => "([A-Za-z]+)".to_owned(),
            });
        }
        pattern.regex.push('$');
        pattern
    }

    /// The numbers of a text, by part; `None` if it hasn't the format's shape.
    fn parts(&self, text: &str) -> Option<[Option<u32>; 7]> {
        let mut parts = [None; 7];
        let mut rest = text;
        for item in &self.items {
            let (part, value, after) = item.take(rest)?;
            if let Some(slot) = part.and_then(|part| parts.get_mut(part as usize)) {
                *slot = Some(value);
            }
            rest = after;
        }
        rest.is_empty().then_some(parts)
    }

    fn has(&self, part: Part) -> bool {
        self.items.iter().any(|item| item.part() == Some(part))
    }

    fn check_parts(&self) -> Result<(), String> {
        let mut parts: Vec<Part> = self.items.iter().filter_map(Item::part).collect();
        parts.sort_unstable();
        if parts.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
            return Err("the format holds the same part twice".to_owned());
        }
        match (parts.contains(&Part::Year), parts.contains(&Part::ShortYear)) {
            (true, true) => return Err("the format holds the year twice".to_owned()),
            (false, false) => return Err("the format holds no year: write `%Y`, or `%y` with `century`".to_owned()),
            _ => {}
        }
        if self.has(Part::Day) && !self.has(Part::Month) {
            return Err("the format holds a day without a month: write `%m`, `%b` or `%B`".to_owned());
        }
        let time = [Part::Hour, Part::Minute, Part::Second].into_iter().any(|part| self.has(part));
        if time && !self.has(Part::Day) {
            return Err("the format holds a time without a day".to_owned());
        }
        Ok(())
    }

    /// A number of one or two digits can't be told from a digit behind it.
    fn check_widths(&self) -> Result<(), String> {
        let unclear = self.items.windows(2).any(|pair| match pair {
            [Item::Digits { short: true, .. }, Item::Digits { .. }] => true,
            [Item::Digits { short: true, .. }, Item::Literal(c)] => c.is_ascii_digit(),
            _ => false,
        });
        if unclear { Err("digits stand right behind a number of one or two digits".to_owned()) } else { Ok(()) }
    }
}

fn directive(chars: &mut std::str::Chars<'_>) -> Result<Item, String> {
    let digits = |part, width| Ok(Item::Digits { part, width, short: false });
    match chars.next() {
        Some('Y') => digits(Part::Year, 4),
        Some('y') => digits(Part::ShortYear, 2),
        Some('m') => digits(Part::Month, 2),
        Some('d') => digits(Part::Day, 2),
        Some('H') => digits(Part::Hour, 2),
        Some('M') => digits(Part::Minute, 2),
        Some('S') => digits(Part::Second, 2),
        Some('b') => Ok(Item::MonthName { full: false }),
        Some('B') => Ok(Item::MonthName { full: true }),
        Some('%') => Ok(Item::Literal('%')),
        Some('-') => {
            let part = match chars.next() {
                Some('m') => Part::Month,
                Some('d') => Part::Day,
                Some('H') => Part::Hour,
                _ => return Err("behind `%-` stands `m`, `d` or `H`".to_owned()),
            };
            Ok(Item::Digits { part, width: 2, short: true })
        }
        Some(other) => Err(format!("`%{other}` means nothing: there are `%Y %y %m %d %-m %-d %b %B %H %-H %M %S %%`")),
        None => Err("the format ends in `%`: write `%%` for the sign itself".to_owned()),
    }
}

impl Item {
    fn part(&self) -> Option<Part> {
        match self {
            Item::Literal(_) => None,
            Item::Digits { part, .. } => Some(*part),
            Item::MonthName { .. } => Some(Part::Month),
        }
    }

    /// Takes its part of a text from the start: which part, its number, and what is left.
    fn take<'t>(&self, text: &'t str) -> Option<(Option<Part>, u32, &'t str)> {
        match *self {
            Item::Literal(c) => Some((None, 0, text.strip_prefix(c)?)),
            Item::Digits { part, width, short } => {
                let count = text.bytes().take(width).take_while(u8::is_ascii_digit).count();
                let (digits, rest) = text.split_at_checked(count)?;
                let good = if short { count > 0 && !digits.starts_with('0') } else { count == width };
                let midnight = short && part == Part::Hour && digits == "0";
                (good || midnight).then_some(())?;
                Some((Some(part), digits.parse().ok()?, rest))
            }
            Item::MonthName { full } => {
                let names = (1..).zip(MONTHS.map(|name| if full { name } else { name.get(..3).unwrap_or(name) }));
                names.into_iter().find_map(|(number, name)| {
                    let (head, rest) = text.split_at_checked(name.len())?;
                    head.eq_ignore_ascii_case(name).then_some((Some(Part::Month), number, rest))
                })
            }
        }
    }
}

fn days_of(parts: [Option<u32>; 7], century: Option<i32>) -> Option<(i32, i32)> {
    let [year, short, month, day, hour, minute, second] = parts;
    if hour.is_some_and(|hour| hour > 23) || minute.is_some_and(|m| m > 59) || second.is_some_and(|s| s > 60) {
        return None;
    }
    let year = match (year, short) {
        (Some(year), _) => i32::try_from(year).ok()?,
        (None, short) => {
            let first = century.filter(|&first| (0..=LAST_YEAR).contains(&first))?;
            first + (i32::try_from(short?).ok()? - first).rem_euclid(100)
        }
    };
    match (month, day) {
        (Some(month), Some(day)) => checked_days(year, month, day).map(|day| (day, day)),
        (Some(month), None) => {
            let first = checked_days(year, month, 1)?;
            Some((first, checked_days(year, month, days_in_month(year, month))?))
        }
        _ => Some((checked_days(year, 1, 1)?, checked_days(year, 12, 31)?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::calendar::{days, format_partial};

    fn check(format: &str, text: &str, expect: &str) {
        let read = DateFormat::compile(format).unwrap().read(text, Some(1950));
        let shown = match read {
            Reading::OtherShape => "shape".to_owned(),
            Reading::Impossible => "impossible".to_owned(),
            Reading::Days(first, last) => format_partial(first, last),
        };
        assert_eq!(shown, expect, "{text} as {format}");
    }

    #[test]
    fn shapes_are_exact() {
        check("%Y-%m-%d", "2008-03-01", "2008-03-01");
        check("%Y-%m-%d", "2008-3-01", "shape");
        check("%Y-%m-%d", "2008-02-30", "impossible");
        check("%Y-%m-%d", "2008-03-01 ", "shape");
        check("%Y-%m-%d", "２008-03-01", "shape");
        check("%Y%m%d", "20080301", "2008-03-01");
        check("%Y%m", "200803", "2008-03");
        check("%Y", "2008", "2008");
        check("%Y", "0000", "impossible");
        check("%-m/%-d/%Y", "3/7/2023", "2023-03-07");
        check("%-m/%-d/%Y", "12/31/2023", "2023-12-31");
        check("%-m/%-d/%Y", "03/7/2023", "shape");
        check("%d %b %Y", "07 Mar 2023", "2023-03-07");
        check("%d %B %Y", "07 MARCH 2023", "2023-03-07");
        check("%d %B %Y", "07 Mar 2023", "shape");
        check("%B %d, %Y", "May 07, 2023", "2023-05-07");
        check("100%% %Y", "100% 2023", "2023");
        check("%d.%m.%y", "07.03.49", "2049-03-07");
        check("%d.%m.%y", "07.03.50", "1950-03-07");
        check("%Y-%m-%d %H:%M:%S", "2008-03-01 23:59:60", "2008-03-01");
        check("%Y-%m-%dT%H:%M", "2008-03-01T24:00", "impossible");
        check("%d/%m/%Y %-H:%M", "01/03/2008 0:05", "2008-03-01");
        check("%Y", "", "shape");
    }

    #[test]
    fn what_is_impossible_is_said() {
        let why = |format: &str, text: &str| DateFormat::compile(format).unwrap().why_impossible(text).unwrap();
        assert_eq!(why("%Y-%m-%d", "2006-13-01"), "there is no month 13");
        assert_eq!(why("%Y-%m-%d", "2006-02-29"), "February 2006 has 28 days, and no day 29");
        assert_eq!(why("%Y-%m-%d", "2006-01-00"), "January 2006 has 31 days, and no day 0");
        assert_eq!(why("%d.%m.%y", "31.02.06"), "February has no day 31");
        assert_eq!(why("%Y", "0000"), "there is no year 0");
        assert_eq!(why("%Y-%m-%dT%H:%M", "2008-03-01T24:00"), "there is no hour 24");
    }

    #[test]
    fn every_day_is_read_back() {
        let format = DateFormat::compile("%-d %B %Y").unwrap();
        for day in days(1999, 12, 1)..days(2001, 2, 1) {
            let (year, month, date) = crate::value::calendar::civil(day);
            let text = format!("{date} {} {year}", MONTHS[month as usize - 1]);
            assert_eq!(format.read(&text, None), Reading::Days(day, day));
        }
    }

    #[test]
    fn formats_are_checked() {
        let bad = ["", "%m-%d", "%Y %d", "%Y %Y", "%Y %y", "%q", "%", "%-Y", "%Y %H", "%b %m %Y", "%-d%Y", "%-m1%Y"];
        for format in bad {
            assert!(check_date_format(format).is_err(), "{format}");
        }
        assert_eq!(DateFormat::compile("%Y-%m").unwrap().precision(), Some(Precision::Month));
        assert_eq!(DateFormat::compile("%y").unwrap().precision(), Some(Precision::Year));
        assert!(DateFormat::compile("%y").unwrap().needs_century());
        assert_eq!(DateFormat::compile("%y").unwrap().read("08", None), Reading::Impossible);
    }
}
