//! The description at the end of a Parquet file: its fields, and where the values of each stand.
//!
//! Input: the bytes of the description. Output: a [`Footer`].

use std::sync::Arc;

use super::Broken;
use super::field::{Field, Meaning, Physical};
use super::thrift::{Thrift, kind};

/// What a file says of itself.
#[derive(Debug, Clone, Default)]
pub struct Footer {
    /// The fields of a row, in their order; those with parts of their own are one each.
    pub fields: Vec<Field>,
    /// The groups of rows, in their order.
    pub groups: Vec<Group>,
    /// How many columns of values each group has.
    pub leaves: usize,
}

/// Some rows whose values stand together, column by column.
#[derive(Debug, Clone, Default)]
pub struct Group {
    /// How many rows.
    pub rows: usize,
    /// Where the values of each column stand.
    pub chunks: Vec<Chunk>,
}

/// The values of a column in a group.
#[derive(Debug, Clone, Default)]
pub struct Chunk {
    /// The first byte of its pages in the file.
    pub start: u64,
    /// How many bytes they take.
    pub length: u64,
    /// How they are packed.
    pub codec: i64,
    /// The physical type by its number, as the group has it.
    physical: i64,
    /// Whether the values stand in this file and can be read.
    outside: bool,
    data: u64,
    dictionary: u64,
}

/// An element of the tree of fields, as it is written.
#[derive(Debug, Clone)]
struct Element {
    physical: Option<i64>,
    length: usize,
    repetition: i64,
    name: Arc<str>,
    children: usize,
    converted: Option<i64>,
    scale: i64,
    logical: Option<Meaning>,
}

impl Footer {
    /// Reads the description.
    pub fn read(bytes: &[u8]) -> Result<Self, Broken> {
        let (mut elements, mut footer, mut rows) = (Vec::new(), Self::default(), 0);
        let mut thrift = Thrift::new(bytes);
        thrift.fields(|inner, id, kind| match id {
            2 => inner.list(|inner, _| {
                elements.push(element(inner)?);
                Ok(())
            }),
            3 => {
                rows = inner.size()?;
                Ok(())
            }
            4 => inner.list(|inner, _| {
                footer.groups.push(group(inner)?);
                Ok(())
            }),
            8 => Err(Broken::new("it is encrypted")),
            _ => inner.skip(kind),
        })?;
        footer.take_fields(&elements)?;
        footer.check(rows)?;
        Ok(footer)
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.groups.iter().fold(0, |rows, group| rows.saturating_add(group.rows))
    }

    fn take_fields(&mut self, elements: &[Element]) -> Result<(), Broken> {
        let (root, rest) = elements.split_first().ok_or(Broken::new("it names no fields"))?;
        let mut rest = rest.iter();
        for _ in 0..root.children {
            let element = rest.next().ok_or(Broken::ENDS)?;
            let leaf = self.leaves;
            let (mut open, mut nested) = (element.children, element.children > 0);
            self.leaves += usize::from(open == 0);
            nested |= element.repetition == 2;
            while let Some(left) = open.checked_sub(1) {
                let inner = rest.next().ok_or(Broken::ENDS)?;
                open = left.checked_add(inner.children).ok_or(Broken::ENDS)?;
                self.leaves += usize::from(inner.children == 0);
            }
            self.fields.push(field(element, leaf, nested)?);
        }
        Ok(())
    }

    /// Whether the groups are as the fields say.
    fn check(&self, rows: usize) -> Result<(), Broken> {
        for group in &self.groups {
            if group.chunks.len() != self.leaves {
                return Err(Broken::new("a group of rows hasn't the columns of the others"));
            }
            for field in self.fields.iter().filter(|field| field.is_flat()) {
                let chunk = group.chunks.get(field.leaf).ok_or(Broken::ENDS)?;
                if chunk.physical != field.physical.number() || chunk.outside {
                    return Err(Broken::new("a column isn't of the type that is stated, or stands in another file"));
                }
            }
        }
        if self.rows() == rows { Ok(()) } else { Err(Broken::new("it has not the number of rows that is stated")) }
    }
}

fn field(element: &Element, leaf: usize, nested: bool) -> Result<Field, Broken> {
    let physical = match element.physical {
        _ if nested => Physical::Flag,
        Some(number) => Physical::of(number, element.length).ok_or(Broken::new("a column has no known type"))?,
        None => return Err(Broken::new("a column has no type")),
    };
    let converted = element.converted.map(|number| Meaning::of_converted(number, element.scale));
    let meaning = match element.logical.or(converted) {
        _ if nested => Meaning::Other("lists or records"),
        Some(meaning) => meaning,
        None => Meaning::of_physical(physical),
    };
    let meaning = meaning.on(physical);
    Ok(Field { name: Arc::clone(&element.name), leaf, nested, physical, meaning, optional: element.repetition == 1 })
}

fn element(thrift: &mut Thrift<'_>) -> Result<Element, Broken> {
    let mut found = Element {
        physical: None,
        length: 0,
        repetition: 0,
        name: "".into(),
        children: 0,
        converted: None,
        scale: 0,
        logical: None,
    };
    thrift.fields(|inner, id, kind| {
        match id {
            1 => found.physical = Some(inner.number()?),
            2 => found.length = inner.size()?,
            3 => found.repetition = inner.number()?,
            4 => {
                let name = std::str::from_utf8(inner.binary()?);
                found.name = name.map_err(|_| Broken::new("the name of a column isn't UTF-8"))?.into();
            }
            5 => found.children = inner.size()?,
            6 => found.converted = Some(inner.number()?),
            7 => found.scale = inner.number()?,
            10 if kind == kind::STRUCT => found.logical = logical(inner)?,
            _ => inner.skip(kind)?,
        }
        Ok(())
    })?;
    Ok(found)
}

/// The meaning of a field by the newer way to say it.
fn logical(thrift: &mut Thrift<'_>) -> Result<Option<Meaning>, Broken> {
    let mut found = None;
    thrift.fields(|inner, id, kind| {
        if kind != kind::STRUCT {
            return inner.skip(kind);
        }
        let (mut scale, mut flag, mut unit) = (0, false, 0);
        inner.fields(|inner, id, kind| {
            match (id, kind) {
                (1 | 2, kind::TRUE) => flag = true,
                (1, kind::I32) => scale = inner.number()?,
                (2, kind::STRUCT) => inner.fields(|inner, id, kind| {
                    unit = id;
                    inner.skip(kind)
                })?,
                _ => inner.skip(kind)?,
            }
            Ok(())
        })?;
        found = Some(match id {
            1 | 4 | 12 => Meaning::Text,
            5 => Meaning::decimal(scale),
            6 => Meaning::Date,
            7 => Meaning::Other("times of day"),
            8 => Meaning::Stamp {
                places: match unit {
                    1 => 3,
                    2 => 6,
                    _ => 9,
                },
                utc: flag,
            },
            10 => Meaning::Whole { signed: flag },
            14 => Meaning::Other("UUIDs"),
            _ => Meaning::Other("values of a kind that isn't known"),
        });
        Ok(())
    })?;
    Ok(found)
}

fn group(thrift: &mut Thrift<'_>) -> Result<Group, Broken> {
    let mut found = Group::default();
    thrift.fields(|inner, id, kind| match id {
        1 => inner.list(|inner, _| {
            found.chunks.push(chunk(inner)?);
            Ok(())
        }),
        3 => {
            found.rows = inner.size()?;
            Ok(())
        }
        _ => inner.skip(kind),
    })?;
    Ok(found)
}

fn chunk(thrift: &mut Thrift<'_>) -> Result<Chunk, Broken> {
    let mut found = Chunk { outside: true, ..Chunk::default() };
    let mut elsewhere = false;
    thrift.fields(|inner, id, kind| match id {
        1 => {
            elsewhere |= !inner.binary()?.is_empty();
            Ok(())
        }
        3 => {
            found.outside = false;
            chunk_data(inner, &mut found)
        }
        8 => Err(Broken::new("it is encrypted")),
        _ => inner.skip(kind),
    })?;
    found.outside |= elsewhere;
    // Some writers state 0 for a dictionary that isn't there.
    let before = found.dictionary > 0 && found.dictionary < found.data;
    found.start = if before { found.dictionary } else { found.data };
    Ok(found)
}

fn chunk_data(thrift: &mut Thrift<'_>, found: &mut Chunk) -> Result<(), Broken> {
    let size = |inner: &mut Thrift<'_>| inner.size().map(|size| size as u64);
    thrift.fields(|inner, id, kind| {
        match id {
            1 => found.physical = inner.number()?,
            4 => found.codec = inner.number()?,
            7 => found.length = size(inner)?,
            9 => found.data = size(inner)?,
            11 => found.dictionary = size(inner)?,
            _ => inner.skip(kind)?,
        }
        Ok(())
    })
}
