use std::fs;

use super::*;
use crate::data::testing::{schema, show_all};
use crate::source::Span;

/// A folder of empty files, and what is bound of it.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn with(files: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Binds the inputs `a` and `b` and compares what comes out, the folder's own path taken away.
    fn check(&self, paths: &[&str], inputs: &[(&str, &str)], data: Option<&str>, expect: [&str; 2], errors: &[&str]) {
        self.check_schemas(
            &["a", "b"].map(|name| named(name, None)),
            &[true, true],
            paths,
            inputs,
            data,
            expect,
            errors,
        );
    }

    #[expect(clippy::too_many_arguments, reason = "each is one part of the command line")]
    fn check_schemas(
        &self,
        schemas: &[Schema],
        needed: &[bool],
        paths: &[&str],
        inputs: &[(&str, &str)],
        data: Option<&str>,
        expect: [&str; 2],
        errors: &[&str],
    ) {
        let at = |path: &str| if path == "-" { path.into() } else { self.path(path) };
        let paths: Vec<PathBuf> = paths.iter().map(|path| at(path)).collect();
        let inputs: Vec<(String, PathBuf)> = inputs.iter().map(|(name, path)| (name.to_string(), at(path))).collect();
        let (scheme, root) = (self.path("root/rules/s.rules"), self.path("root"));
        let own = Own { scheme: &scheme, root: &root, data: data.map(|data| (data, Span::default())) };
        let mut problems = Problems::new();
        let line = CommandLine { paths: &paths, inputs: &inputs };
        let bound = bind(schemas, needed, &line, &own, &mut problems);
        let base = format!("{}/", self.folder.path().display());
        let shown = bound
            .iter()
            .map(|files| files.iter().map(|bound| bound.name.replace(&base, "")).collect::<Vec<_>>().join(" "));
        let found = show_all(problems).iter().map(|line| line.replace(&base, "")).collect::<Vec<_>>();
        assert_eq!(
            (shown.collect::<Vec<_>>(), found),
            (expect.map(str::to_owned).to_vec(), errors.iter().map(|e| e.to_string()).collect())
        );
    }
}

fn named(name: &str, file: Option<&str>) -> Schema {
    Schema { name: name.into(), file: file.map(Into::into), ..schema(&[]) }
}

const NO_A: &str = "unbound_input @: no file is given for the input `a`";
const NO_B: &str = "unbound_input @: no file is given for the input `b`";

const NO_A_B: &str = "unbound_input @: no file is given for the inputs `a` and `b`";

#[test]
fn files_bind_in_order_and_inputs_by_name() {
    let place = Place::with(&["x.csv", "y.csv", "z.csv"]);
    place.check(&["x.csv", "y.csv"], &[], None, ["x.csv", "y.csv"], &[]);
    place.check(&["x.csv"], &[("a", "y.csv")], None, ["y.csv", "x.csv"], &[]);
    place.check(&["x.csv"], &[], None, ["x.csv", ""], &[NO_B]);
    place.check(&[], &[], None, ["", ""], &[NO_A_B]);
    place.check(&["x.csv", "-"], &[], None, ["x.csv", "standard input"], &[]);
    let no_left = "usage @0: there is no input left for this file";
    place.check(&["x.csv", "y.csv", "z.csv"], &[], None, ["x.csv", "y.csv"], &[no_left]);
    place.check(&["z.csv"], &[("a", "y.csv"), ("a", "x.csv")], None, ["y.csv x.csv", "z.csv"], &[]);
    let twice = "usage @0: the input `a` is given this file twice";
    place.check(&["z.csv"], &[("a", "x.csv"), ("a", "./x.csv")], None, ["x.csv", "z.csv"], &[twice]);
    let unknown = "unknown_input @0: the scheme has no input `c`";
    place.check(&["x.csv", "y.csv"], &[("c", "z.csv")], None, ["x.csv", "y.csv"], &[unknown]);
    let stdin = "usage @0: standard input is given to two inputs, and can be read once only";
    place.check(&["-", "-"], &[], None, ["standard input", "standard input"], &[stdin]);
}

#[test]
fn folders_bind_by_name() {
    let place =
        Place::with(&["d/a.csv", "d/b.tsv.gz", "e/b.txt", "f/a.arrow", "f/b.csv", "g/other.csv", "g/b.csv.zst"]);
    place.check(&["d"], &[], None, ["d/a.csv", "d/b.tsv.gz"], &[]);
    place.check(&["d"], &[("a", "e/b.txt")], None, ["e/b.txt", "d/b.tsv.gz"], &[]);
    place.check(&["e", "d/a.csv"], &[], None, ["d/a.csv", "e/b.txt"], &[]);
    place.check(&["e"], &[], None, ["", "e/b.txt"], &[NO_A]);
    let both = "ambiguous_input @: both `d/b.tsv.gz` and `e/b.txt` could be the input `b`";
    place.check(&["d", "e"], &[], None, ["d/a.csv", ""], &[both]);
    let unread = "unreadable_file @0: `.arrow` is not read by this version";
    place.check(&["f"], &[], None, ["", "f/b.csv"], &[unread]);
    place.check(&["f/a.arrow", "f/b.csv"], &[], None, ["", "f/b.csv"], &[unread]);
    let given = [named("a", Some("other.csv")), named("b", None)];
    place.check_schemas(&given, &[true, true], &["g"], &[], None, ["g/other.csv", "g/b.csv.zst"], &[]);
    let given = [named("a", Some("other.csv")), named("b", Some("b.csv.zst"))];
    place.check_schemas(&given, &[true, true], &["g"], &[], None, ["g/other.csv", "g/b.csv.zst"], &[]);
    let given = [named("c", None), named("b", None)];
    place.check_schemas(&given, &[false, true], &["g"], &[], None, ["", "g/b.csv.zst"], &[]);
}

#[test]
fn patterns_and_folders_mean_several_files() {
    let place = Place::with(&[
        "d/2.csv",
        "d/10.csv",
        "d/1.tsv.gz",
        "d/.3.csv",
        "d/notes.md",
        "d/e/4.csv",
        "d[1]/5.csv",
        "f/a/6.csv",
        "f/a/7.csv",
        "f/b.csv",
        "g/a.csv",
        "g/a/8.csv",
        "h/a/9.md",
        "h/b.csv",
    ]);
    place.check(&["d/2.csv"], &[("b", "d/*.csv")], None, ["d/2.csv", "d/10.csv d/2.csv"], &[]);
    place.check(&["d/2.csv"], &[("b", "d/**/*.csv")], None, ["d/2.csv", "d/10.csv d/2.csv d/e/4.csv"], &[]);
    place.check(&["d/2.csv"], &[("b", "d")], None, ["d/2.csv", "d/1.tsv.gz d/10.csv d/2.csv"], &[]);
    // A path at which there is a file is no pattern.
    place.check(&["d/2.csv"], &[("b", "d[1]/5.csv")], None, ["d/2.csv", "d[1]/5.csv"], &[]);
    place.check(&["d/2.csv"], &[("b", "d/?.csv"), ("b", "d/10.csv")], None, ["d/2.csv", "d/2.csv d/10.csv"], &[]);
    let none = "unreadable_file @0: no file matches this pattern";
    place.check(&["d/2.csv"], &[("b", "d/*.cvs")], None, ["d/2.csv", ""], &[none]);
    let wrong =
        "unreadable_file @0: this is no pattern of files: recursive wildcards must form a single path component";
    place.check(&["d/2.csv"], &[("b", "d/a**/x")], None, ["d/2.csv", ""], &[wrong]);
    place.check(
        &["d/2.csv"],
        &[("b", "h/a")],
        None,
        ["d/2.csv", ""],
        &["unreadable_file @0: there is no table in this folder"],
    );
    place.check(&["f"], &[], None, ["f/a/6.csv f/a/7.csv", "f/b.csv"], &[]);
    let both = "ambiguous_input @: both `g/a.csv` and `g/a` could be the input `a`";
    place.check(&["g", "f/b.csv"], &[("b", "d/2.csv")], None, ["f/b.csv", "d/2.csv"], &[]);
    place.check(&["g"], &[("b", "d/2.csv")], None, ["", "d/2.csv"], &[both]);
    place.check(&["h"], &[], None, ["", "h/b.csv"], &[NO_A]);
    let given = [named("a", Some("d/*.csv")), named("b", Some("d[1]/*.csv"))];
    place.check_schemas(&given, &[true, false], &["."], &[], None, ["./d/10.csv ./d/2.csv", ""], &[]);
}

#[test]
fn the_schemes_own_folder_lies_under_the_root() {
    let place = Place::with(&["root/rules/s.rules", "root/data/a.csv", "root/data/b.csv", "out/a.csv", "out/b.csv"]);
    place.check(&[], &[], Some("../data"), ["root/data/a.csv", "root/data/b.csv"], &[]);
    let outside = "outside_root @: `../../out` lies outside the root";
    place.check(&[], &[], Some("../../out"), ["", ""], &[outside]);
    let absolute = "outside_root @: `/data` is an absolute path, which would be another file elsewhere";
    place.check(&[], &[], Some("/data"), ["", ""], &[absolute]);
    place.check(&[], &[], Some("../none"), ["", ""], &["unreadable_file @: there is no `root/none`"]);
    // Data on the command line take the place of the scheme's own.
    place.check(&["out/a.csv"], &[], Some("../data"), ["out/a.csv", ""], &[NO_B]);
    place.check(&["out"], &[], Some("../data"), ["out/a.csv", "out/b.csv"], &[]);
    let given = [named("a", Some("../../out/a.csv")), named("b", None)];
    let outside = "outside_root @: `root/data/../../out/a.csv` lies outside the root";
    let twice = Place::with(&["root/rules/s.rules", "root/data/b.csv", "out/a.csv"]);
    twice.check_schemas(&given, &[true, true], &[], &[], Some("../data"), ["", "root/data/b.csv"], &[outside]);
}

#[cfg(unix)]
#[test]
fn links_out_of_the_root_are_refused() {
    let place = Place::with(&["root/rules/s.rules", "root/data/a.csv", "out/b.csv"]);
    std::os::unix::fs::symlink(place.path("out/b.csv"), place.path("root/data/b.csv")).unwrap();
    std::os::unix::fs::symlink(place.path("out"), place.path("root/linked")).unwrap();
    let outside = "outside_root @: `root/data/b.csv` lies outside the root";
    place.check(&[], &[], Some("../data"), ["root/data/a.csv", ""], &[outside]);
    place.check(&[], &[], Some("../linked"), ["", ""], &["outside_root @: `../linked` lies outside the root"]);
    // The user may link as they like.
    place.check(&["root/data"], &[], None, ["root/data/a.csv", "root/data/b.csv"], &[]);
}
