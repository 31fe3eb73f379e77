//! Finds the members of an object that are columns, and leaves their values as they are written.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The members that are looked for.
#[derive(Debug)]
pub struct Members<'s> {
    names: Vec<&'s str>,
    /// For each name, its place.
    places: BTreeMap<&'s str, usize>,
    /// For each column, the place of its member's name.
    columns: Vec<usize>,
}

/// What is wrong with a line.
#[derive(Debug)]
pub struct Broken {
    /// In words.
    pub words: String,
    /// The byte of the line at which it was seen, from 1.
    pub at: usize,
    /// The member that stands twice, if that is what is wrong.
    pub repeated: Option<String>,
}

impl<'s> Members<'s> {
    /// The members of these names, one for each column; two columns may be of one member.
    pub fn new(columns: &[&'s str]) -> Self {
        let (mut names, mut places) = (Vec::new(), BTreeMap::new());
        let mut place = |name: &'s str| {
            *places.entry(name).or_insert_with(|| {
                names.push(name);
                names.len() - 1
            })
        };
        let columns = columns.iter().map(|name| place(name)).collect();
        Self { names, places, columns }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// The place of each column's member.
    pub fn of_columns(&self) -> impl Iterator<Item = usize> {
        self.columns.iter().copied()
    }

    /// The name of a member.
    pub fn name(&self, place: usize) -> &'s str {
        self.names.get(place).copied().unwrap_or("")
    }

    /// Finds the values of an object's members. Others are passed over.
    pub fn find<'l>(&self, object: &'l str, found: &mut [Option<&'l str>]) -> Result<(), Broken> {
        self.read(object, found, true)
    }

    /// Finds the values as [`Members::find`] does, besides those of other objects.
    pub fn look<'l>(&self, object: &'l str, found: &mut [Option<&'l str>]) -> Result<(), Broken> {
        self.read(object, found, false)
    }

    fn read<'l>(&self, object: &'l str, found: &mut [Option<&'l str>], once: bool) -> Result<(), Broken> {
        let mut repeated = None;
        let mut from = serde_json::Deserializer::from_str(object);
        let read = Object { members: self, found, once, repeated: &mut repeated }.deserialize(&mut from);
        read.and_then(|()| from.end()).map_err(|error| {
            let repeated = repeated.map(|place| self.name(place).to_owned());
            Broken { words: words(&error), at: error.column(), repeated }
        })
    }
}

/// What is wrong, without the line and the column.
pub fn words(error: &serde_json::Error) -> String {
    let words = error.to_string();
    match words.split(" at line ").next().unwrap_or(&words) {
        words if words.starts_with("EOF") => "it ends early".to_owned(),
        words if words.starts_with("invalid type") => "it is something else".to_owned(),
        words => words.to_owned(),
    }
}

/// The names of the members of some objects; of the first hundred.
pub fn names<'l>(objects: impl Iterator<Item = &'l str>) -> Vec<String> {
    let mut names = Vec::new();
    for object in objects.take(100) {
        let members: BTreeMap<String, IgnoredAny> = serde_json::from_str(object).unwrap_or_default();
        names.extend(members.into_keys());
    }
    names.sort();
    names.dedup();
    names
}

struct Object<'o, 'm, 'l> {
    members: &'o Members<'m>,
    found: &'o mut [Option<&'l str>],
    /// Whether a member that has been found already is an error.
    once: bool,
    repeated: &'o mut Option<usize>,
}

impl<'l> DeserializeSeed<'l> for Object<'_, '_, 'l> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'l>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'l> Visitor<'l> for Object<'_, '_, 'l> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("an object")
    }

    fn visit_map<A: MapAccess<'l>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(place) = map.next_key_seed(Name(self.members))? {
            let Some((place, slot)) = place.and_then(|place| Some((place, self.found.get_mut(place)?))) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let value: &'l RawValue = map.next_value()?;
            if slot.replace(value.get()).is_some() && self.once {
                *self.repeated = Some(place);
                return Err(A::Error::custom("a member stands twice"));
            }
        }
        Ok(())
    }
}

/// The place of a member by its name.
struct Name<'o, 'm>(&'o Members<'m>);

impl<'l> DeserializeSeed<'l> for Name<'_, '_> {
    type Value = Option<usize>;

    fn deserialize<D: serde::Deserializer<'l>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_, '_> {
    type Value = Option<usize>;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.places.get(name).copied())
    }
}
