//! Whatever the files hold, the program ends with one of its exit codes and says why.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic, and so may what only tests call")]

mod numbers;

use clap::Parser;
use numbers::Numbers;
use rules::cli::{self, args::Cli};

const SCHEME: &str = include_str!("../rules/engagement.rules");
const OVERLAYS: [&str; 3] = [
    include_str!("../rules/generous.rules"),
    include_str!("../rules/no-absorption.rules"),
    include_str!("../rules/visits-once-a-tour.rules"),
];
const DATA: &str = include_str!("../examples/belarus-latin-america/contact.csv");

/// The text with some of its bytes changed, taken out, doubled or put in.
fn spoiled(text: &str, numbers: &mut Numbers) -> Vec<u8> {
    const PIECES: [&[u8]; 16] = [
        b"\"",
        b"{",
        b"}",
        b",",
        b"\r",
        b"\n",
        b"\t",
        b"\0",
        b"\xff",
        b"..",
        b"->",
        b"?",
        b"9999999999999999999999",
        "\u{202e}".as_bytes(),
        "\u{feff}".as_bytes(),
        "e\u{301}北".as_bytes(),
    ];
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(bytes.len());
        let end = (at + numbers.below(40)).min(bytes.len());
        let piece: Vec<u8> = match numbers.below(4) {
            0 => Vec::new(),
            1 => bytes[at..end].repeat(2),
            _ => PIECES[numbers.below(PIECES.len())].to_vec(),
        };
        let end = if piece.is_empty() { end } else { at + numbers.below(2).min(end - at) };
        bytes.splice(at..end, piece);
    }
    bytes
}

fn run(args: &[&str]) {
    let cli = Cli::parse_from([&["rules"], args].concat());
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = cli::run(&cli, &mut out, &mut err);
    assert!(exit == cli::Exit::Done || !err.is_empty() || !out.is_empty(), "{args:?}: {exit:?} without a reason");
    let err = String::from_utf8(err).unwrap();
    assert!(!err.contains("this is a bug"), "{args:?}: {err}");
}

#[test]
fn spoiled_schemes_and_data_end_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let (scheme, data) = (folder.path().join("s.rules"), folder.path().join("contact.csv"));
    let (scheme_path, data_path) = (scheme.to_str().unwrap(), data.to_str().unwrap());
    std::fs::write(&data, DATA).unwrap();
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    for _ in 0..300 {
        std::fs::write(&scheme, spoiled(SCHEME, &mut numbers)).unwrap();
        run(&["check", scheme_path, data_path, "--color", "never"]);
    }
    std::fs::write(&scheme, SCHEME).unwrap();
    for _ in 0..300 {
        std::fs::write(&data, spoiled(DATA, &mut numbers)).unwrap();
        run(&["eval", scheme_path, data_path, "--index", "contacts", "--color", "always"]);
    }
}

#[test]
fn spoiled_overlays_end_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let (base, overlay, data) =
        (folder.path().join("engagement.rules"), folder.path().join("o.rules"), folder.path().join("contact.csv"));
    let (path, data_path) = (overlay.to_str().unwrap(), data.to_str().unwrap());
    let root = folder.path().to_str().unwrap();
    std::fs::write(&data, DATA).unwrap();
    let mut numbers = Numbers(0xBB67_AE85_84CA_A73B);
    for round in 0..60 {
        let text = OVERLAYS[numbers.below(OVERLAYS.len())];
        let spoil_base = round % 3 == 0;
        std::fs::write(&base, if spoil_base { spoiled(SCHEME, &mut numbers) } else { SCHEME.into() }).unwrap();
        std::fs::write(&overlay, if spoil_base { text.into() } else { spoiled(text, &mut numbers) }).unwrap();
        run(&["check", path, data_path, "--root", root, "--color", "never"]);
        run(&["test", path, "--root", root]);
    }
}

#[test]
fn schemes_that_end_early_end_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let scheme = folder.path().join("s.rules");
    for end in (0..SCHEME.len()).step_by(23) {
        std::fs::write(&scheme, &SCHEME.as_bytes()[..end]).unwrap();
        run(&["test", scheme.to_str().unwrap(), "--root", "/"]);
    }
}
