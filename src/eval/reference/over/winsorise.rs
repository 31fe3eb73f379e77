//! Outliers brought to the nearest value inside.

use std::collections::BTreeMap;

use crate::eval::reference::Cells;
use crate::plan::over::Operation;
use crate::plan::{Index, Over};
use crate::value::Value;

/// The cells that are changed, of an operation that is such.
pub fn changed(over: &Over, _source: &Index, _all: &Cells) -> Option<BTreeMap<Vec<Value>, Value>> {
    matches!(over.operation, Operation::Winsorise { .. }).then(BTreeMap::new)
}
