//! Runs the cases of the specification and the examples of the documentation.
//!
//! A Markdown file is a case. Its fenced blocks are taken in order. ```` ```rules NAME ````, `csv`, `tsv`, `text` and
//! `json` with a path write that file into a fresh folder; `hex` with a path writes the bytes whose hexadecimal digits
//! it holds. A `console` block holds commands, each in a line that begins with `$`, and below each its output:
//! standard output, then standard error, then `[exit N]` if the exit code isn't 0. A line that ends in `\` goes on in
//! the next one. The only commands are `rules …` and `cat FILE`. Everything else in the file is prose.
//!
//! `UPDATE=1 cargo test --test spec` writes the output that came into the files, for a reader to judge.

#![expect(clippy::disallowed_methods, reason = "the cases are files")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rules::builtin::{Form, TABLE};

/// Kinds of blocks that are files.
const FILES: &[&str] = &["rules", "csv", "tsv", "text", "json", "hex"];

#[test]
fn every_case_of_the_specification_holds() -> Result<(), String> {
    run_all(&files_under("tests/spec")?, Place::Fresh)
}

#[test]
fn every_example_of_the_documentation_runs() -> Result<(), String> {
    // In one test, because both may write the same file.
    check_functions()?;
    let pages = files_under("docs")?.into_iter().filter(|page| !is_of_schemes(page)).collect::<Vec<_>>();
    run_all(&pages, Place::Fresh)
}

/// Whether a page of the documentation is about the schemes of the project, and runs where they are.
fn is_of_schemes(page: &Path) -> bool {
    let pages = ["comparing-methodologies.md", "sweeps.md", "sensitivity.md", "report.md"];
    pages.iter().any(|name| page.ends_with(name))
}

#[test]
fn the_readme_and_the_examples_run() -> Result<(), String> {
    let examples = files_under("examples")?;
    let mut files: Vec<PathBuf> = examples.into_iter().filter(|file| file.ends_with("README.md")).collect();
    files.extend(Some(root().join("README.md")).filter(|file| file.exists()));
    files.extend(files_under("docs")?.into_iter().filter(|page| is_of_schemes(page)));
    run_all(&files, Place::Root)
}

#[test]
fn no_case_is_empty_and_no_scheme_is_idle() -> Result<(), String> {
    let (cases, pages) = (files_under("tests/spec")?, files_under("docs")?);
    let mut found = Vec::new();
    for file in cases.iter().chain(&pages) {
        let text = read(file)?;
        let lines: Vec<&str> = text.lines().collect();
        let blocks = blocks(&lines).map_err(|error| format!("{}: {error}", shown(file)))?;
        if cases.contains(file) && !blocks.iter().any(|block| !block.commands(&lines).is_empty()) {
            found.push(format!("{}: the case has no `console` block with a command", shown(file)));
        }
        for (at, block) in blocks.iter().enumerate().filter(|(_, block)| block.kind == "rules") {
            let after = blocks.get(at + 1..).unwrap_or(&[]);
            let used = block.path.is_some() && (is_used(block, after, &lines) || is_extended(block, &blocks, &lines));
            if !used {
                found.push(format!("{}:{}: no command uses this scheme", shown(file), block.start));
            }
        }
    }
    if found.is_empty() { Ok(()) } else { Err(found.join("\n")) }
}

/// Holds the table of functions in the reference against the program's own.
fn check_functions() -> Result<(), String> {
    let file = root().join("docs/language.md");
    let text = read(&file)?;
    let (begin, end) =
        ("<!-- functions: generated; `UPDATE=1 cargo test --test spec` writes this table -->\n", "<!-- end -->");
    let (before, rest) = text.split_once(begin).ok_or("no place for the table of functions")?;
    let (there, after) = rest.split_once(end).ok_or("the table of functions has no end")?;
    let table = functions();
    if there == table {
        return Ok(());
    }
    if std::env::var_os("UPDATE").is_none() {
        let (there, table): (Vec<&str>, Vec<&str>) = (there.lines().collect(), table.lines().collect());
        return Err(format!("docs/language.md: the table of functions is an old one\n{}", diff(&there, &table)));
    }
    std::fs::write(&file, [before, begin, &table, end, after].concat()).map_err(|error| error.to_string())
}

/// The functions of the language as a table, in the order of the program's own.
fn functions() -> String {
    let mut text = "\n| function | what it is |\n|---|---|\n".to_owned();
    for row in TABLE.iter().filter(|row| row.form == Form::Function) {
        let _ = writeln!(text, "| `{}` | {} |", row.name, row.says.replace('|', "\\|"));
    }
    text + "\n"
}

/// Whether a command names the file of a block before another block takes its name.
fn is_used(block: &Block, after: &[Block], lines: &[&str]) -> bool {
    let until = after.iter().position(|next| next.path == block.path).unwrap_or(after.len());
    let commands = after.iter().take(until).flat_map(|next| next.commands(lines));
    commands.into_iter().any(|command| words(&command.text).iter().any(|word| Some(word) == block.path.as_ref()))
}

/// Whether another scheme of the file extends that of a block, or chooses from its changes.
fn is_extended(block: &Block, blocks: &[Block], lines: &[&str]) -> bool {
    let Some(file) = block.path.as_deref().and_then(|path| path.rsplit('/').next()) else { return false };
    let names = |line: &&str| {
        let from = || line.strip_prefix("vary change").and_then(|rest| rest.split_once("from \""));
        line.split_once("extends \"")
            .or_else(from)
            .is_some_and(|(_, rest)| rest.split('"').next().and_then(|path| path.rsplit('/').next()) == Some(file))
    };
    let others = blocks.iter().filter(|other| other.kind == "rules" && other.start != block.start);
    others.flat_map(|other| lines.get(other.start..other.end).unwrap_or(&[])).any(names)
}

/// Where the commands of a file run.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// In a fresh folder, with the files that the blocks hold.
    Fresh,
    /// At the root of the repository; no file is written.
    Root,
}

/// A fenced block.
struct Block {
    /// The first word behind the fence.
    kind: String,
    /// The second.
    path: Option<String>,
    /// The line behind the opening fence, from 0.
    start: usize,
    /// The line of the closing fence.
    end: usize,
}

/// A command of a `console` block.
struct Case {
    /// The command without `$`, in one line.
    text: String,
    /// The first line of the expected output.
    output: usize,
    /// The line behind the expected output.
    end: usize,
}

impl Block {
    fn commands(&self, lines: &[&str]) -> Vec<Case> {
        let mut cases: Vec<Case> = Vec::new();
        if self.kind != "console" {
            return cases;
        }
        let mut open = false;
        for at in self.start..self.end {
            let line = lines.get(at).copied().unwrap_or("");
            match (cases.last_mut(), line.strip_prefix("$ ")) {
                (Some(case), _) if open => {
                    let _ = write!(case.text, " {}", line.trim().trim_end_matches('\\'));
                    case.output = at + 1;
                    case.end = at + 1;
                }
                (_, Some(command)) => {
                    cases.push(Case { text: command.trim_end_matches('\\').to_owned(), output: at + 1, end: at + 1 });
                }
                (Some(case), None) => {
                    case.end = at + 1;
                    continue;
                }
                (None, None) => continue,
            }
            open = line.ends_with('\\');
        }
        cases
    }
}

fn blocks(lines: &[&str]) -> Result<Vec<Block>, String> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, Block)> = None;
    for (at, line) in lines.iter().enumerate() {
        let ticks = line.chars().take_while(|&c| c == '`').count();
        let info = line.trim_start_matches('`').trim();
        match &mut open {
            Some((fence, _)) if ticks >= *fence && info.is_empty() => {
                if let Some((_, block)) = open.take() {
                    blocks.push(Block { end: at, ..block });
                }
            }
            None if ticks >= 3 && !info.contains('`') => {
                let mut words = info.split_whitespace().map(str::to_owned);
                let (kind, path) = (words.next().unwrap_or_default(), words.next());
                open = Some((ticks, Block { kind, path, start: at + 1, end: at + 1 }));
            }
            _ => {}
        }
    }
    match open {
        Some((_, block)) => Err(format!("the block at line {} has no end", block.start)),
        None => Ok(blocks),
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn shown(file: &Path) -> String {
    file.strip_prefix(root()).unwrap_or(file).display().to_string()
}

fn read(file: &Path) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", shown(file)))
}

/// The Markdown files under a folder of the repository, sorted.
fn files_under(folder: &str) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        if !folder.exists() {
            continue;
        }
        let entries = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", shown(&folder)))?;
        for entry in entries {
            let path = entry.map_err(|error| error.to_string())?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn run_all(files: &[PathBuf], place: Place) -> Result<(), String> {
    let mut failed = Vec::new();
    for file in files {
        if let Err(error) = run_file(file, place) {
            failed.push(format!("── {}\n{error}", shown(file)));
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    // An error of a test is printed with its line breaks escaped.
    eprintln!("{}", failed.join("\n"));
    Err(format!("{} of {} files failed; `UPDATE=1` writes what came into them", failed.len(), files.len()))
}

fn run_file(file: &Path, place: Place) -> Result<(), String> {
    let text = read(file)?;
    let lines: Vec<&str> = text.lines().collect();
    let fresh = tempfile::tempdir().map_err(|error| error.to_string())?;
    let folder = if place == Place::Fresh { fresh.path() } else { root() };
    let mut report = String::new();
    let mut made: Vec<String> = Vec::new();
    let mut copied = 0;
    for block in blocks(&lines)? {
        if let (Place::Fresh, Some(path)) = (place, &block.path)
            && FILES.contains(&block.kind.as_str())
        {
            let body = lines.get(block.start..block.end).unwrap_or(&[]);
            write_block(&folder.join(path), &block.kind, body)?;
        }
        for case in block.commands(&lines) {
            let wanted = lines.get(case.output..case.end).unwrap_or(&[]);
            let came = run(&case.text, folder)?;
            let came: Vec<&str> = came.lines().collect();
            if wanted != came.as_slice() {
                let _ = writeln!(report, "line {}: $ {}\n{}", case.output, case.text, diff(wanted, &came));
            }
            made.extend(lines.get(copied..case.output).unwrap_or(&[]).iter().map(|&line| line.to_owned()));
            made.extend(came.iter().map(|&line| line.to_owned()));
            copied = case.end;
        }
    }
    if report.is_empty() {
        return Ok(());
    }
    if std::env::var_os("UPDATE").is_none() {
        return Err(report);
    }
    made.extend(lines.get(copied..).unwrap_or(&[]).iter().map(|&line| line.to_owned()));
    std::fs::write(file, made.join("\n") + "\n").map_err(|error| error.to_string())
}

fn write_block(path: &Path, kind: &str, body: &[&str]) -> Result<(), String> {
    let bytes = if kind == "hex" {
        hex(&body.concat()).ok_or_else(|| format!("{}: not pairs of hexadecimal digits", path.display()))?
    } else {
        body.iter().flat_map(|line| line.bytes().chain(*b"\n")).collect()
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    }
    std::fs::write(path, bytes).map_err(|error| error.to_string())
}

fn hex(digits: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> =
        digits.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_digit(16)).collect::<Option<_>>()?;
    digits
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(high * 16 + low).ok(),
            _ => None,
        })
        .collect()
}

/// The output of a command in a folder.
fn run(command: &str, folder: &Path) -> Result<String, String> {
    let words = words(command);
    match words.split_first().map(|(program, args)| (program.as_str(), args)) {
        Some(("rules", args)) => run_rules(args, folder),
        Some(("cat", [file])) => std::fs::read_to_string(folder.join(file)).map_err(|error| format!("{file}: {error}")),
        _ => Err(format!("`{command}` is neither `rules …` nor `cat FILE`")),
    }
}

fn run_rules(args: &[String], folder: &Path) -> Result<String, String> {
    let output = Command::new(env!("CARGO_BIN_EXE_rules"))
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::null())
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100")
        .env_remove("CLICOLOR_FORCE")
        .env_remove("FORCE_COLOR")
        .env_remove("RUST_BACKTRACE")
        .output()
        .map_err(|error| error.to_string())?;
    let mut text = String::new();
    for part in [&output.stdout, &output.stderr] {
        text.push_str(&String::from_utf8_lossy(part));
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
    }
    match output.status.code() {
        Some(0) => {}
        Some(code) => {
            let _ = writeln!(text, "[exit {code}]");
        }
        None => text.push_str("[killed]\n"),
    }
    Ok(text)
}

/// The words of a command: blanks separate them, single and double quotes hold them together.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in command.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '\'' || c == '"' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// What was wanted (`-`) and what came (`+`), by a longest common subsequence of lines.
fn diff(wanted: &[&str], came: &[&str]) -> String {
    let width = came.len() + 1;
    let mut table = vec![0u32; (wanted.len() + 1) * width];
    let at = |i: usize, j: usize| i * width + j;
    let get = |table: &[u32], i: usize, j: usize| table.get(at(i, j)).copied().unwrap_or(0);
    for i in (0..wanted.len()).rev() {
        for j in (0..came.len()).rev() {
            let best = if wanted.get(i) == came.get(j) {
                get(&table, i + 1, j + 1) + 1
            } else {
                get(&table, i + 1, j).max(get(&table, i, j + 1))
            };
            if let Some(cell) = table.get_mut(at(i, j)) {
                *cell = best;
            }
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut text = String::new();
    loop {
        let (a, b) = (wanted.get(i), came.get(j));
        let (sign, line) = match (a, b) {
            (None, None) => return text,
            (Some(line), Some(other)) if line == other => (' ', line),
            (Some(line), other) if other.is_none() || get(&table, i + 1, j) >= get(&table, i, j + 1) => ('-', line),
            (_, Some(line)) => ('+', line),
            (Some(line), None) => ('-', line),
        };
        i += usize::from(sign != '+');
        j += usize::from(sign != '-');
        let _ = writeln!(text, "  {sign} {line}");
    }
}
