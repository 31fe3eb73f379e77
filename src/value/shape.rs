//! How a number that varies is spread. What is drawn of it is mathematics of its own, in `sensitivity`.

/// A distribution of real numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape {
    /// Evenly over a range.
    Uniform {
        /// Its lower end.
        low: f64,
        /// Its upper end.
        high: f64,
    },
    /// Normal; cut off at its bounds, where it has any, so that what lies outside is never drawn.
    Normal {
        /// The mean of the whole.
        mean: f64,
        /// The standard deviation of the whole.
        deviation: f64,
        /// Nothing lies below.
        low: f64,
        /// Nothing lies above.
        high: f64,
    },
    /// Rising to a peak, and falling.
    Triangular {
        /// Its lower end.
        low: f64,
        /// Its upper end.
        high: f64,
        /// Where it is highest.
        peak: f64,
    },
}
