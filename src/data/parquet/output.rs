//! A column of a piece in the form that it is handed over in, and its values as parts of keys.

use super::column::Column as Source;
use super::grouped::Grouped;
use super::lane::{Lane, Maker, Slot};
use super::texts::Texts;
use crate::value::Type;
use crate::value::column::{Column, Data, Dict};
use crate::value::piece::{Runs, Unfit, Use};

/// The values of a column of a piece.
#[derive(Debug)]
enum Kind {
    /// Texts that only make runs, or are only checked.
    Grouped(Grouped),
    Texts(Lane<u32>),
    Flags(Lane<u8>),
    Days(Lane<i32>),
    Partials(Lane<(i32, i32)>),
    Numbers(Lane<i64>),
}

/// A column of a piece that grows.
#[derive(Debug)]
pub struct Output<'s> {
    maker: Maker<'s>,
    texts: Texts,
    wanted: Use,
    kind: Kind,
}

/// A value as a part of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'o> {
    /// None.
    Missing,
    /// Anything but a text.
    Number(i64),
    /// A text.
    Text(&'o str),
}

/// A column that is finished, and what it was made of.
#[derive(Debug)]
pub struct Finished {
    /// The column.
    pub column: Column,
    /// The runs, and the number of each row's, if the column makes them by itself.
    pub runs: Option<Runs>,
}

impl<'s> Output<'s> {
    /// An empty column.
    pub fn new(maker: Maker<'s>, wanted: Use) -> Self {
        let texts = Texts::new(&maker.parser);
        let kind = match &maker.parser.spec().ty.base {
            Type::Text if wanted != Use::Values => Kind::Grouped(Grouped::new(wanted == Use::Grouping)),
            Type::Text | Type::Category(_) => Kind::Texts(Lane::default()),
            Type::Flag => Kind::Flags(Lane::default()),
            Type::Partial(_) => Kind::Partials(Lane::default()),
            Type::Number(_) | Type::Real => Kind::Numbers(Lane::default()),
            Type::Date | Type::Period(_) => Kind::Days(Lane::default()),
        };
        Self { maker, texts, wanted, kind }
    }

    /// Takes the rows that were decoded last.
    pub fn take(&mut self, source: &Source) -> Result<(), Unfit> {
        let (maker, texts) = (&mut self.maker, &mut self.texts);
        match &mut self.kind {
            Kind::Grouped(grouped) => grouped.take(maker, source),
            Kind::Texts(lane) => lane.take(maker, texts, source),
            Kind::Flags(lane) => lane.take(maker, texts, source),
            Kind::Days(lane) => lane.take(maker, texts, source),
            Kind::Partials(lane) => lane.take(maker, texts, source),
            Kind::Numbers(lane) => lane.take(maker, texts, source),
        }
    }

    /// The column of a piece.
    pub fn finish(&mut self) -> Finished {
        let category = matches!(self.maker.parser.spec().ty.base, Type::Category(_));
        let (mut runs, dict) = (None, |texts: &mut Texts| texts.finish(&self.maker.parser, category));
        let (data, known) = match &mut self.kind {
            Kind::Grouped(grouped) => {
                let (found, known, codes) = grouped.finish();
                runs = Some(found).filter(|_| self.wanted == Use::Grouping);
                (Data::Text { codes, dict: [].into() }, known)
            }
            Kind::Texts(lane) => {
                let dict: Dict = dict(&mut self.texts);
                let (codes, known) = renewed(lane);
                (Data::Text { codes, dict }, known)
            }
            Kind::Flags(lane) => {
                let (flags, known) = renewed(lane);
                (Data::Flag(flags.into_iter().map(|flag| flag != 0).collect()), known)
            }
            Kind::Days(lane) => {
                let (days, known) = renewed(lane);
                (Data::Day(days), known)
            }
            Kind::Partials(lane) => {
                let (days, known) = renewed(lane);
                let first = days.iter().map(|days| days.0).collect();
                let last = days.iter().map(|days| days.1).collect();
                (Data::Partial { first, last }, known)
            }
            Kind::Numbers(lane) => {
                let (numbers, known) = renewed(lane);
                (Data::Small(numbers), known)
            }
        };
        let periods = matches!(self.maker.parser.spec().ty.base, Type::Period(_));
        let known = (!known.is_empty() && self.wanted != Use::Nothing).then_some(known);
        let data = if self.wanted == Use::Nothing { Data::emptied(data) } else { data };
        Finished { column: Column { data, known, periods }, runs }
    }
}

/// The value of a row of a finished column as a part of a key.
pub fn part(column: &Column, row: usize) -> Result<Part<'_>, Unfit> {
    if !column.is_known(row) {
        return Ok(Part::Missing);
    }
    let number = match &column.data {
        Data::Text { codes, dict } => {
            let text = codes.get(row).and_then(|&code| dict.get(code as usize)).ok_or(Unfit)?;
            return Ok(Part::Text(text));
        }
        Data::Small(values) => values.get(row).copied(),
        Data::Flag(values) => values.get(row).map(|&flag| i64::from(flag)),
        Data::Day(values) => values.get(row).map(|&day| i64::from(day)),
        Data::Partial { first, last } => {
            let days = first.get(row).zip(last.get(row));
            days.map(|(&first, &last)| i64::from(first) << 32 | i64::from(last.cast_unsigned()))
        }
        Data::Wide(_) | Data::Real(_) => None,
    };
    number.map(Part::Number).ok_or(Unfit)
}

/// Hands over the values of a lane, and leaves as much room as they took.
fn renewed<T: Slot>(lane: &mut Lane<T>) -> (Vec<T>, Vec<bool>) {
    let room = Vec::with_capacity(lane.out.len());
    (std::mem::replace(&mut lane.out, room), std::mem::take(&mut lane.known))
}
