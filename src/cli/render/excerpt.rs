//! The lines around a place, cut and made safe for a terminal, with the place's offsets in them.
//!
//! Whatever a file holds, an excerpt is short and plain: no control characters, no controls of direction, no line of
//! thousands of columns. So the drawing behind it never meets what it can't draw.

use std::ops::Range;

use crate::report::visible::push_visible;

/// How many lines are shown before and behind a place.
const CONTEXT: usize = 1;
/// A place of more lines than this is shown by its first line alone.
const MOST_LINES: usize = 4;
/// Longer lines, in bytes, are cut around the place.
const LONGEST_LINE: usize = 2000;
/// How many bytes of a long line are shown before the beginning of the place, and how many behind it.
const WINDOW: (usize, usize) = (100, 300);
/// What stands for a tab.
const TAB: &str = "    ";

/// A place that is to be shown: bytes of the text, and which label it belongs to.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The bytes.
    pub range: Range<usize>,
    /// The place of the label among those of the diagnostic.
    pub label: usize,
}

/// Some lines of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The name of the text.
    pub name: String,
    /// The number of the first line, from 1.
    pub line: usize,
    /// The lines; each ends with a line break.
    pub text: String,
    /// The places in them.
    pub marks: Vec<Mark>,
}

/// A place in an excerpt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Which label it belongs to.
    pub label: usize,
    /// The bytes of [`Excerpt::text`].
    pub range: Range<usize>,
    /// The line of its beginning in the whole text, from 1.
    pub line: usize,
    /// The column of its beginning in the whole text, from 1, in characters.
    pub column: usize,
}

/// Excerpts of a text that show all wanted places; places near one another share one. That of the first label comes
/// first.
pub fn of_text(name: &str, text: &str, wanted: &[Wanted]) -> Vec<Excerpt> {
    let lines = Lines::new(text);
    let mut places: Vec<Located> = wanted.iter().map(|wanted| lines.locate(wanted)).collect();
    places.sort_by_key(|place| (place.first, place.label));
    let mut blocks: Vec<(Range<usize>, Vec<Located>)> = Vec::new();
    for place in places {
        let end = (place.last + CONTEXT + 1).min(lines.count()).max(place.last + 1);
        let shown = place.first.saturating_sub(CONTEXT)..end;
        match blocks.last_mut() {
            Some((range, places)) if shown.start <= range.end => {
                range.end = range.end.max(shown.end);
                places.push(place);
            }
            _ => blocks.push((shown, vec![place])),
        }
    }
    blocks.sort_by_key(|(_, places)| places.iter().map(|place| place.label).min());
    blocks.into_iter().map(|(range, places)| lines.excerpt(name, range, &places)).collect()
}

/// The excerpt of a single line that is known without its text.
pub fn of_line(name: &str, line: usize, text: &str, wanted: &Wanted) -> Excerpt {
    let text = text.split(['\n', '\r']).next().unwrap_or("");
    let lines = Lines::new(text);
    let place = lines.locate(wanted);
    let mut excerpt = lines.excerpt(name, 0..1, &[place]);
    excerpt.line = line;
    excerpt.marks.iter_mut().for_each(|mark| mark.line = line);
    excerpt
}

/// The last boundary of characters at or before a byte.
pub fn boundary(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

fn boundary_behind(text: &str, at: usize) -> usize {
    (at..text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len())
}

/// A wanted place within the lines of its text (from 0), on boundaries of characters.
struct Located {
    label: usize,
    range: Range<usize>,
    first: usize,
    last: usize,
}

struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        let behind = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
        Self { text, starts: std::iter::once(0).chain(behind).collect() }
    }

    /// How many lines there are; what is behind the last line break is a line only if it isn't empty.
    fn count(&self) -> usize {
        self.starts.len() - usize::from(self.text.ends_with('\n'))
    }

    fn line_of(&self, at: usize) -> usize {
        self.starts.partition_point(|&start| start <= at).saturating_sub(1)
    }

    fn start(&self, line: usize) -> usize {
        self.starts.get(line).copied().unwrap_or(self.text.len())
    }

    /// A line without its end.
    fn line(&self, line: usize) -> &'a str {
        let text = self.text.get(self.start(line)..self.start(line + 1)).unwrap_or("");
        let text = text.strip_suffix('\n').unwrap_or(text);
        text.strip_suffix('\r').unwrap_or(text)
    }

    fn locate(&self, wanted: &Wanted) -> Located {
        let start = boundary(self.text, wanted.range.start);
        let end = boundary_behind(self.text, wanted.range.end).max(start);
        let first = self.line_of(start);
        let last = if end > start { self.line_of(end - 1).max(first) } else { first };
        if last - first < MOST_LINES {
            return Located { label: wanted.label, range: start..end, first, last };
        }
        let end = self.start(first) + self.line(first).trim_end().len();
        Located { label: wanted.label, range: start..end.max(start), first, last: first }
    }

    fn excerpt(&self, name: &str, range: Range<usize>, places: &[Located]) -> Excerpt {
        let mut text = String::new();
        let mut found = vec![0..0; places.len()];
        for line in range.clone() {
            self.add_line(line, places, &mut text, &mut found);
        }
        let marks = places.iter().zip(found).map(|(place, range)| {
            let before = self.text.get(self.start(place.first)..place.range.start).unwrap_or("");
            let column = before.chars().count() + 1;
            Mark { label: place.label, range: range.start..range.end.max(range.start), line: place.first + 1, column }
        });
        Excerpt { name: name.to_owned(), line: range.start + 1, marks: marks.collect(), text }
    }

    /// Adds a line to the text of an excerpt, and finds the beginnings and ends of places in it.
    fn add_line(&self, line: usize, places: &[Located], text: &mut String, found: &mut [Range<usize>]) {
        let (raw, start) = (self.line(line), self.start(line));
        // Places inside the line's end, where there is nothing to draw, belong to the end of what is drawn.
        let within = |at: usize| at.saturating_sub(start).min(raw.len());
        let mut wanted: Vec<(usize, usize, bool)> = Vec::new();
        for (at, place) in places.iter().enumerate() {
            if place.first == line {
                wanted.push((within(place.range.start), at, false));
            }
            if place.last == line {
                wanted.push((within(place.range.end), at, true));
            }
        }
        wanted.sort_unstable();
        let focus = wanted.first().map_or(0, |&(offset, ..)| offset);
        let offsets: Vec<usize> = wanted.iter().map(|&(offset, ..)| offset).collect();
        let drawn = draw(raw, focus, &offsets, text);
        for ((_, at, is_end), offset) in wanted.into_iter().zip(drawn) {
            if let Some(range) = found.get_mut(at) {
                if is_end { range.end = offset } else { range.start = offset }
            }
        }
        text.push('\n');
    }
}

/// Adds a line to a text, safely, and around `focus` only if it is long. Returns where the offsets (ascending) are then.
fn draw(raw: &str, focus: usize, offsets: &[usize], text: &mut String) -> Vec<usize> {
    let shown = if raw.len() > LONGEST_LINE {
        let from = boundary(raw, focus.saturating_sub(WINDOW.0));
        from..boundary_behind(raw, focus.saturating_add(WINDOW.1))
    } else {
        0..raw.len()
    };
    if shown.start > 0 {
        text.push('…');
    }
    let mut drawn = Vec::with_capacity(offsets.len());
    let mut open = offsets.iter().peekable();
    for (at, c) in raw.get(shown.clone()).unwrap_or("").char_indices() {
        while open.next_if(|&&offset| offset <= shown.start + at).is_some() {
            drawn.push(text.len());
        }
        if c == '\t' {
            text.push_str(TAB);
        } else {
            push_visible(text, c);
        }
    }
    drawn.resize(offsets.len(), text.len());
    if shown.end < raw.len() {
        text.push('…');
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(range: Range<usize>, label: usize) -> Wanted {
        Wanted { range, label }
    }

    fn shown(excerpt: &Excerpt) -> Vec<(&str, usize, usize)> {
        excerpt.marks.iter().map(|mark| (&excerpt.text[mark.range.clone()], mark.line, mark.column)).collect()
    }

    #[test]
    fn near_places_share_an_excerpt_and_the_first_label_comes_first() {
        let text = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n";
        let found = of_text("f", text, &[wanted(35..40, 0), wanted(0..3, 1), wanted(9..12, 2)]);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].line, found[0].text.as_str()), (7, "seven\neight\nnine\n"));
        assert_eq!(shown(&found[0]), [("ight", 8, 2)]);
        assert_eq!((found[1].line, found[1].text.as_str()), (1, "one\ntwo\nthree\nfour\n"));
        assert_eq!(shown(&found[1]), [("one", 1, 1), ("hre", 3, 2)]);
    }

    #[test]
    fn what_cannot_be_seen_is_written_out_and_offsets_follow() {
        let text = "\ta\u{1b}[1m\u{202e}Ł\tx\r\nnext\r\n";
        let at = text.find('Ł').unwrap();
        let found = of_text("f", text, &[wanted(at..at + 2, 0), wanted(at + 3..text.len(), 1)]);
        assert_eq!(found[0].text, "    a\\u{1b}[1m\\u{202e}Ł    x\nnext\n");
        assert_eq!(shown(&found[0]), [("Ł", 1, 8), ("x\nnext", 1, 10)]);
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let text = format!("{}here{}", "ä".repeat(50_000), "ö".repeat(50_000));
        let found = of_text("f", &text, &[wanted(100_000..100_004, 0), wanted(10..12, 1)]);
        assert!(found[0].text.len() < 1000);
        let found = of_text("f", &text, &[wanted(100_000..100_004, 0)]);
        assert_eq!(shown(&found[0]), [("here", 1, 50_001)]);
        assert!(found[0].text.starts_with('…') && found[0].text.ends_with("…\n"));
    }

    #[test]
    fn places_outside_the_text_are_brought_into_it() {
        for text in ["", "\n", "ab", "ab\n", "ab\r\n", "\r", "é"] {
            for (start, end) in [(0, 0), (0, 99), (1, 1), (2, 3), (99, 99), (3, 1), (usize::MAX - 1, usize::MAX)] {
                for excerpt in of_text("f", text, &[wanted(start..end, 0)]) {
                    let mark = &excerpt.marks[0];
                    assert!(excerpt.text.get(mark.range.clone()).is_some(), "{text:?} {start} {end} {excerpt:?}");
                }
            }
        }
    }

    #[test]
    fn a_place_of_many_lines_is_shown_by_its_first() {
        let text = "a {\n\n\n\n\n\n}\nb\n";
        let found = of_text("f", text, &[wanted(0..10, 0)]);
        assert_eq!(shown(&found[0]), [("a {", 1, 1)]);
    }
}
