//! Distributions, by their quantile functions: a coordinate between 0 and 1 becomes a draw.

/// A distribution of real numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Spread {
    /// Evenly over a range.
    Uniform {
        /// Its lower end.
        low: f64,
        /// Its upper end.
        high: f64,
    },
    /// Normal; cut off at its bounds, where it has any, so that what lies outside is never drawn.
    Normal {
        /// The mean of the whole.
        mean: f64,
        /// The standard deviation of the whole.
        deviation: f64,
        /// Nothing lies below.
        low: f64,
        /// Nothing lies above.
        high: f64,
    },
    /// Rising to a peak, and falling.
    Triangular {
        /// Its lower end.
        low: f64,
        /// Its upper end.
        high: f64,
        /// Where it is highest.
        peak: f64,
    },
}

impl Spread {
    /// The number below which so large a part of all draws lies.
    pub fn quantile(self, part: f64) -> f64 {
        match self {
            Self::Uniform { low, high } => low + part * (high - low),
            Self::Normal { mean, deviation, low, high } => {
                let outside = |bound: f64| below((bound - mean) / deviation);
                let (first, last) = (outside(low), outside(high));
                let part = (first + part * (last - first)).clamp(1e-300, 1.0 - 1e-16);
                (mean + deviation * normal(part)).clamp(low, high)
            }
            Self::Triangular { low, high, peak } => {
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
        2.509_080_928_730_122_6727e3,
        3.343_057_558_358_812_8105e4,
        6.726_577_092_700_870_0853e4,
        4.592_195_393_154_987_1457e4,
        1.373_169_376_550_946_1125e4,
        1.971_590_950_306_551_4427e3,
        1.331_416_678_917_843_7745e2,
        3.387_132_872_796_366_6080e0,
    ],
    [
        5.226_495_278_852_854_561e3,
        2.872_908_573_572_194_2674e4,
        3.930_789_580_009_271_061e4,
        2.121_379_430_158_659_5867e4,
        5.394_196_021_424_751_1077e3,
        6.871_870_074_920_579_0830e2,
        4.231_333_070_160_091_1252e1,
        1.0,
    ],
];
const SIDE: Ratio = [
    [
        7.745_450_142_783_414_0764e-4,
        2.272_384_498_926_918_45833e-2,
        2.417_807_251_774_506_1177e-1,
        1.270_458_252_452_368_38258e0,
        3.647_848_324_763_204_60504e0,
        5.769_497_221_460_691_40550e0,
        4.630_337_846_156_545_29590e0,
        1.423_437_110_749_683_57734e0,
    ],
    [
        1.050_750_071_644_416_84324e-9,
        5.475_938_084_995_344_946e-4,
        1.519_866_656_361_645_71966e-2,
        1.481_039_764_274_800_7459e-1,
        6.897_673_349_851_000_4550e-1,
        1.676_384_830_183_803_84940e0,
        2.053_191_626_637_758_82187e0,
        1.0,
    ],
];
const END: Ratio = [
    [
        2.010_334_399_292_288_13265e-7,
        2.711_555_568_743_487_57815e-5,
        1.242_660_947_388_078_43860e-3,
        2.653_218_952_657_612_30930e-2,
        2.965_605_718_285_048_91230e-1,
        1.784_826_539_917_291_33580e0,
        5.463_784_911_164_114_36990e0,
        6.657_904_643_501_103_77720e0,
    ],
    [
        2.044_263_103_389_939_78564e-15,
        1.421_511_758_316_445_88870e-7,
        1.846_318_317_510_054_68180e-5,
        7.868_691_311_456_132_59100e-4,
        1.487_536_129_085_061_48525e-2,
        1.369_298_809_227_358_05310e-1,
        5.998_322_065_558_879_37690e-1,
        1.0,
    ],
];
