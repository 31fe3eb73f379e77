//! What an expression gives over many rows, and the ways to take columns apart and to put them together.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::value::column::{Column, Data, Dict, Known};
use crate::value::{Type, Value};

/// No row, unit or code.
pub const NONE: u32 = u32::MAX;

/// What an expression gives over a selection of rows.
#[derive(Debug, Clone)]
pub enum Out<'f> {
    /// The same for each row.
    One(Value),
    /// A value for each.
    Each(Cow<'f, Column>),
}

impl Out<'_> {
    /// A column made for this.
    pub fn made(data: Data, known: Known) -> Out<'static> {
        Out::Each(Cow::Owned(Column { data, known, periods: false }))
    }

    /// Days or periods made for this.
    pub fn days(days: Vec<i32>, known: Known, periods: bool) -> Out<'static> {
        Out::Each(Cow::Owned(Column { data: Data::Day(days), known, periods }))
    }

    /// The value of a row of the selection.
    pub fn value(&self, row: usize) -> Value {
        match self {
            Out::One(value) => value.clone(),
            Out::Each(column) => column.value(row),
        }
    }

    /// Whether a row has a value.
    pub fn is_known(&self, row: usize) -> bool {
        match self {
            Out::One(value) => value.is_known(),
            Out::Each(column) => column.is_known(row),
        }
    }

    /// Whether a row's flag is yes; a missing one isn't.
    pub fn holds(&self, row: usize) -> bool {
        match self {
            Out::One(value) => *value == Value::Flag(true),
            Out::Each(column) => match &column.data {
                Data::Flag(flags) => at(flags, row) && column.is_known(row),
                _ => false,
            },
        }
    }

    /// As a column of so many rows.
    pub fn into_column(self, ty: &Type, rows: usize) -> Column {
        match self {
            Out::One(value) => repeat(&value, ty, rows),
            Out::Each(column) => column.into_owned(),
        }
    }

    /// The values of some rows.
    pub fn pick(&self, rows: &[u32]) -> Out<'static> {
        match self {
            Out::One(value) => Out::One(value.clone()),
            Out::Each(column) => Out::Each(Cow::Owned(gather(column, rows))),
        }
    }
}

/// The element at a place; columns are as long as their frames, so that the default never shows.
#[inline]
pub fn at<T: Copy + Default>(list: &[T], place: usize) -> T {
    list.get(place).copied().unwrap_or_default()
}

/// Sets the element at a place.
#[inline]
pub fn put<T>(list: &mut [T], place: usize, value: T) {
    if let Some(slot) = list.get_mut(place) {
        *slot = value;
    }
}

/// A length or place as a row number. Frames never have more rows: `every` sees to it.
#[inline]
pub fn row(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(NONE)
}

/// All rows of a frame of so many.
pub fn all_rows(rows: usize) -> Vec<u32> {
    (0..row(rows)).collect()
}

/// The rows of a frame of so many that aren't in an ascending list.
pub fn other_rows(rows: usize, without: &[u32]) -> Vec<u32> {
    let mut without = without.iter().copied().peekable();
    (0..row(rows)).filter(|row| without.next_if_eq(row).is_none()).collect()
}

/// The rows in which both are known.
pub fn both_known(a: &Known, b: &Known) -> Known {
    match (a, b) {
        (None, None) => None,
        (Some(known), None) | (None, Some(known)) => Some(known.clone()),
        (Some(a), Some(b)) => Some(a.iter().zip(b).map(|(a, b)| *a && *b).collect()),
    }
}

fn take<T: Copy + Default>(list: &[T], rows: &[u32]) -> Vec<T> {
    rows.iter().map(|&row| at(list, row as usize)).collect()
}

/// The values of some rows, in the order given; [`NONE`] gives a value of no meaning.
pub fn gather(column: &Column, rows: &[u32]) -> Column {
    let data = match &column.data {
        Data::Small(v) => Data::Small(take(v, rows)),
        Data::Wide(v) => Data::Wide(take(v, rows)),
        Data::Real(v) => Data::Real(take(v, rows)),
        Data::Text { codes, dict } => Data::Text { codes: take(codes, rows), dict: Arc::clone(dict) },
        Data::Flag(v) => Data::Flag(take(v, rows)),
        Data::Day(v) => Data::Day(take(v, rows)),
        Data::Partial { first, last } => Data::Partial { first: take(first, rows), last: take(last, rows) },
    };
    Column { data, known: column.known.as_ref().map(|known| take(known, rows)), periods: column.periods }
}

/// The values of some rows; missing for [`NONE`].
pub fn gather_found(column: &Column, rows: &[u32]) -> Column {
    let found = gather(column, rows);
    if !rows.contains(&NONE) {
        return found;
    }
    let there = Some(rows.iter().map(|&row| row != NONE).collect());
    Column { known: both_known(&there, &found.known), ..found }
}

/// Decimals in the narrowest form that holds them all.
pub fn narrowest(units: Vec<i128>) -> Data {
    let small: Result<Vec<i64>, _> = units.iter().map(|&n| i64::try_from(n)).collect();
    small.map_or(Data::Wide(units), Data::Small)
}

/// A column of the same value in each row.
pub fn repeat(value: &Value, ty: &Type, rows: usize) -> Column {
    let mut builder = Builder::new(ty, 1);
    builder.push(value);
    gather(&builder.finish(), &vec![0; rows])
}

/// Makes a column of values one by one.
pub struct Builder {
    ty: Type,
    known: Vec<bool>,
    numbers: Vec<i128>,
    reals: Vec<f64>,
    flags: Vec<bool>,
    days: Vec<(i32, i32)>,
    codes: Vec<u32>,
    words: Words,
}

impl Builder {
    /// An empty column of a type.
    pub fn new(ty: &Type, rows: usize) -> Self {
        Self {
            ty: ty.clone(),
            known: Vec::with_capacity(rows),
            numbers: Vec::new(),
            reals: Vec::new(),
            flags: Vec::new(),
            days: Vec::new(),
            codes: Vec::new(),
            words: Words::default(),
        }
    }

    /// Adds a row. A value of another type counts as missing.
    pub fn push(&mut self, value: &Value) {
        let mut known = true;
        match (&self.ty, value) {
            (Type::Number(_), Value::Number(units)) => self.numbers.push(*units),
            (Type::Real, Value::Real(real)) => self.reals.push(*real),
            (Type::Text | Type::Category(_), Value::Text(text)) => self.codes.push(self.words.code(text)),
            (Type::Flag, Value::Flag(flag)) => self.flags.push(*flag),
            (Type::Date, Value::Date(day)) | (Type::Period(_), Value::Period(day)) => self.days.push((*day, *day)),
            (Type::Partial(_), Value::Partial(first, last)) => self.days.push((*first, *last)),
            (Type::Partial(_), Value::Date(day)) => self.days.push((*day, *day)),
            _ => {
                known = false;
                self.push_missing();
            }
        }
        self.known.push(known);
    }

    fn push_missing(&mut self) {
        match self.ty {
            Type::Number(_) => self.numbers.push(0),
            Type::Real => self.reals.push(0.0),
            Type::Text | Type::Category(_) => self.codes.push(0),
            Type::Flag => self.flags.push(false),
            Type::Date | Type::Partial(_) | Type::Period(_) => self.days.push((0, 0)),
        }
    }

    /// The column.
    pub fn finish(self) -> Column {
        let data = match self.ty {
            Type::Number(_) => narrowest(self.numbers),
            Type::Real => Data::Real(self.reals),
            Type::Text | Type::Category(_) => Data::Text { codes: self.codes, dict: self.words.finish() },
            Type::Flag => Data::Flag(self.flags),
            Type::Date | Type::Period(_) => Data::Day(self.days.into_iter().map(|(day, _)| day).collect()),
            Type::Partial(_) => {
                let (first, last) = self.days.into_iter().unzip();
                Data::Partial { first, last }
            }
        };
        let known = self.known.contains(&false).then_some(self.known);
        Column { data, known, periods: matches!(self.ty, Type::Period(_)) }
    }
}

/// A dictionary that grows.
#[derive(Default)]
pub struct Words {
    codes: HashMap<Arc<str>, u32>,
    list: Vec<Arc<str>>,
}

impl Words {
    /// The code of a text.
    pub fn code(&mut self, text: &Arc<str>) -> u32 {
        if let Some(&code) = self.codes.get(text) {
            return code;
        }
        let code = row(self.list.len());
        self.codes.insert(Arc::clone(text), code);
        self.list.push(Arc::clone(text));
        code
    }

    /// The dictionary.
    pub fn finish(self) -> Dict {
        self.list.into()
    }
}
