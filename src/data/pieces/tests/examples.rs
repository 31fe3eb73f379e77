//! The files of the examples by the inputs of the schemes: read quickly, they are what they are.

#![expect(clippy::disallowed_methods, reason = "a test reads the examples")]

use std::path::PathBuf;

use super::*;
use crate::compile::compile;
use crate::source::Sources;

fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if endings.iter().any(|ending| path.to_str().unwrap().ends_with(ending)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn schemas() -> Vec<Schema> {
    let inputs = files("rules", &[".rules"]).into_iter().filter_map(|path| {
        let mut sources = Sources::default();
        let file = sources.add("x.rules", &std::fs::read_to_string(path).unwrap());
        Some(compile(&sources, file, &[], &mut Problems::default())?.plan.inputs)
    });
    // What keys say is looked at when all rows have been read.
    let bare = |schema: Schema| Schema { units: Vec::new(), unique: Vec::new(), ..schema };
    inputs.flatten().map(|input| bare(input.schema.clone())).collect()
}

#[test]
fn the_examples_are_read_as_exactly() {
    let schemas = schemas();
    let mut read = 0;
    for path in files("examples", &[".csv", ".tsv"]) {
        let text = std::fs::read(&path).unwrap();
        for schema in &schemas {
            let source = Exact::new(path.to_str().unwrap(), text.as_slice());
            let mut problems = Problems::default();
            let Some(table) = crate::data::read(&source, schema, &mut problems) else { continue };
            let mut exact = Rows::new();
            rows_of(&table, 0, &mut exact);
            for block in [64, 1000, 1 << 20] {
                match quickly(&path, schema, block, 2) {
                    Ok(quick) => assert!(problems.is_empty() && quick == exact, "{path:?} {}", schema.name),
                    Err(Unfit) => assert!(!problems.is_empty() || schema.unpivot.is_some(), "{path:?} {}", schema.name),
                }
                read += 1;
            }
        }
    }
    assert!(read > 20, "{read}");
}
