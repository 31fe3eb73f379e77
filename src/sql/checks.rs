//! The query that checks the data: a row for each thing that the native reader would report as an error.

use super::dialect::Engine;
use super::{Job, Obstacle};
use crate::plan::Plan;

/// The text of the query that checks the data of the wanted indices.
///
/// # Errors
///
/// What the dialect can't say.
pub fn checks(plan: &Plan, job: &Job, engine: Engine) -> Result<String, Obstacle> {
    super::translate(plan, job, engine)
}
