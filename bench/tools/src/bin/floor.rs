//! What reading costs at the least: `floor newlines FILE` counts them, `floor csv FILE` splits records with the `csv`
//! crate. One thread each, and nothing is done with what is found.

use std::fs::File;
use std::io::{self, Read};

fn main() -> io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let count = match words[..] {
        ["newlines", path] => newlines(path)?,
        ["csv", path] => records(path)?,
        _ => return Err(io::Error::other("usage: floor newlines FILE | csv FILE")),
    };
    println!("{count}");
    Ok(())
}

fn newlines(path: &str) -> io::Result<usize> {
    let mut file = File::open(path)?;
    let mut block = vec![0; 256 << 10];
    let mut count = 0;
    loop {
        match file.read(&mut block)? {
            0 => return Ok(count),
            length => count += memchr::memchr_iter(b'\n', &block[..length]).count(),
        }
    }
}

fn records(path: &str) -> io::Result<usize> {
    let delimiter = if path.contains("events") { b'\t' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(delimiter)
        .quoting(delimiter == b',')
        .buffer_capacity(256 << 10)
        .from_path(path)?;
    let mut record = csv::ByteRecord::new();
    let mut count = 0;
    while reader.read_byte_record(&mut record)? {
        count += 1;
    }
    Ok(count)
}
