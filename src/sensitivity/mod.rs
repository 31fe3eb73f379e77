//! The mathematics of sensitivity analysis: points, distributions, designs, estimators. It knows numbers alone: no scheme,
//! no data, no threads. All results follow from the arguments and a seed, to the last bit on each machine.
//!
//! [`points`] are spread over the unit cube, [`spread`] turns their coordinates into draws of a distribution, a [`design`]
//! says which coordinates each run takes, [`variance`] divides what comes out among the inputs, and [`summary`] has
//! quantiles, ranks and orders.

pub mod design;
mod directions;
pub mod points;
pub mod random;
pub mod spread;
pub mod summary;
pub mod variance;

#[cfg(test)]
mod tests;
