//! Makes the data: `generate contacts ROWS SEED FILE`, `generate shuffle FILE SEED FILE` or
//! `generate events ROWS SEED WEIGHTS STATES FILE`.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use tools::events::Codes;
use tools::{contacts, events, shuffle};

const USAGE: &str =
    "usage: generate contacts ROWS SEED FILE | shuffle FILE SEED FILE | events ROWS SEED WEIGHTS STATES FILE";

fn main() -> io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["contacts", rows, seed, to] => {
            let mut out = create(to)?;
            contacts::write(number(rows)?, number(seed)?, &mut out)?;
            out.flush()
        }
        ["shuffle", from, seed, to] => shuffle::shuffle(Path::new(from), Path::new(to), number(seed)?),
        ["events", rows, seed, weights, states, to] => {
            let codes = codes(weights, states)?;
            let mut out = create(to)?;
            events::write(number(rows)?, number(seed)?, &codes, &mut out)?;
            out.flush()
        }
        _ => Err(io::Error::other(USAGE)),
    }
}

fn create(path: &str) -> io::Result<BufWriter<File>> {
    Ok(BufWriter::with_capacity(1 << 20, File::create(path)?))
}

fn number(text: &str) -> io::Result<u64> {
    text.parse().map_err(io::Error::other)
}

/// The codes of the tables that the scheme of the example uses; each has a header.
fn codes(weights: &str, states: &str) -> io::Result<Codes> {
    let pair = |line: &str, delimiter| line.split_once(delimiter).map(|(a, b)| (a.to_owned(), b.to_owned()));
    let events = fs::read_to_string(weights)?.lines().skip(1).filter_map(|line| pair(line, '\t')).collect();
    let states = fs::read_to_string(states)?.lines().skip(1).filter_map(|line| pair(line, ',')).collect::<Vec<_>>();
    Ok(Codes { events, states: states.into_iter().map(|(code, _)| code).collect() })
}
