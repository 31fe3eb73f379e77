//! What a run may use of the machine: threads and memory.

use std::num::NonZeroUsize;

use clap::Args;

/// What a run may use of the machine. The results are the same whatever it is.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct Resources {
    /// Works with so many threads; without it, with one for each core.
    #[arg(long, value_name = "N", value_parser = threads, help_heading = "Resources")]
    pub threads: Option<NonZeroUsize>,

    /// Holds about so much in memory at most, and puts what is more on disk: `512MB`, `2GiB`. Without it, half of what
    /// the machine has.
    #[arg(long, value_name = "SIZE", value_parser = size, help_heading = "Resources")]
    pub memory: Option<u64>,
}

impl Resources {
    /// How many threads.
    pub fn threads(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        self.threads.map_or_else(cores, NonZeroUsize::get)
    }

    /// How many bytes of memory; `None` where the user sets no bound and the machine's memory isn't known.
    pub fn memory(&self) -> Option<u64> {
        self.memory.or_else(|| memory_there().map(|bytes| bytes / 2))
    }
}

/// The memory that the program may have: the machine's, or less where its group of processes is bounded.
fn memory_there() -> Option<u64> {
    let machine = read("/proc/meminfo").as_deref().and_then(total);
    let bound = read("/sys/fs/cgroup/memory.max").and_then(|text| text.trim().parse().ok());
    machine.into_iter().chain(bound).min()
}

#[expect(clippy::disallowed_methods, reason = "the system says in files what it has")]
fn read(path: &str) -> Option<String> {
    std::fs::read_to_string(path).ok()
}

/// The bytes of a line like `MemTotal:       24610560 kB`.
fn total(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// Units of memory: those of powers of 1000, and those of powers of 1024.
const UNITS: [(&str, u64); 10] = [
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("k", 1 << 10),
    ("m", 1 << 20),
    ("g", 1 << 30),
    ("b", 1),
];

/// Less than this leaves no room for the blocks that are read.
const LEAST: u64 = 16 << 20;

fn threads(written: &str) -> Result<NonZeroUsize, String> {
    written.parse().map_err(|_| "expected how many threads, at least 1".to_owned())
}

fn size(written: &str) -> Result<u64, String> {
    let lower = written.trim().to_ascii_lowercase();
    let found = UNITS.iter().find_map(|&(unit, bytes)| Some((lower.strip_suffix(unit)?.trim_end(), bytes)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let bytes = match found {
        Some((number, unit)) if digits(number) => {
            number.parse::<u64>().ok().and_then(|number| number.checked_mul(unit))
        }
        None if digits(&lower) => return Err(format!("of what? write a unit behind it: `{lower}MB` or `{lower}GB`")),
        _ => return Err("expected a whole number and a unit: `512MB`, `2GiB`".to_owned()),
    };
    match bytes {
        None => Err("no machine has so much".to_owned()),
        Some(bytes) if bytes < LEAST => Err(format!("that is too little: `{}MiB` is the least", LEAST >> 20)),
        Some(bytes) => Ok(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        for (written, bytes) in [
            ("512MB", 512_000_000),
            ("2GiB", 2 << 30),
            ("64 mib", 64 << 20),
            ("3g", 3 << 30),
            ("20000000b", 20_000_000),
        ] {
            assert_eq!(size(written), Ok(bytes), "{written}");
        }
        for (written, why) in [
            ("512", "write a unit"),
            ("MB", "expected"),
            ("1.5GB", "expected"),
            ("-1GB", "expected"),
            ("much", "expected"),
            ("99999999999GB", "so much"),
            ("1MB", "too little"),
        ] {
            assert!(size(written).is_err_and(|found| found.contains(why)), "{written}");
        }
    }

    #[test]
    fn the_memory_of_the_machine_is_read() {
        assert_eq!(total("Foo: 1 kB\nMemTotal:       24610560 kB\nMemFree: 2 kB\n"), Some(24_610_560 * 1024));
        assert_eq!(total("MemTotal: many\n"), None);
        let given = Resources { threads: NonZeroUsize::new(3), memory: Some(7) };
        assert_eq!((given.threads(), given.memory()), (3, Some(7)));
        assert!(Resources::default().threads() > 0);
    }
}
