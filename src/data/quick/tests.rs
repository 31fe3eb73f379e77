use super::*;
use crate::data::testing::{gzip, rows, schema, show_all, zstd};
use crate::diag::Problems;
use crate::value::piece::Use;

fn drain(pieces: &dyn Pieces, readers: usize) -> Result<Vec<Piece>, Unfit> {
    let mut found = std::thread::scope(|scope| {
        let read = || {
            let (mut reader, mut found) = (pieces.reader(), Vec::new());
            while let Some(piece) = reader.read()? {
                found.push(piece);
            }
            Ok(found)
        };
        let readers: Vec<_> = (0..readers).map(|_| scope.spawn(read)).collect();
        readers.into_iter().map(|reader| reader.join().unwrap()).collect::<Result<Vec<_>, Unfit>>()
    })?
    .concat();
    found.sort_by_key(|piece| piece.number);
    Ok(found)
}

/// Reads files, given by their names and bytes, in both ways; nothing quickly where that one gives up.
fn read(files: &[(&str, Vec<u8>)], readers: usize) -> (Option<Vec<String>>, Vec<String>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let bound = |(name, bytes): &(&str, Vec<u8>)| {
        std::fs::write(folder.path().join(name), bytes).unwrap();
        Bound { name: (*name).into(), ..Bound::new(&folder.path().join(name)) }
    };
    let (files, schema) = (files.iter().map(bound).collect::<Vec<_>>(), schema(&[("id", "text"), ("n", "number1")]));
    let wanted = Wanted { uses: vec![Use::Values; 2], key: vec![0], lines: true };
    let options = pieces::Options { block: Some(64) };
    let quick = open(&files, &schema, &wanted, &options).and_then(|pieces| drain(&*pieces, readers));
    let of_piece = |piece: &Piece| {
        let starts = |row: usize| piece.runs.starts.contains(&u32::try_from(row).unwrap());
        // Each piece begins a run.
        assert!(piece.table.rows == 0 || starts(0));
        let rows = rows(&piece.table, &schema).into_iter();
        rows.map(|row| format!("{} {row}", piece.table.file)).collect::<Vec<_>>()
    };
    let quick = quick.ok().map(|pieces| pieces.iter().flat_map(of_piece).collect());
    let mut problems = Problems::new();
    let table = crate::data::read_files(files.iter().map(Bound::open), &schema, &[], &mut problems);
    let exact = table.map_or(Vec::new(), |table| {
        let rows = rows(&table, &schema).into_iter().enumerate();
        rows.map(|(row, text)| format!("{} {text}", table.file_of(table.line(row)))).collect()
    });
    (quick, exact, show_all(problems))
}

/// Files of several kinds, the columns of which stand in different orders.
fn files() -> Vec<(&'static str, Vec<u8>)> {
    let many = |from: usize| (from..from + 200).map(|n| format!("{},{}.5\n", n / 3, n)).collect::<String>();
    let back = |from: usize| (from..from + 150).map(|n| format!("{n},x,{}\n", n / 2)).collect::<String>();
    vec![
        ("a.csv", format!("id,n\n{}", many(0)).into_bytes()),
        ("b.csv", b"n,id\n7,x\n".to_vec()),
        ("c.csv.gz", gzip(&format!("n,more,id\n{}", back(7)))),
        ("d.csv.zst", [zstd("id,n\n"), zstd(&many(90))].concat()),
        ("e.tsv", b"id\tn\nz\t1\n".to_vec()),
        ("f.csv", format!("n,more,id\n{}", back(1)).into_bytes()),
    ]
}

#[test]
fn several_files_are_read_as_one_by_one() {
    let files = files();
    for readers in [1, 2, 7] {
        for files in [&files[..], &files[..1], &files[1..3], &files[2..3], &files[3..4]] {
            let (quick, exact, problems) = read(files, readers);
            assert_eq!((quick, problems), (Some(exact), Vec::new()), "{readers} readers, {} files", files.len());
        }
    }
}

#[test]
fn what_is_wrong_is_left_to_the_exact_reader() {
    let cases: [(&str, Vec<u8>); 7] = [
        ("x.csv", b"id,n\n".to_vec()),
        ("x.csv", Vec::new()),
        ("x.csv", b"id\na\n".to_vec()),
        ("x.csv", b"id,n\na,one\n".to_vec()),
        ("x.csv.gz", gzip("id,n\na,1\n")[..20].to_vec()),
        ("x.csv.gz", gzip("id,n\na,1\nb,\"2")),
        ("x.csv.zst", {
            let mut bytes = zstd("id,n\na,1\n");
            bytes.truncate(bytes.len() - 2);
            bytes
        }),
    ];
    for (at, wrong) in cases.into_iter().enumerate() {
        for before in 0..2 {
            let mut files = files();
            files.truncate(before);
            files.push(wrong.clone());
            let (quick, _, problems) = read(&files, 2);
            assert_eq!(quick, None, "case {at}");
            assert!(!problems.is_empty(), "case {at}");
        }
    }
}
