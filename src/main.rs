//! The program `rules`.

fn main() {}
