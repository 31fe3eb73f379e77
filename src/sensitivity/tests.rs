//! Functions whose indices are known, and what SALib finds on the same samples.

use super::design::Design;
use super::points::{MOST_COORDINATES, Points, Sequence, plain_sobol};
use super::spread::{self, normal, one_of, weighted};
use super::summary::{interval, mean_shift, order, quantile, ranks};
use super::variance::{Variance, divide};
use crate::value::shape::Shape;

fn ishigami(x: &[f64]) -> f64 {
    x[0].sin() + 7.0 * x[1].sin().powi(2) + 0.1 * x[2].powi(4) * x[0].sin()
}

const WEIGHTS: [f64; 4] = [0.0, 1.0, 4.5, 9.0];

fn g(x: &[f64]) -> f64 {
    x.iter().zip(WEIGHTS).map(|(x, a)| ((4.0 * x - 2.0).abs() + a) / (1.0 + a)).product()
}

fn runs(design: &Design, function: fn(&[f64]) -> f64, low: f64, high: f64) -> Vec<Option<f64>> {
    let draw = |run: usize, input| spread::quantile(Shape::Uniform { low, high }, design.coordinate(run, input));
    let value = |run| function(&(0..design.inputs()).map(|input| draw(run, input)).collect::<Vec<_>>());
    (0..design.runs()).map(|run| Some(value(run))).collect()
}

#[track_caller]
fn near(found: f64, wanted: f64, by: f64) {
    assert!((found - wanted).abs() <= by, "{found} is not {wanted} within {by}");
}

/// Of the indices found with many seeds, the share whose intervals hold what is known.
fn coverage(sequence: Sequence, function: fn(&[f64]) -> f64, range: [f64; 2], first: &[f64], total: &[f64]) -> f64 {
    let (mut held, mut all) = (0, 0);
    for seed in 0..30 {
        let design = Design::new(sequence, 512, first.len(), seed).unwrap();
        let [low, high] = range;
        let found = divide(&runs(&design, function, low, high), first.len(), seed);
        assert_eq!(found.shares.len(), first.len());
        for ((share, first), total) in found.shares.iter().zip(first).zip(total) {
            for (found, known) in [(share.first, first), (share.total, total)] {
                // No interval is so wide that it says nothing, and none is far from the truth.
                assert!(found.half < 0.25 && (found.value - known).abs() < 0.3, "{seed}: {found:?} {known}");
                held += usize::from((found.value - known).abs() <= found.half);
                all += 1;
            }
        }
    }
    held as f64 / all as f64
}

#[test]
fn the_indices_of_ishigami_lie_in_their_intervals() {
    // Ishigami and Homma (1990) with a = 7 and b = 0.1; the closed form is that of Saltelli and others (2008).
    let pi = std::f64::consts::PI;
    let alone = (0.5 * (1.0 + 0.1 * pi.powi(4) / 5.0).powi(2), 49.0 / 8.0);
    let both = 0.01 * pi.powi(8) * (1.0 / 18.0 - 1.0 / 50.0);
    let all = alone.0 + alone.1 + both;
    let first = [alone.0 / all, alone.1 / all, 0.0];
    let total = [(alone.0 + both) / all, alone.1 / all, both / all];
    for sequence in [Sequence::Sobol, Sequence::Latin] {
        let held = coverage(sequence, ishigami, [-pi, pi], &first, &total);
        assert!(held >= 0.93, "{sequence:?}: {held}");
    }
    let design = Design::new(Sequence::Sobol, 1024, 3, 1).unwrap();
    let found = divide(&runs(&design, ishigami, -pi, pi), 3, 1);
    near(found.mean, 3.5, 0.05);
    near(found.deviation, all.sqrt(), 0.05);
}

#[test]
fn the_indices_of_the_g_function_lie_in_their_intervals() {
    let parts = WEIGHTS.map(|a| 1.0 / 3.0 / (1.0 + a).powi(2));
    let all = parts.iter().map(|part| 1.0 + part).product::<f64>() - 1.0;
    let first = parts.map(|part| part / all);
    let total = parts.map(|part| part * (all + 1.0) / (1.0 + part) / all);
    let held = coverage(Sequence::Sobol, g, [0.0, 1.0], &first, &total);
    assert!(held >= 0.93, "{held}");
}

fn table(text: &str) -> Vec<Vec<f64>> {
    let row = |line: &str| line.split(',').filter_map(|field| field.parse().ok()).collect();
    text.lines().skip(1).map(row).collect()
}

#[test]
fn salib_finds_the_same_on_the_same_samples() {
    let tables = [
        (include_str!("../../tests/salib/ishigami.csv"), include_str!("../../tests/salib/ishigami-indices.csv"), 3),
        (include_str!("../../tests/salib/g.csv"), include_str!("../../tests/salib/g-indices.csv"), 4),
    ];
    for (samples, indices, inputs) in tables {
        let samples = table(samples);
        let function = if inputs == 3 { ishigami } else { g };
        let values: Vec<Option<f64>> = samples.iter().map(|row| Some(row[inputs])).collect();
        samples.iter().for_each(|row| near(function(&row[..inputs]), row[inputs], 1e-12));
        let found = divide(&values, inputs, 1);
        for (share, wanted) in found.shares.iter().zip(table(indices)) {
            near(share.first.value, wanted[0], 1e-12);
            near(share.total.value, wanted[2], 1e-12);
            // Both are bootstraps, with other draws.
            near(share.first.half / wanted[1], 1.0, 0.25);
            near(share.total.half / wanted[3], 1.0, 0.25);
        }
        assert_eq!(found.shares.len(), inputs);
    }
}

#[test]
fn what_is_missing_is_left_out_and_what_never_varies_has_no_indices() {
    let values = [Some(1.0), Some(2.0), Some(3.0), Some(1.0), None, Some(2.0), Some(5.0), Some(1.0), Some(2.0)];
    assert_eq!(divide(&values, 1, 1).rows, 2);
    assert_eq!(divide(&[Some(2.0); 9], 1, 1), Variance { rows: 3, mean: 2.0, deviation: 0.0, shares: Vec::new() });
    assert_eq!(divide(&[None; 6], 1, 1).rows, 0);
}

#[test]
fn sobols_sequence_is_that_of_joe_and_kuo() {
    // The points of their own program for three dimensions.
    let wanted = [[0.0, 0.0, 0.0], [0.5, 0.5, 0.5], [0.75, 0.25, 0.25], [0.25, 0.75, 0.75], [0.375, 0.375, 0.625]];
    for (point, wanted) in wanted.iter().enumerate() {
        assert_eq!([0, 1, 2].map(|coordinate| plain_sobol(point, coordinate)), *wanted);
    }
}

#[test]
fn points_are_spread_evenly_in_each_coordinate() {
    for sequence in [Sequence::Sobol, Sequence::Latin] {
        let coordinates = if sequence == Sequence::Sobol { MOST_COORDINATES } else { 5 };
        let points = Points::new(sequence, 256, coordinates, 42).unwrap();
        for coordinate in 0..coordinates {
            let mut seen: Vec<usize> = (0..256).map(|at| (points.at(at, coordinate) * 256.0) as usize).collect();
            seen.sort_unstable();
            assert_eq!(seen, (0..256).collect::<Vec<_>>(), "{sequence:?} {coordinate}");
        }
    }
    assert!(Points::new(Sequence::Sobol, 4, MOST_COORDINATES + 1, 1).is_none());
}

#[test]
fn points_follow_from_the_seed() {
    let points = |seed| {
        let points = Points::new(Sequence::Sobol, 4, 2, seed).unwrap();
        (0..4).map(|at| points.at(at, 1)).collect::<Vec<_>>()
    };
    assert_eq!(points(1), points(1));
    assert_ne!(points(1), points(2));
}

#[test]
fn quantiles_of_distributions() {
    // From tables of the normal distribution, to sixteen digits.
    near(normal(0.975), 1.959_963_984_540_054, 1e-15);
    near(normal(0.001), -3.090_232_306_167_813_5, 1e-14);
    near(normal(1e-12), -7.034_483_825_301_132, 1e-13);
    assert_eq!(normal(0.5), 0.0);
    let cut = Shape::Normal { mean: 0.5, deviation: 0.3, low: 0.0, high: 1.0 };
    near(spread::quantile(cut, 0.5), 0.5, 1e-12);
    assert!(spread::quantile(cut, 1e-9) >= 0.0 && spread::quantile(cut, 1.0 - 1e-9) <= 1.0);
    let free = Shape::Normal { mean: 2.0, deviation: 3.0, low: f64::NEG_INFINITY, high: f64::INFINITY };
    near(spread::quantile(free, 0.975), 2.0 + 3.0 * 1.959_963_984_540_054, 1e-12);
    let peak = Shape::Triangular { low: 0.2, high: 0.8, peak: 0.5 };
    near(spread::quantile(peak, 0.5), 0.5, 1e-12);
    near(spread::quantile(peak, 0.125), 0.35, 1e-12);
    near(spread::quantile(Shape::Triangular { low: 0.0, high: 1.0, peak: 1.0 }, 0.25), 0.5, 1e-12);
    assert_eq!([0.0, 0.3, 0.99].map(|part| one_of(3, part)), [0, 0, 2]);
    assert_eq!([0.0, 0.3, 0.99].map(|part| weighted(&[0.0, 1.0, 3.0, 0.0], part)), [1, 2, 2]);
}

#[test]
fn quantiles_and_ranks_of_values() {
    // R: quantile(c(1, 2, 3, 10), c(.05, .5, .95)), type 7.
    assert_eq!(
        interval(vec![10.0, 1.0, 3.0, 2.0]).map(|found| found.map(|q| (q * 1e6).round() / 1e6)),
        Some([1.15, 2.5, 8.95])
    );
    assert_eq!(quantile(&[], 0.5), None);
    assert_eq!(ranks(&[Some(3), None, Some(5), Some(3), Some(1)]), [Some(2), None, Some(1), Some(2), Some(4)]);
    assert_eq!(mean_shift(&[Some(1), Some(2), None], &[Some(2), Some(5), Some(1)]), Some(2.0));
    assert_eq!(mean_shift(&[None], &[Some(2)]), None);
    let pairs = [(Some(2.0), Some(1.0)), (Some(1.0), Some(1.0)), (None, Some(1.0)), (Some(0.0), Some(1.0))];
    assert_eq!(order(pairs.iter().map(|(a, b)| (a, b))), [1, 1, 1]);
}
