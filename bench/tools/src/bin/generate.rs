//! `generate contacts ROWS SEED FILE` or `generate shuffle FILE SEED FILE`.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use tools::{contacts, shuffle};

fn main() -> io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["contacts", rows, seed, to] => {
            let mut out = BufWriter::with_capacity(1 << 20, File::create(to)?);
            contacts::write(number(rows)?, number(seed)?, &mut out)?;
            out.flush()
        }
        ["shuffle", from, seed, to] => shuffle::shuffle(Path::new(from), Path::new(to), number(seed)?),
        _ => Err(io::Error::other("usage: generate contacts ROWS SEED FILE | shuffle FILE SEED FILE")),
    }
}

fn number(text: &str) -> io::Result<u64> {
    text.parse().map_err(io::Error::other)
}
