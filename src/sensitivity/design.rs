//! Saltelli's design (2002, 2010): two matrices of draws A and B, and for each input the matrix A with that input's column
//! from B.
//!
//! Output: for each run, from which matrix an input's coordinate comes. The runs of a row of the matrices stand together,
//! `A, AB₁ … AB_d, B`, so that the first rows are a design of their own.

use super::points::{Points, Sequence};

/// Which runs there are, and what is drawn for each.
#[derive(Debug, Clone)]
pub struct Design {
    inputs: usize,
    points: Points,
}

impl Design {
    /// So many rows of matrices for so many inputs. `None` where the sequence hasn't so many coordinates.
    pub fn new(sequence: Sequence, rows: usize, inputs: usize, seed: u64) -> Option<Self> {
        Some(Self { inputs, points: Points::new(sequence, rows, 2 * inputs, seed)? })
    }

    /// How many inputs vary.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// The rows of each matrix.
    pub fn rows(&self) -> usize {
        self.points.count()
    }

    /// How many runs a row has.
    pub fn row(&self) -> usize {
        self.inputs + 2
    }

    /// How many runs there are.
    pub fn runs(&self) -> usize {
        self.rows() * self.row()
    }

    /// The coordinate of an input in a run, between 0 and 1.
    pub fn coordinate(&self, run: usize, input: usize) -> f64 {
        let (row, place) = (run / self.row(), run % self.row());
        let from_b = place == self.inputs + 1 || place == input + 1;
        self.points.at(row, if from_b { self.inputs + input } else { input })
    }

    /// Whether a run is a draw of all inputs at once: one of the matrices A and B.
    pub fn is_draw(&self, run: usize) -> bool {
        let place = run % self.row();
        place == 0 || place == self.inputs + 1
    }
}
