//! Fields that are more than what stands between two places: quotes around them, carriage returns, blank lines.

use super::scan::parity;
use crate::value::piece::Unfit;

/// The fields of some records one by one.
#[derive(Debug, Default)]
pub struct Walk {
    /// Start and end of each field, without its quotes.
    pub spans: Vec<[u32; 2]>,
    /// The line, from 1, on which each record starts.
    pub lines: Vec<u32>,
    /// How many quotes have been understood as those around a field.
    around: usize,
    /// Whether to look inside quotes, and outside, for further ones.
    inner: bool,
}

/// Where the fields of some records end.
#[derive(Debug, Clone, Copy)]
pub struct Ends<'e> {
    /// Where the first record starts.
    pub at: usize,
    /// The places of delimiters and line feeds outside quotes.
    pub places: &'e [u32],
    /// How many fields a record has.
    pub width: usize,
    /// How many quotes the records hold.
    pub quotes: usize,
}

/// Drops the places that stand inside quotes; the text starts outside. Returns how many are left.
pub fn drop_inside(quotes: &[u64], base: usize, places: &mut [u32]) -> usize {
    let mut odd = 0;
    let mut inside = Vec::with_capacity(quotes.len());
    for &mask in quotes {
        let here = parity(mask) ^ odd;
        inside.push(here);
        odd = 0u64.wrapping_sub(here >> 63);
    }
    let mut left = 0;
    for at in 0..places.len() {
        let Some(&place) = places.get(at) else { break };
        let bit = (place as usize).wrapping_sub(base);
        let hidden = inside.get(bit / 64).is_some_and(|mask| mask >> (bit % 64) & 1 == 1);
        if let Some(slot) = places.get_mut(left) {
            *slot = place;
        }
        left += usize::from(!hidden);
    }
    left
}

impl Walk {
    /// Walks through the records that end at places outside quotes, blank lines between them. Fields with doubled quotes
    /// are written again in place. Returns where the next record starts, and how many lines there are before it.
    pub fn run(&mut self, text: &mut [u8], ends: &Ends<'_>) -> Result<(usize, u32), Unfit> {
        self.inner = false;
        let done = self.walk(text, ends)?;
        if self.around == ends.quotes {
            return Ok(done);
        }
        self.inner = true;
        self.walk(text, ends)
    }

    fn walk(&mut self, text: &mut [u8], ends: &Ends<'_>) -> Result<(usize, u32), Unfit> {
        let &Ends { at, places, width, quotes } = ends;
        self.spans.clear();
        self.lines.clear();
        self.around = 0;
        let (mut start, mut lines, mut rest) = (at, 0u32, places);
        loop {
            if let Some((&end, behind)) = rest.split_first()
                && is_blank(text, start, end as usize)
            {
                (start, rest, lines) = (end as usize + 1, behind, lines + 1);
                continue;
            }
            let Some((ends, behind)) = rest.split_at_checked(width) else { break };
            // Before anything is written: the lines of a record are those of its quotes, too.
            let last = ends.last().map_or(start, |&end| end as usize);
            let record = text.get(start..=last).ok_or(Unfit)?;
            let here = if quotes == 0 { 1 } else { memchr::memchr_iter(b'\n', record).count() };
            self.lines.push(lines + 1);
            start = self.record(text, start, ends)?;
            lines = lines.saturating_add(u32::try_from(here).map_err(|_| Unfit)?);
            rest = behind;
        }
        // What is left is a record that isn't whole yet, or one with too few fields.
        let short = rest.iter().any(|&end| text.get(end as usize) == Some(&b'\n'));
        if short { Err(Unfit) } else { Ok((start, lines)) }
    }

    /// Takes the fields of a record; returns where the next starts.
    fn record(&mut self, text: &mut [u8], start: usize, ends: &[u32]) -> Result<usize, Unfit> {
        let mut start = start;
        let (&last, others) = ends.split_last().ok_or(Unfit)?;
        for &end in others {
            let end = end as usize;
            if text.get(end) == Some(&b'\n') {
                return Err(Unfit);
            }
            self.field(text, start, end)?;
            start = end + 1;
        }
        let last = last as usize;
        if text.get(last) != Some(&b'\n') {
            return Err(Unfit);
        }
        let returned = last > start && text.get(last - 1) == Some(&b'\r');
        self.field(text, start, last - usize::from(returned))?;
        Ok(last + 1)
    }

    fn field(&mut self, text: &mut [u8], start: usize, end: usize) -> Result<(), Unfit> {
        let field = text.get_mut(start..end).ok_or(Unfit)?;
        let (mut from, mut to) = (start, end);
        if let [b'"', inner @ ..] = field {
            let Some((b'"', inner)) = inner.split_last_mut() else { return Err(Unfit) };
            self.around += 2;
            from = start + 1;
            to = from + if self.inner { undouble(inner)? } else { inner.len() };
        } else if self.inner && memchr::memchr(b'"', field).is_some() {
            return Err(Unfit);
        }
        self.spans.push([u32::try_from(from).map_err(|_| Unfit)?, u32::try_from(to).map_err(|_| Unfit)?]);
        Ok(())
    }
}

fn is_blank(text: &[u8], start: usize, end: usize) -> bool {
    matches!(text.get(start..=end), Some([b'\n'] | [b'\r', b'\n']))
}

/// Makes one quote of two, in place; returns the length that is left. A quote that stands alone is [`Unfit`].
fn undouble(inner: &mut [u8]) -> Result<usize, Unfit> {
    let (mut read, mut written) = (0, 0);
    while let Some(&byte) = inner.get(read) {
        if byte == b'"' {
            if inner.get(read + 1) != Some(&b'"') {
                return Err(Unfit);
            }
            read += 1;
        }
        if let Some(slot) = inner.get_mut(written) {
            *slot = byte;
        }
        (read, written) = (read + 1, written + 1);
    }
    Ok(written)
}
