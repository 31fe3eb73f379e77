//! The account of a run: what became of each record, row and unit, as tables that add up and as JSON.

use std::io::{self, Write};
use std::sync::Arc;

use serde::Serialize;

use super::inputs::Read;
use crate::eval::{IndexAccount, Outcome, PolicyAccount, ScoreAccount};
use crate::plan::Plan;
use crate::report::layout::{Align, Sheet, text};
use crate::value::column::InputAccount;

/// What became of everything that was read.
#[derive(Debug, Serialize)]
pub struct Account {
    inputs: Vec<InputLine>,
    scores: Vec<ScoreLine>,
    indices: Vec<IndexAccount>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    policies: Vec<PolicyAccount>,
}

#[derive(Debug, Serialize)]
struct InputLine {
    input: Arc<str>,
    file: Arc<str>,
    #[serde(flatten)]
    account: InputAccount,
}

#[derive(Debug, Serialize)]
struct ScoreLine {
    score: String,
    rows: u64,
    expanded: u64,
    restored: Vec<StepLine>,
    no_period: u64,
    dropped: Vec<StepLine>,
    absorbed: Vec<StepLine>,
    scored: u64,
}

#[derive(Debug, Serialize)]
struct StepLine {
    step: String,
    rows: u64,
}

impl Account {
    /// The account of a run on these tables.
    pub fn new(plan: &Plan, read: &Read, outcome: &Outcome) -> Self {
        let inputs = plan.inputs.iter().zip(&read.tables).filter_map(|(input, table)| {
            let table = table.as_ref()?;
            let (input, file) = (Arc::clone(&input.schema.name), Arc::clone(&table.file));
            Some(InputLine { input, file, account: table.account })
        });
        Self {
            inputs: inputs.collect(),
            scores: outcome.scores.iter().map(ScoreLine::new).collect(),
            indices: outcome.indices.iter().map(named).collect(),
            policies: outcome.policies.iter().map(of_policy).collect(),
        }
    }

    /// Writes the account as tables.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        for (at, sheet) in self.sheets().iter().enumerate() {
            if at > 0 {
                writeln!(out)?;
            }
            out.write_all(text(sheet).as_bytes())?;
        }
        Ok(())
    }

    /// The tables.
    pub fn sheets(&self) -> Vec<Sheet> {
        let inputs = self.inputs.iter().map(|line| {
            let account = line.account;
            let counts = [account.read, account.rejected, account.repeated, account.kept];
            (vec![line.input.to_string(), line.file.to_string()], counts.to_vec())
        });
        let mut sheets = vec![table(&["input", "file", "read", "= rejected", "+ repeated", "+ kept"], inputs)];
        sheets.extend(self.scores.iter().map(|score| table(&["score", "", "rows"], score.lines().into_iter())));
        sheets.extend((!self.indices.is_empty()).then(|| self.of_indices()));
        sheets.extend((!self.policies.is_empty()).then(|| self.of_policies()));
        sheets
    }

    fn of_indices(&self) -> Sheet {
        let indices = self.indices.iter().map(|line| {
            let counts = [line.scored, line.no_value, line.failing, line.outside, line.in_cells];
            (vec![line.index.clone(), line.score.clone()], counts.to_vec())
        });
        let heads = ["index", "of", "scored", "= without a value", "+ failing where", "+ outside in", "+ in cells"];
        table(&heads, indices)
    }

    /// What became of missing and extreme values.
    fn of_policies(&self) -> Sheet {
        let policies = self.policies.iter().map(|line| {
            let counts = [line.known, line.missing, line.filled, line.changed, line.left];
            (vec![line.index.clone(), format!("{}: {}", line.source, line.policy)], counts.to_vec())
        });
        let heads = ["index", "policy for", "known", "missing", "filled", "changed", "missing after"];
        table(&heads, policies)
    }
}

/// An aggregation inside a formula has the name of its index, and a number that means nothing to the reader.
fn named(account: &IndexAccount) -> IndexAccount {
    let index = account.index.split('#').next().unwrap_or(&account.index).to_owned();
    IndexAccount { index, ..account.clone() }
}

fn of_policy(account: &PolicyAccount) -> PolicyAccount {
    let name = |name: &str| name.split('#').next().unwrap_or(name).to_owned();
    PolicyAccount { index: name(&account.index), source: name(&account.source), ..account.clone() }
}

impl ScoreLine {
    fn new(account: &ScoreAccount) -> Self {
        let steps = |steps: &[(String, u64)]| {
            steps.iter().map(|(step, rows)| StepLine { step: step.clone(), rows: *rows }).collect::<Vec<_>>()
        };
        Self {
            score: account.score.clone(),
            rows: account.rows,
            expanded: account.expanded,
            restored: steps(&account.restored),
            no_period: account.no_period,
            dropped: steps(&account.dropped),
            absorbed: steps(&account.absorbed),
            scored: account.scored,
        }
    }

    /// What came in, then where it went; the two parts are equal.
    fn lines(&self) -> Vec<(Vec<String>, Vec<u64>)> {
        let mut lines = vec![("rows of the input".to_owned(), self.rows)];
        let mut add = |sign: &str, what: &str, steps: &[StepLine]| {
            lines.extend(steps.iter().map(|line| (format!("{sign} {what} {}", line.step), line.rows)));
        };
        if self.expanded > 0 {
            add("+", "more rows by", &[StepLine { step: "periods".to_owned(), rows: self.expanded }]);
        }
        if self.restored.iter().any(|line| line.rows > 0) {
            add("+", "put back by", &self.restored);
        }
        add("-", "dropped by", &self.dropped);
        if self.no_period > 0 {
            add("-", "in no", &[StepLine { step: "period".to_owned(), rows: self.no_period }]);
        }
        add("-", "absorbed by", &self.absorbed);
        lines.push(("= scored".to_owned(), self.scored));
        let named = |(at, (what, rows)): (usize, (String, u64))| {
            let score = if at == 0 { self.score.clone() } else { String::new() };
            (vec![score, what], vec![rows])
        };
        lines.into_iter().enumerate().map(named).collect()
    }
}

fn table(heads: &[&str], rows: impl Iterator<Item = (Vec<String>, Vec<u64>)>) -> Sheet {
    let rows: Vec<Vec<String>> =
        rows.map(|(words, counts)| words.into_iter().chain(counts.iter().map(u64::to_string)).collect()).collect();
    let aligns = (0..heads.len()).map(|at| if at < 2 { Align::Left } else { Align::Point }).collect();
    let heads = heads.iter().map(|&head| head.to_owned()).collect();
    Sheet { heads, aligns, rows }
}
