//! The values of a parameter as `--sweep` writes them: a range of numbers with a step, or a list.

use crate::value::decimal;

/// The most runs of a sweep.
pub const MOST_RUNS: usize = 10_000;

/// What is wrong with values, and what to write instead.
#[derive(Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: &'static str,
}

fn unreadable<T>(message: impl Into<String>, help: &'static str) -> Result<T, Unreadable> {
    Err(Unreadable { message: message.into(), help })
}

/// The values that are written, each as `--set` takes it.
pub fn values(written: &str) -> Result<Vec<String>, Unreadable> {
    match written.split_once("..") {
        Some((first, rest)) if !written.contains(['"', ',']) => range(first, rest),
        _ => list(written),
    }
}

fn range(first: &str, rest: &str) -> Result<Vec<String>, Unreadable> {
    const HELP: &str = "write a range of numbers, as in `0..1 step 0.05`, or list the values: `0,0.5,1`";
    let (last, step) = match rest.split_once("step") {
        Some((last, step)) => (last, Some(step)),
        None => (rest, None),
    };
    let places = [Some(first), Some(last), step].into_iter().flatten().map(places).max().unwrap_or(0);
    let number = |text: &str| {
        let text = text.trim();
        let found = u8::try_from(places).ok().filter(|&places| places <= 18);
        match found.and_then(|places| decimal::parse(text, places, 36).ok()) {
            Some(number) => Ok(number),
            None => unreadable(format!("`{text}` is no number"), HELP),
        }
    };
    let (first, last, by) = (number(first)?, number(last)?, step.map(number).transpose()?);
    let by = match by {
        Some(by) if by > 0 => by,
        Some(_) => return unreadable("the step of a range must be above 0", "write the lower end of the range first"),
        None if places == 0 => 1,
        None => return unreadable("a range between numbers with places needs a step", HELP),
    };
    if last < first {
        return unreadable("the range ends before it begins", "write the lower end of the range first");
    }
    let count = usize::try_from((last - first) / by).unwrap_or(usize::MAX).saturating_add(1);
    if count > MOST_RUNS {
        return unreadable(format!("the range has more than {MOST_RUNS} values"), "use a larger step");
    }
    let places = u8::try_from(places).unwrap_or(0);
    let steps = std::iter::successors(Some(first), |number| number.checked_add(by)).take(count);
    Ok(steps.map(|number| decimal::format(number, places)).collect())
}

fn places(text: &str) -> usize {
    text.trim().split_once('.').map_or(0, |(_, fraction)| fraction.len())
}

/// Values between commas; a text with a comma in it stands in quotes.
fn list(written: &str) -> Result<Vec<String>, Unreadable> {
    let (mut values, mut value, mut quoted) = (Vec::new(), String::new(), false);
    for c in written.chars() {
        quoted ^= c == '"';
        if c == ',' && !quoted {
            values.push(std::mem::take(&mut value));
        } else {
            value.push(c);
        }
    }
    values.push(value);
    if quoted {
        return unreadable("a quote is not closed", "write both quotes around a text, or none");
    }
    let values: Vec<String> = values.iter().map(|value| value.trim().to_owned()).collect();
    if values.iter().any(String::is_empty) {
        return unreadable("a value is empty", "write a value between any two commas");
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(written: &str) -> String {
        values(written).map_or_else(|unreadable| unreadable.message, |values| values.join(" "))
    }

    #[test]
    fn ranges_hold_both_ends() {
        assert_eq!(shown("0..1 step 0.25"), "0 0.25 0.5 0.75 1");
        assert_eq!(shown("0..1 step 0.3"), "0 0.3 0.6 0.9");
        assert_eq!(shown("-1..1"), "-1 0 1");
        assert_eq!(shown(" 2.50 .. 3.00 step 0.5 "), "2.5 3");
        assert_eq!(shown("2002..2002"), "2002");
    }

    #[test]
    fn lists_are_split_at_commas_outside_quotes() {
        assert_eq!(shown("0.5, 1"), "0.5 1");
        assert_eq!(shown("\"a,b\",c"), "\"a,b\" c");
        assert_eq!(shown("2001-02-03"), "2001-02-03");
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        assert_eq!(shown("0..1.0"), "a range between numbers with places needs a step");
        assert_eq!(shown("1..0"), "the range ends before it begins");
        assert_eq!(shown("0..1 step 0"), "the step of a range must be above 0");
        assert_eq!(shown("0..x"), "`x` is no number");
        assert_eq!(shown("0..1 step 0.00001"), "the range has more than 10000 values");
        assert_eq!(shown("1,,2"), "a value is empty");
        assert_eq!(shown("\"a"), "a quote is not closed");
    }
}
