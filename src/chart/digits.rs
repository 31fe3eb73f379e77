//! Numbers as they are drawn: a mean to 15 places or a real has more digits than anybody reads on a picture.
//!
//! Input: numbers that are read beside one another. Output: a text for each, which is rounded where it would be too long.

use std::collections::BTreeSet;

use super::Number;
use crate::value::decimal;

/// Numbers with more decimal places are quotients or reals; those with fewer have the places that a scheme says.
const MOST_PLACES: u8 = 8;
/// So many digits the largest of some numbers keeps at least.
const DIGITS: i32 = 4;

/// What is drawn for numbers: those with many decimal places are rounded to as few as tell apart what is not the same,
/// the others stay as they are.
pub fn drawn(numbers: &[&Number]) -> Vec<String> {
    let is_long = |number: &Number| decimals(&number.text) > usize::from(MOST_PLACES);
    let texts: Vec<String> = numbers.iter().map(|number| number.text.clone()).collect();
    if !numbers.iter().any(|number| is_long(number)) {
        return texts;
    }
    let rounded = |number: &&Number, places: u8| {
        let units =
            Some(number).filter(|number| is_long(number)).and_then(|number| decimal::from_real(number.at, places));
        units.map_or_else(|| number.text.clone(), |units| decimal::format(units, places))
    };
    let at = |places: u8| numbers.iter().map(|number| rounded(number, places)).collect::<Vec<String>>();
    let different = |texts: &[String]| texts.iter().collect::<BTreeSet<_>>().len();
    let wanted = different(&texts);
    let tells = |places: &u8| different(&at(*places)) == wanted;
    at((fewest(numbers)..MOST_PLACES).find(tells).unwrap_or(MOST_PLACES))
}

/// The fewest places with which the largest number has enough digits.
fn fewest(numbers: &[&Number]) -> u8 {
    let largest = numbers.iter().map(|number| number.at.abs()).fold(0.0, f64::max);
    let enough = |places: &u8| largest * 10f64.powi(i32::from(*places)) >= 10f64.powi(DIGITS - 1);
    (0..MOST_PLACES).find(enough).unwrap_or(MOST_PLACES)
}

fn decimals(text: &str) -> usize {
    text.split_once('.').map_or(0, |(_, fraction)| fraction.len())
}
