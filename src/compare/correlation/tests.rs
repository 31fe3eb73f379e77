use super::*;

/// A fixed sequence of small numbers, so that there are many ties.
fn sample(seed: u64, count: usize, most: u64) -> Vec<(u64, u64)> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % most
    };
    (0..count).map(|_| (next(), next())).collect()
}

/// Tau-b as it is defined: each two pairs are looked at.
fn plain_kendall(pairs: &[(u64, u64)]) -> Option<f64> {
    let (mut score, mut in_a, mut in_b) = (0i64, 0i64, 0i64);
    for (at, x) in pairs.iter().enumerate() {
        for y in &pairs[..at] {
            let (a, b) = (x.0.cmp(&y.0) as i64, x.1.cmp(&y.1) as i64);
            score += a * b;
            in_a += a * a;
            in_b += b * b;
        }
    }
    (in_a > 0 && in_b > 0).then(|| score as f64 / (in_a as f64 * in_b as f64).sqrt())
}

/// Rho as it is defined: Pearson's correlation of mean ranks.
fn plain_spearman(pairs: &[(u64, u64)]) -> Option<f64> {
    let rank = |values: &[u64], value: u64| {
        let below = values.iter().filter(|other| **other < value).count() as f64;
        let equal = values.iter().filter(|other| **other == value).count() as f64;
        below + (equal + 1.0) / 2.0
    };
    let ranks = |values: Vec<u64>| values.iter().map(|value| rank(&values, *value)).collect::<Vec<f64>>();
    let (a, b) = (ranks(pairs.iter().map(|p| p.0).collect()), ranks(pairs.iter().map(|p| p.1).collect()));
    let mean = (pairs.len() as f64 + 1.0) / 2.0;
    let spread = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>();
    let below = (spread(&a, &a) * spread(&b, &b)).sqrt();
    (below > 0.0).then(|| spread(&a, &b) / below)
}

fn near(found: Option<f64>, expected: Option<f64>) -> bool {
    match (found, expected) {
        (Some(found), Some(expected)) => (found - expected).abs() < 1e-12,
        (found, expected) => found == expected,
    }
}

fn zip(a: &[u64], b: &[u64]) -> Vec<(u64, u64)> {
    a.iter().copied().zip(b.iter().copied()).collect()
}

#[test]
fn published_examples() {
    // The examples of `scipy.stats.kendalltau` and `scipy.stats.spearmanr` in the documentation of SciPy.
    let found = kendall(&zip(&[12, 2, 1, 12, 2], &[1, 4, 7, 1, 0]));
    assert!(near(found, Some(-0.471_404_520_791_031_73)), "{found:?}");
    let found = spearman(&zip(&[1, 2, 3, 4, 5], &[5, 6, 7, 8, 7]));
    assert!(near(found, Some(0.820_782_681_668_123_3)), "{found:?}");
    // Nine lots of tuna, from Hollander and Wolfe (1973), page 187: also the example of `cor.test` in R.
    let grade = [444, 459, 419, 533, 447, 441, 507, 452, 601];
    let panel = [26, 31, 25, 50, 36, 40, 52, 28, 38];
    assert!(near(kendall(&zip(&grade, &panel)), Some(4.0 / 9.0)));
}

#[test]
fn both_are_what_their_definitions_say() {
    for (seed, count, most) in (0..200).map(|seed| (seed, 2 + seed as usize % 40, 1 + seed % 13)) {
        let pairs = sample(seed, count, most);
        assert!(near(kendall(&pairs), plain_kendall(&pairs)), "{pairs:?}");
        assert!(near(spearman(&pairs), plain_spearman(&pairs)), "{pairs:?}");
    }
}

#[test]
fn equal_and_opposite_orders_are_exactly_one() {
    let pairs = sample(7, 500, 40);
    let same: Vec<(u64, u64)> = pairs.iter().map(|pair| (pair.0, pair.0 * 3 + 1)).collect();
    let opposite: Vec<(u64, u64)> = pairs.iter().map(|pair| (pair.0, 100 - pair.0)).collect();
    assert_eq!((spearman(&same), kendall(&same)), (Some(1.0), Some(1.0)));
    assert_eq!((spearman(&opposite), kendall(&opposite)), (Some(-1.0), Some(-1.0)));
}

#[test]
fn the_order_of_the_pairs_is_of_no_matter() {
    let pairs = sample(11, 300, 25);
    let mut turned = pairs.clone();
    turned.reverse();
    turned.rotate_left(77);
    assert_eq!(spearman(&pairs).map(f64::to_bits), spearman(&turned).map(f64::to_bits));
    assert_eq!(kendall(&pairs).map(f64::to_bits), kendall(&turned).map(f64::to_bits));
}

#[test]
fn without_any_order_there_is_none() {
    for pairs in [vec![], vec![(1, 2)], zip(&[1, 1, 1], &[1, 2, 3]), zip(&[1, 2, 3], &[4, 4, 4])] {
        assert_eq!((spearman(&pairs), kendall(&pairs)), (None, None), "{pairs:?}");
    }
}

#[test]
fn many_pairs_overflow_nothing() {
    let pairs: Vec<(u64, u64)> = (0..200_000).map(|at| (at, at ^ 1)).collect();
    assert!(spearman(&pairs).is_some_and(|rho| rho > 0.999_999 && rho < 1.0));
    assert!(kendall(&pairs).is_some_and(|tau| tau > 0.999_98 && tau < 1.0));
}
