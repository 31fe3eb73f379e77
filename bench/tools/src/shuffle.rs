//! Shuffles the lines of a file that doesn't fit into memory: the lines go to buckets at random, then each bucket is
//! shuffled by itself. The header stays first.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use crate::random::Random;

/// How many bytes a bucket has, about.
const BUCKET: u64 = 128 << 20;

/// Writes the lines of one file into another in an order that depends on the seed.
pub fn shuffle(from: &Path, to: &Path, seed: u64) -> io::Result<()> {
    let mut random = Random::new(seed);
    let mut lines = BufReader::with_capacity(1 << 20, File::open(from)?);
    let buckets = usize::try_from(fs::metadata(from)?.len() / BUCKET + 1).map_err(io::Error::other)?;
    let paths: Vec<PathBuf> = (0..buckets).map(|bucket| to.with_extension(format!("bucket{bucket}"))).collect();
    let mut out = BufWriter::with_capacity(1 << 20, File::create(to)?);
    let mut line = Vec::new();
    lines.read_until(b'\n', &mut line)?;
    out.write_all(&line)?;
    scatter(&mut lines, &paths, &mut random)?;
    for path in &paths {
        shuffle_bucket(path, &mut random, &mut out)?;
        fs::remove_file(path)?;
    }
    out.flush()
}

fn scatter(lines: &mut impl BufRead, paths: &[PathBuf], random: &mut Random) -> io::Result<()> {
    let open = |path: &PathBuf| File::create(path).map(BufWriter::new);
    let mut files = paths.iter().map(open).collect::<io::Result<Vec<_>>>()?;
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 {
        files[random.below(paths.len())].write_all(&line)?;
        line.clear();
    }
    files.iter_mut().try_for_each(Write::flush)
}

fn shuffle_bucket(path: &Path, random: &mut Random, out: &mut impl Write) -> io::Result<()> {
    let mut bytes = Vec::new();
    File::open(path)?.read_to_end(&mut bytes)?;
    let mut lines: Vec<&[u8]> = bytes.split_inclusive(|&byte| byte == b'\n').collect();
    for at in (1..lines.len()).rev() {
        lines.swap(at, random.below(at + 1));
    }
    lines.iter().try_for_each(|line| out.write_all(line))
}
