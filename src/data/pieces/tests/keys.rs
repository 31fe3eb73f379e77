//! The runs of rows with the same key.

use super::*;
use crate::value::piece::Keys;

/// The keys of rows, made of runs.
fn keys_of_rows(pieces: &[Piece]) -> (Keys, Vec<u32>) {
    let (mut keys, mut codes) = (Keys::default(), Vec::new());
    for piece in pieces {
        let starts = &piece.runs.starts;
        assert_eq!(starts.len(), piece.runs.keys.len());
        assert!(starts.first().is_none_or(|&first| first == 0) && starts.windows(2).all(|pair| pair[0] < pair[1]));
        assert!((1..starts.len()).all(|at| !piece.runs.keys.same(at, &piece.runs.keys, at - 1)));
        for row in 0..piece.table.rows {
            let run = starts.partition_point(|&start| start as usize <= row) - 1;
            keys.push_from(&piece.runs.keys, run);
            codes.push(run as u32);
        }
    }
    (keys, codes)
}

#[test]
fn runs_have_the_keys_of_their_rows() {
    let mut all = all_types();
    all.columns[0].clean = true;
    let mut random = Random(9);
    for (round, key) in
        [vec![0], vec![3], vec![1], vec![2], vec![7], vec![0, 1], vec![3, 5, 8], vec![5]].iter().enumerate()
    {
        for missing in [false, true] {
            if missing {
                all.format.missing.clear();
                all.columns.iter_mut().for_each(|spec| spec.ty.optional = true);
                all.columns.iter_mut().for_each(|spec| spec.ty.base = crate::value::Type::Text);
            }
            let file = file(file_of(&mut random, 200, round % 2 == 0, "\n").as_bytes());
            let mut wanted = wanted(&all, key);
            if missing || key == &[0] {
                key.iter().for_each(|&column| wanted.uses[column] = Use::Grouping);
            }
            for block in [64, 1000, 100_000] {
                let pieces = open(&Bound::new(file.path()), &all, &wanted, &Options { block: Some(block) }).unwrap();
                // A missing number or day can't be a key of its own.
                let Ok(found) = drain(&pieces, 2) else { continue };
                let (keys, codes) = keys_of_rows(&found);
                let rows = rows_of_pieces_with_values(file.path(), &all);
                for a in 0..rows.len() {
                    for b in 0..rows.len().min(a + 4) {
                        let same = key.iter().all(|&column| rows[a][column] == rows[b][column]);
                        assert_eq!(keys.same(a, &keys, b), same, "{:?} {:?}", rows[a], rows[b]);
                    }
                }
                if wanted.uses[key[0]] == Use::Grouping {
                    let grouped = found.iter().flat_map(|piece| match &piece.table.columns[key[0]].data {
                        crate::value::column::Data::Text { codes, .. } => codes.clone(),
                        other => panic!("{other:?}"),
                    });
                    assert_eq!(grouped.collect::<Vec<_>>(), codes);
                }
            }
        }
    }
}

fn rows_of_pieces_with_values(path: &Path, schema: &Schema) -> Vec<Vec<Value>> {
    quickly(path, schema, 100_000, 1).unwrap().into_iter().map(|(_, values)| values).collect()
}
