//! How wide a text is, and how it is shortened, broken, and laid beside others.

use crate::report::visible;

/// The widths of the characters from the blank to `~` in Arial, in thousandths of the size.
const WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
];

/// The sans-serif of some systems is wider than Arial: with so much more room, no text is cut there.
const WIDER: f64 = 1.16;

/// How much room a text takes, in pixels; rather too much than too little.
pub fn width(text: &str, size: f64) -> f64 {
    let thousandths = |c: char| {
        let at = usize::try_from(u32::from(c)).ok().and_then(|code| code.checked_sub(32));
        let known = at.and_then(|at| WIDTHS.get(at)).copied();
        f64::from(known.unwrap_or(if u32::from(c) < 0x2e80 { 640 } else { 1000 }))
    };
    text.chars().map(thousandths).sum::<f64>() * size * WIDER / 1000.0
}

/// The text, if it fits into a width; else as much of it as does, and an ellipsis.
pub fn fitted(text: &str, size: f64, most: f64) -> String {
    let text = visible(text);
    if width(&text, size) <= most {
        return text;
    }
    let room = most - width("…", size);
    let mut taken = 0.0;
    let kept: String = text
        .chars()
        .take_while(|c| {
            taken += width(c.encode_utf8(&mut [0; 4]), size);
            taken <= room
        })
        .collect();
    format!("{}…", kept.trim_end())
}

/// The text in lines that fit into a width.
pub fn wrapped(text: &str, size: f64, most: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in visible(text).split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(line, size) + width(word, size) + size * 0.4 <= most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.iter().map(|line| fitted(line, size, most)).collect()
}

/// The text with what can't be seen written out.
pub fn visible(text: &str) -> String {
    visible::visible(text).into_owned()
}

/// Moves places that are to keep a distance as little as needed, within limits; they stay in their order. More than there
/// is room for lie closer.
pub fn spread(wanted: &[f64], distance: f64, low: f64, high: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    let at = |place: usize| wanted.get(place).copied().unwrap_or(low);
    order.sort_by(|&a, &b| at(a).total_cmp(&at(b)).then(a.cmp(&b)));
    let distance = distance.min((high - low) / count(order.len().saturating_sub(1).max(1)));
    // Runs of places that touch: the mean of what they want less their place in the run, and how many they are.
    let mut runs: Vec<(f64, usize)> = Vec::new();
    for &place in &order {
        let (mut sum, mut many) = (at(place), 1);
        while let Some(&(before, more)) = runs.last() {
            if before / count(more) + distance * count(more) <= sum / count(many) {
                break;
            }
            // What joins behind lies further on.
            sum = before + sum - distance * count(more) * count(many);
            many += more;
            runs.pop();
        }
        runs.push((sum, many));
    }
    let firsts = runs.iter().flat_map(|&(sum, many)| (0..many).map(move |at| sum / count(many) + distance * count(at)));
    let mut found: Vec<f64> = firsts.collect();
    let last = found.len();
    for (at, place) in found.iter_mut().enumerate() {
        // Limits that cross by a rounding must not end the program, as `clamp` does.
        *place = place.min(high - distance * count(last - 1 - at)).max(low + distance * count(at));
    }
    let mut placed = vec![low; wanted.len()];
    for (place, to) in order.iter().zip(found) {
        if let Some(slot) = placed.get_mut(*place) {
            *slot = to;
        }
    }
    placed
}

/// A number of things, to compute with.
pub fn count(things: usize) -> f64 {
    u32::try_from(things).map_or(f64::MAX, f64::from)
}

/// Names as a list in a sentence: `a, b and c`.
pub fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}
