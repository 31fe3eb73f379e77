//! Distributions, by their quantile functions: a coordinate between 0 and 1 becomes a draw.

use crate::value::shape::Shape;

/// The number of a distribution below which so large a part of all draws lies.
pub fn quantile(shape: Shape, part: f64) -> f64 {
    match shape {
        Shape::Uniform { low, high } => low + part * (high - low),
        Shape::Normal { mean, deviation, low, high } => {
            let outside = |bound: f64| below((bound - mean) / deviation);
            let (first, last) = (outside(low), outside(high));
            let part = (first + part * (last - first)).clamp(1e-300, 1.0 - 1e-16);
            (mean + deviation * normal(part)).clamp(low, high)
        }
        Shape::Triangular { low, high, peak } => {
            let (width, rise) = (high - low, peak - low);
            if width <= 0.0 {
                low
            } else if part * width < rise {
                low + libm::sqrt(part * width * rise)
            } else {
                high - libm::sqrt((1.0 - part) * width * (high - peak))
            }
        }
    }
}

/// The part of a standard normal distribution that lies below a number.
fn below(number: f64) -> f64 {
    0.5 * libm::erfc(-number * std::f64::consts::FRAC_1_SQRT_2)
}

/// The place of a draw among equally likely ones.
pub fn one_of(count: u64, part: f64) -> u64 {
    ((part * count as f64) as u64).min(count.saturating_sub(1))
}

/// The place of a draw among weighted ones; those of weight 0 are never drawn.
pub fn weighted(weights: &[f64], part: f64) -> usize {
    let all: f64 = weights.iter().sum();
    let (mut sum, mut last) = (0.0, 0);
    for (at, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
        sum += weight;
        last = at;
        if part * all < sum {
            return at;
        }
    }
    last
}

/// The quantile of the standard normal distribution: algorithm AS 241 of Wichura (1988), exact to about 16 digits.
pub fn normal(part: f64) -> f64 {
    let q = part - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * ratio(r, &MIDDLE);
    }
    let tail = if q < 0.0 { part } else { 1.0 - part };
    let r = libm::sqrt(-libm::log(tail));
    let found = if r <= 5.0 { ratio(r - 1.6, &SIDE) } else { ratio(r - 5.0, &END) };
    if q < 0.0 { -found } else { found }
}

/// Two polynomials, the highest power first.
type Ratio = [[f64; 8]; 2];

fn ratio(x: f64, [above, under]: &Ratio) -> f64 {
    let value = |terms: &[f64; 8]| terms.iter().fold(0.0, |sum, term| sum * x + term);
    value(above) / value(under)
}

const MIDDLE: Ratio = [
    [
        2_509.080_928_730_122_7,
        33_430.575_583_588_13,
        67_265.770_927_008_7,
        45_921.953_931_549_87,
        13_731.693_765_509_46,
        1_971.590_950_306_551_3,
        133.141_667_891_784_38,
        3.387_132_872_796_366_5,
    ],
    [
        5_226.495_278_852_854,
        28_729.085_735_721_943,
        39_307.895_800_092_71,
        21_213.794_301_586_597,
        5_394.196_021_424_751,
        687.187_007_492_057_9,
        42.313_330_701_600_91,
        1.0,
    ],
];
const SIDE: Ratio = [
    [
        0.000_774_545_014_278_341_4,
        0.022_723_844_989_269_184,
        0.241_780_725_177_450_6,
        1.270_458_252_452_368_4,
        3.647_848_324_763_204_5,
        5.769_497_221_460_691,
        4.630_337_846_156_546,
        1.423_437_110_749_683_5,
    ],
    [
        1.050_750_071_644_416_9e-9,
        0.000_547_593_808_499_534_5,
        0.015_198_666_563_616_457,
        0.148_103_976_427_480_08,
        0.689_767_334_985_1,
        1.676_384_830_183_803_8,
        2.053_191_626_637_759,
        1.0,
    ],
];
const END: Ratio = [
    [
        2.010_334_399_292_288_1e-7,
        2.711_555_568_743_487_6e-5,
        0.001_242_660_947_388_078_4,
        0.026_532_189_526_576_124,
        0.296_560_571_828_504_87,
        1.784_826_539_917_291_3,
        5.463_784_911_164_114,
        6.657_904_643_501_103,
    ],
    [
        2.044_263_103_389_939_7e-15,
        1.421_511_758_316_446e-7,
        1.846_318_317_510_054_8e-5,
        0.000_786_869_131_145_613_3,
        0.014_875_361_290_850_615,
        0.136_929_880_922_735_8,
        0.599_832_206_555_888,
        1.0,
    ],
];
