//! Cases whose rows are units of their own and whose steps ask for texts, flags and days: each step is taken once for each
//! combination of those.

use crate::data::{Input, PARTNERS};
use crate::rng::Rng;
use crate::scheme::Case;

/// The case of a seed.
pub fn case(seed: u64) -> Case {
    let rng = &mut Rng::new(seed);
    Case { scheme: scheme(rng), inputs: vec![events(rng), weights()] }
}

fn scheme(rng: &mut Rng) -> String {
    let conditions = [
        "known(first) and known(second)",
        "(first else \"\") != (second else \"\")",
        "loud else no",
        "month(day) > 2000-06",
        "known(weights(code).weight)",
        "code != \"02\" or (loud else yes)",
        "(first else \"x\") < (second else \"y\")",
    ];
    let values = [
        "weights(code).weight else 0",
        "weights(code).weight",
        "case { 2.5 when loud else no, 1 otherwise }",
        "1",
        "case { weights(code).weight else 1 when known(first), -1 otherwise }",
    ];
    let mut steps = Vec::new();
    if rng.chance(30) {
        steps.push("let near = (first else \"\") = (second else \"\")".to_owned());
    }
    for label in ["one", "two"] {
        if rng.chance(60) {
            let when = if rng.chance(30) { format!(" when {}", rng.pick(&conditions)) } else { String::new() };
            steps.push(format!("{label}: keep {}{when}", rng.pick(&conditions)));
        }
    }
    let value = *rng.pick(&values);
    steps.push(format!("points: value {value}"));
    if value == "weights(code).weight" {
        steps.push("there: keep known(value)".to_owned());
    }
    if rng.chance(40) {
        steps.push(format!("more: times 2 when {}", rng.pick(&conditions)));
    }
    if rng.chance(30) {
        steps.push("three: keep value > 0".to_owned());
    }
    let distinct = rng.pick(&["", "  distinct id\n", "  unique id\n"]);
    let filter = rng.pick(&[
        "",
        " where (first else \"\") != (second else \"\")",
        " where month(day) > 2000-03",
        " where value > 1",
    ]);
    format!(
        "scheme generated \"Events\"\n\ninput event {{\n  id number\n  day date\n  first text?\n  second text?\n  code text\n  \
         loud flag?\n{distinct}}}\n\ninput weights {{\n  code text\n  weight number(1)?\n  unique code\n}}\n\n\
         score act from event {{\n  {}\n}}\n\n\
         by least(first else \"-\", second else \"-\") as one, greatest(first else \"x\", second else \"-\") as other, month(day) as month {{\n  \
         index net = sum act{filter}\n  index acts = count act{filter}\n}}\n\
         index most = max act by code, (first else \"-\") as first\nindex only = min act by year(day) as year, (loud else no) as loud{filter}\n\
         index all = mean act\n",
        steps.join("\n  ")
    )
}

fn events(rng: &mut Rng) -> Input {
    let mut rows = Vec::new();
    for id in 0..rng.between(1, 120) {
        let state = |rng: &mut Rng| if rng.chance(15) { "" } else { *rng.pick(PARTNERS) };
        let (first, second) = (state(rng), state(rng));
        let (month, code, loud) = (rng.between(1, 12), rng.between(1, 5), rng.pick(&["yes", "no", ""]));
        rows.push(format!("{},2000-{month:02}-0{},{first},{second},0{code},{loud}", (id * 7) % 121, 1 + id % 9));
    }
    let header = "id,day,first,second,code,loud".to_owned();
    Input { name: "event".to_owned(), block: String::new(), vars: Vec::new(), header, rows }
}

fn weights() -> Input {
    let rows = ["01,1.5", "02,-3", "03,", "04,0"].map(str::to_owned).to_vec();
    let header = "code,weight".to_owned();
    Input { name: "weights".to_owned(), block: String::new(), vars: Vec::new(), header, rows }
}
