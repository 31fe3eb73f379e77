//! What the parts of a ledger are made of: values with their types, and places in schemes and data.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::value::{Type, Value};

/// A value with its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The value.
    pub value: Value,
    /// Its type.
    pub ty: Type,
}

impl Shown {
    /// A value of a type.
    pub fn new(value: Value, ty: &Type) -> Self {
        Self { value, ty: ty.clone() }
    }

    /// The value in print; `missing` where there is none.
    pub fn text(&self) -> String {
        if self.value.is_known() { self.value.format(&self.ty) } else { "missing".to_owned() }
    }
}

/// As in the results of a run: decimals are strings, so that no reader loses digits; what is missing is null.
impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.value {
            Value::Missing => serializer.serialize_none(),
            Value::Flag(flag) => serializer.serialize_bool(*flag),
            Value::Real(real) => serializer.serialize_f64(*real),
            value => serializer.serialize_str(&value.format(&self.ty)),
        }
    }
}

/// Named values, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields(pub Vec<(String, Shown)>);

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        self.0.iter().try_for_each(|(name, value)| map.serialize_entry(name, value))?;
        map.end()
    }
}

/// A line of a scheme or of data.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Line {
    /// The file as the user named it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The change in which it stands; left out where it stands in none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<ChangeName>,
}

/// The name of a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ChangeName {
    /// The name.
    pub name: String,
    /// Whether it is an edit alone, named by what it is about.
    #[serde(skip)]
    pub bare: bool,
}

impl Line {
    /// A line of data.
    pub fn of_data(file: &str, line: u32) -> Self {
        Self { file: file.to_owned(), line: line as usize, change: None }
    }
}

/// The line of a scale that says what something gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScaleLine {
    /// The scale.
    pub scale: String,
    /// What was looked up.
    pub of: Shown,
    /// What it gets.
    pub gives: Shown,
    /// What the scheme says.
    pub text: String,
    /// Where it says so.
    pub place: Line,
}
