//! The runs of rows with the same key, found in finished columns.

use super::output::{Part, part};
use crate::value::column::{Column, Data};
use crate::value::piece::{Runs, Unfit, number_word};

/// What stands for a missing value in place of a length.
const NOTHING: u32 = u32::MAX;

/// The runs of the rows of a piece by some of its columns.
pub fn runs_of(columns: &[&Column], rows: usize) -> Result<Runs, Unfit> {
    let mut runs = Runs::default();
    for row in 0..rows {
        if row == 0 || columns.iter().any(|column| !same(column, row)) {
            runs.starts.push(u32::try_from(row).map_err(|_| Unfit)?);
            push(&mut runs, columns, row)?;
        }
    }
    Ok(runs)
}

/// Whether a row has the value of the one before.
fn same(column: &Column, row: usize) -> bool {
    let (now, before) = (column.is_known(row), column.is_known(row - 1));
    if !now || !before {
        return now == before;
    }
    match &column.data {
        Data::Text { codes, .. } => codes.get(row) == codes.get(row - 1),
        Data::Small(values) => values.get(row) == values.get(row - 1),
        Data::Flag(values) => values.get(row) == values.get(row - 1),
        Data::Day(values) => values.get(row) == values.get(row - 1),
        Data::Partial { first, last } => first.get(row) == first.get(row - 1) && last.get(row) == last.get(row - 1),
        Data::Wide(_) | Data::Real(_) => false,
    }
}

/// Adds the key of a row.
fn push(runs: &mut Runs, columns: &[&Column], row: usize) -> Result<(), Unfit> {
    if let [column] = columns {
        match part(column, row)? {
            Part::Missing if matches!(column.data, Data::Text { .. }) => runs.keys.push_word(0),
            Part::Missing => return Err(Unfit),
            Part::Number(number) => runs.keys.push_word(number_word(number)),
            Part::Text(text) => runs.keys.push(text.as_bytes()),
        }
        return Ok(());
    }
    let mut bytes = Vec::new();
    for column in columns {
        let number: [u8; 8];
        let (length, part) = match part(column, row)? {
            Part::Missing => (NOTHING, &[][..]),
            Part::Number(value) => {
                number = (value.cast_unsigned() ^ 1 << 63).to_be_bytes();
                (8, &number[..])
            }
            Part::Text(text) => (u32::try_from(text.len()).map_err(|_| Unfit)?, text.as_bytes()),
        };
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(part);
    }
    runs.keys.push(&bytes);
    Ok(())
}
