//! A case: a scheme and the files of its inputs.

use crate::data::{self, Input, RANKS};
use crate::expr::Tools;
use crate::index;
use crate::rng::Rng;
use crate::score;

/// A scheme and its data.
#[derive(Debug, Clone)]
pub struct Case {
    /// The text of the scheme.
    pub scheme: String,
    /// Its inputs, in the order declared.
    pub inputs: Vec<Input>,
}

impl Case {
    /// The case of a seed.
    pub fn new(seed: u64) -> Self {
        let rng = &mut Rng::new(seed);
        let mut tools = Tools { trouble: rng.chance(15), ..Tools::default() };
        let mut inputs = vec![data::contacts(rng, tools.trouble)];
        if rng.chance(50) {
            inputs.push(data::missions(rng));
        }
        let makers = [data::weights, data::tenures, data::countries];
        for make in makers {
            if rng.chance(60) {
                tools.keyed.push(make(rng));
            }
        }
        let params = params(rng, &mut tools);
        let scales = scales(rng, &mut tools);
        let from = inputs.iter().enumerate();
        let mut scores: Vec<_> =
            from.map(|(at, input)| score::score(rng, &format!("score{at}"), input, &tools)).collect();
        if rng.chance(30) {
            scores.push(score::score(rng, "another", &inputs[0], &tools));
        }
        let indices = index::indices(rng, &scores, &tools);
        inputs.extend(tools.keyed);
        let blocks: String = inputs.iter().map(|input| input.block.as_str()).collect();
        let scores: String = scores.iter().map(|score| score.block.as_str()).collect();
        let scheme = format!("scheme generated \"Seed {seed}\"\n\n{blocks}{params}{scales}{scores}{indices}");
        Self { scheme, inputs }
    }

    /// The same with the rows of its files in another order.
    pub fn shuffled(&self, seed: u64) -> Self {
        let rng = &mut Rng::new(seed);
        let mut other = self.clone();
        other.inputs.iter_mut().for_each(|input| rng.shuffle(&mut input.rows));
        other
    }
}

fn params(rng: &mut Rng, tools: &mut Tools) -> String {
    let mut text = String::new();
    for (name, value, places) in [("half", "0.5 in 0..1", 1), ("bonus", "2", 0), ("slight", "-0.25", 2)] {
        if rng.chance(60) {
            text += &format!("param {name} = {value} \"a number\"\n");
            tools.params.push((name.to_owned(), places));
        }
    }
    if rng.chance(40) {
        text += "param horizon = 2009-02-28\n";
        tools.horizon = Some("horizon".to_owned());
    }
    text
}

fn scales(rng: &mut Rng, tools: &mut Tools) -> String {
    let mut text = String::new();
    if tools.trouble || rng.chance(75) {
        let (entries, optional) = match if tools.trouble { 3 } else { rng.below(4) } {
            0 => ("  5 \"president\"\n  2.5 \"minister*\", \"envoy\"\n  1 otherwise\n".to_owned(), false),
            1 => ("  5 \"president\"\n  -3 \"minister of trade\"\n  missing otherwise\n".to_owned(), true),
            2 => (
                "  4 \"pres*\"\n  2 \"minister\"\n  0.5 \"m*\"\n  0.2 \"minister of t*\"\n  1 otherwise\n".to_owned(),
                false,
            ),
            // A word that isn't on this one is an error of data, which happens, but seldom.
            _ => (RANKS.iter().enumerate().map(|(at, rank)| format!("  {at}.5 \"{rank}\"\n")).collect(), false),
        };
        text += &format!("scale level {{\n{entries}}}\n");
        tools.ranks.push(("level".to_owned(), 1, optional));
    }
    if rng.chance(50) {
        let (entries, optional) = match rng.below(3) {
            0 => ("  -1 under 0\n  0.5 0..<2.5\n  2 from 2.5\n", false),
            1 => ("  1 0..2\n  3 3\n  0 otherwise\n", false),
            _ => ("  1 from 1\n  missing otherwise\n", true),
        };
        text += &format!("scale band {{\n{entries}}}\n");
        tools.bands.push(("band".to_owned(), 1, optional));
    }
    if rng.chance(40) {
        let (otherwise, optional) = if rng.chance(50) { ("missing", true) } else { ("\"low\"", false) };
        text += &format!("scale group {{\n  \"high\" \"president\", \"minister*\"\n  {otherwise} otherwise\n}}\n");
        tools.groups.push(("group".to_owned(), optional));
    }
    text
}
