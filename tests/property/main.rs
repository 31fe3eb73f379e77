//! The engine and the reference interpreter, held against each other on generated schemes and data.
//!
//! `RULES_PROPERTY_CASES` is the number of cases, `RULES_PROPERTY_SEED` the first seed.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

#[cfg(test)]
mod data;
#[cfg(test)]
mod expr;
#[cfg(test)]
mod index;
#[cfg(test)]
mod rng;
#[cfg(test)]
mod run;
#[cfg(test)]
mod scheme;
#[cfg(test)]
mod score;

use run::End;
use scheme::Case;

/// Seeds on which the evaluators once disagreed.
const ONCE_WRONG: &[u64] = &[];

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// The cases that end with results, of those of these seeds.
fn with_results(seeds: impl Iterator<Item = u64>) -> u64 {
    let mut results = 0;
    for seed in seeds {
        let case = Case::new(seed);
        let end = run::compare(&case, seed);
        assert!(end.is_ok(), "seed {seed}: {}\n\n{}", end.unwrap_err(), run::show(&case));
        results += u64::from(end == Ok(End::Results));
    }
    results
}

#[test]
fn both_evaluators_give_the_same_whatever_the_order_of_rows() {
    let (first, cases) = (number("RULES_PROPERTY_SEED", 0), number("RULES_PROPERTY_CASES", 300));
    let results = with_results(first..first + cases);
    assert!(results * 2 > cases, "only {results} of {cases} cases have results: the generator makes too many errors");
}

#[test]
fn what_was_wrong_once_stays_right() {
    with_results(ONCE_WRONG.iter().copied());
}

#[test]
#[ignore]
fn survey() {
    let mut counts: std::collections::BTreeMap<String, (u64, u64)> = Default::default();
    for seed in 0..number("RULES_PROPERTY_CASES", 300) {
        let case = Case::new(seed);
        let end = std::panic::catch_unwind(|| run::compare(&case, seed)).unwrap_or(Err("panic".into()));
        let key = match end {
            Ok(end) => format!("{end:?}"),
            Err(text) => text.lines().take(2).collect::<Vec<_>>().join(" | ").chars().take(150).collect(),
        };
        let entry = counts.entry(key).or_insert((0, seed));
        entry.0 += 1;
    }
    for (key, (n, seed)) in counts {
        println!("{n:4} seed {seed:4} {key}");
    }
}
