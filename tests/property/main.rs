//! The engine and the reference interpreter, held against each other on generated schemes and data.
//!
//! `RULES_PROPERTY_CASES` is the number of cases, `RULES_PROPERTY_SEED` the first seed.

#[cfg(test)]
mod data;
#[cfg(test)]
mod delegations;
#[cfg(test)]
mod events;
#[cfg(test)]
mod expr;
#[cfg(test)]
mod index;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod over;
#[cfg(test)]
mod overlay;
#[cfg(test)]
mod pieces;
#[cfg(test)]
mod rng;
#[cfg(test)]
mod run;
#[cfg(test)]
mod scheme;
#[cfg(test)]
mod score;
#[cfg(test)]
mod shares;
#[cfg(test)]
mod sweep;

use run::End;
use scheme::Case;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn both_evaluators_give_the_same_whatever_the_order_of_rows() {
    let (first, cases) = (number("RULES_PROPERTY_SEED", 0), number("RULES_PROPERTY_CASES", 300));
    let mut results = 0;
    for seed in first..first + cases {
        let case = Case::new(seed);
        let end = run::compare(&case, seed);
        assert!(end.is_ok(), "seed {seed}: {}\n\n{}", end.unwrap_err(), run::show(&case));
        results += u64::from(end == Ok(End::Results));
    }
    assert!(results * 2 >= cases, "only {results} of {cases} cases have results: the generator makes too many errors");
}

#[test]
fn a_run_on_pieces_gives_the_same_or_gives_up() {
    let (first, cases) = (number("RULES_PROPERTY_SEED", 0), number("RULES_PROPERTY_CASES", 300) / 2);
    let (mut results, mut errors, mut inputs, mut aside) = (0, 0, 0, 0);
    for seed in first..first + 3 * cases {
        let case = match seed % 3 {
            0 => Case::new(seed),
            1 => delegations::case(seed),
            _ => events::case(seed),
        };
        let ends = pieces::compare(&case, seed);
        assert!(ends.is_ok(), "seed {seed}: {}\n\n{}", ends.unwrap_err(), run::show(&case));
        let ends = ends.unwrap();
        (results, errors, inputs) = (results + ends.results, errors + ends.errors, inputs + ends.inputs);
        aside += ends.aside;
    }
    assert!(
        results > errors && errors > 0 && inputs > cases * 5 && aside > cases * 100,
        "{results} results, {errors} errors, {inputs} inputs, {aside} bytes put aside"
    );
}

#[test]
fn shares_of_a_difference_are_what_their_definition_says() {
    let (first, cases) = (number("RULES_PROPERTY_SEED", 0), number("RULES_PROPERTY_CASES", 300) / 3);
    let mut ends = Vec::new();
    for seed in first..first + cases {
        let case = Case::new(seed);
        let end = shares::compare(&case, seed);
        assert!(end.is_ok(), "seed {seed}: {}\n\n{}", end.unwrap_err(), run::show(&case));
        ends.extend(end);
    }
    let some = |end: shares::End| ends.iter().filter(|found| **found == end).count() as u64;
    assert!(some(shares::End::Shares) * 3 >= cases, "{ends:?}");
    assert!(some(shares::End::Together) >= 1, "{ends:?}");
}

#[test]
fn settings_that_are_run_together_give_what_each_gives_alone() {
    let (first, cases) = (number("RULES_PROPERTY_SEED", 0), number("RULES_PROPERTY_CASES", 300) / 3);
    let (mut settings, mut alone, mut errors, mut counted) = (0, 0, 0, 0);
    for seed in first..first + cases {
        let case = Case::new(seed);
        let end = sweep::compare(&case, seed);
        assert!(end.is_ok(), "seed {seed}: {}\n\n{}", end.unwrap_err(), run::show(&case));
        let end = end.unwrap();
        settings += end.settings as u64;
        alone += end.alone as u64;
        errors += end.errors as u64;
        counted += u64::from(end.counted);
    }
    assert!(settings >= cases * 4, "only {settings} settings in {cases} cases");
    assert!(counted * 10 >= cases, "only {counted} of {cases} cases could be run on counts");
    // Those with errors must be run alone; of the others hardly any should.
    assert!(alone <= errors + settings / 20, "{alone} of {settings} settings were run alone, {errors} have errors");
}

#[test]
fn settings_of_journeys_give_what_each_gives_alone() {
    let (first, cases) = (number("RULES_PROPERTY_SEED", 0), number("RULES_PROPERTY_CASES", 300) / 2);
    let (mut settings, mut alone, mut errors) = (0, 0, 0);
    for seed in first..first + cases {
        let case = delegations::journeys(seed);
        let end = sweep::compare(&case, seed);
        assert!(end.is_ok(), "seed {seed}: {}\n\n{}", end.unwrap_err(), run::show(&case));
        let end = end.unwrap();
        settings += end.settings;
        alone += end.alone;
        errors += end.errors;
    }
    assert!(errors * 2 < settings, "{errors} of {settings} settings have errors: the generator makes too many");
    assert!(alone <= errors + settings / 20, "{alone} of {settings} settings were run alone, {errors} have errors");
}

#[test]
fn every_cell_is_what_its_ledger_adds_up_to() {
    let (first, cases) = (number("RULES_PROPERTY_SEED", 0), number("RULES_PROPERTY_CASES", 300) / 6);
    let mut cells = 0;
    for seed in first..first + cases {
        let case = Case::new(seed);
        let setting = run::setting(&case).unwrap();
        let held = ledger::hold(&setting, 1).and_then(|held| ledger::rows_hold(&setting).map(|()| held));
        assert!(held.is_ok(), "seed {seed}: {}\n\n{}", held.unwrap_err(), run::show(&case));
        cells += held.unwrap();
    }
    assert!(cells >= cases * 20, "only {cells} cells in {cases} cases");
}

#[test]
fn every_cell_of_the_examples_is_what_its_ledger_adds_up_to() {
    let examples = [
        ("engagement", "belarus-latin-america", 600),
        ("engagement", "russia-latin-america", 400),
        ("goldstein", "gdelt", 2000),
        ("hdi", "hdi", 5000),
        ("trade", "trade", 250),
        ("us-missions", "us-missions", 20_000),
        ("us-travels", "us-travels", 3_000),
    ];
    for (scheme, folder, cells) in examples {
        let held = ledger::hold(&ledger::example(&format!("{scheme}.rules"), folder), 1);
        assert!(held.as_ref().is_ok_and(|held| *held >= cells), "{folder}: {held:?}");
    }
}
