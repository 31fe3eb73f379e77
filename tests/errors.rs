//! Each code of a diagnostic has a case of the specification that provokes it through the program.

#![expect(clippy::disallowed_methods, reason = "the cases are files")]

use std::path::Path;

use rules::diag::{Code, codes};

#[test]
fn each_code_is_provoked_by_a_case() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/spec/errors");
    for code in Code::ALL {
        let file = folder.join(format!("{}.md", code.name()));
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        let console = text.split("```console").skip(1);
        let printed = console.flat_map(str::lines).any(|line| line == code.as_str());
        assert!(printed, "no command in {} ends with {code}", file.display());
    }
    for file in std::fs::read_dir(&folder).unwrap().flatten() {
        let name = file.file_name().into_string().unwrap();
        assert!(name.strip_suffix(".md").and_then(codes::find).is_some(), "{name} isn't the case of a code");
    }
}
