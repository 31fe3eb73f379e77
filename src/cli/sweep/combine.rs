//! The cells of all runs of a sweep: those of an index together, with the swept parameters as its first dimensions.

use super::runs::{Runs, widened, widest};
use crate::cli::eval::without_cells;
use crate::cli::session::{Session, Step};
use crate::compile::Compiled;
use crate::diag::{Code, Diagnostic};
use crate::eval::{IndexCells, Outcome};
use crate::plan::{Dim, Index};
use crate::value::{Ty, Type, Value};

/// The most cells of all runs together.
const MOST_CELLS: usize = 10_000_000;

/// The cells of the wanted indices over all runs.
#[derive(Clone)]
pub struct Combined {
    indices: Vec<IndexCells>,
    size: usize,
}

impl Combined {
    /// The indices without cells. Their values must be of one kind in all runs; no dimension has the name of a parameter.
    pub fn new(session: &mut Session, compiled: &Compiled, wanted: &[usize], runs: &Runs) -> Step<Self> {
        let mut indices = Vec::new();
        for mut index in wanted.iter().filter_map(|&at| without_cells(&compiled.plan, at)) {
            let ty = joined(index.index, runs, |index| Some(&index.ty));
            let dims = (0..index.dims.len()).map(|at| joined(index.index, runs, |index| Some(&index.dims.get(at)?.ty)));
            let Some((ty, dims)) = ty.zip(dims.collect::<Option<Vec<Ty>>>()) else {
                let name = compiled.plan.indices.get(index.index).map_or("", |index| &*index.name);
                let message = format!("the values of `{name}` are of one type in some runs, and of another in others");
                let error = Diagnostic::error(Code::Usage, runs.places.of_all(), message);
                return session.fail(error.help("sweep over these values one after the other"));
            };
            index.ty = ty;
            index.dims.iter_mut().zip(dims).for_each(|(dim, ty)| dim.ty = ty);
            index.dims = runs.dims.iter().cloned().chain(index.dims).collect();
            indices.push(index);
        }
        Ok(Self { indices, size: 0 })
    }

    /// The indices with the cells so far.
    pub fn cells(&self) -> &[IndexCells] {
        &self.indices
    }

    /// The indices with their cells.
    pub fn into_cells(self) -> Vec<IndexCells> {
        self.indices
    }

    /// Takes the cells of a run.
    pub fn take(&mut self, session: &mut Session, runs: &Runs, at: usize, mut outcome: Outcome) -> Step<()> {
        runs.filtered.apply(&mut outcome);
        let of_run: usize = outcome.results.iter().map(|result| result.cells.len()).sum();
        self.size += of_run;
        // After the first run it is known how many cells there will be, about.
        let expected = if at == 0 { of_run.saturating_mul(runs.plans.len()) } else { self.size };
        if expected > MOST_CELLS {
            let message = format!("the runs have more than {MOST_CELLS} cells together");
            let error = Diagnostic::error(Code::Usage, runs.places.of_all(), message);
            return session
                .fail(error.help("give fewer values, or pick indices with `--index` and cells with `--where`"));
        }
        let params = runs.keys.get(at).map_or(&[][..], Vec::as_slice);
        for result in outcome.results {
            let Some(index) = self.indices.iter_mut().find(|index| index.index == result.index) else { continue };
            let own = index.dims.get(params.len()..).unwrap_or(&[]);
            index.cells.reserve(result.cells.len());
            for (key, value) in result.cells {
                let value = widened(value, &result.ty.base, &index.ty.base);
                let cell = placed(params, key, &result.dims, own).zip(value);
                let Some(cell) = cell else {
                    let message = format!("a value has too many digits in the run {}", runs.shown(at));
                    let error = Diagnostic::error(Code::Usage, runs.places.of_all(), message);
                    return session.fail(error.help("sweep over values with as many places, or round them"));
                };
                index.cells.push(cell);
            }
        }
        Ok(())
    }
}

/// The parameters of a run, and the values of dimensions behind them in the places of wider types.
fn placed(params: &[Value], key: Vec<Value>, from: &[Dim], to: &[Dim]) -> Option<Vec<Value>> {
    let mut all = Vec::with_capacity(params.len() + key.len());
    all.extend_from_slice(params);
    for (value, (from, to)) in key.into_iter().zip(from.iter().zip(to)) {
        all.push(widened(value, &from.ty.base, &to.ty.base)?);
    }
    Some(all)
}

/// The type of a part of an index that holds its values in all runs; none where they are of several kinds.
fn joined<'r>(index: usize, runs: &'r Runs, part: impl Fn(&'r Index) -> Option<&'r Ty>) -> Option<Ty> {
    let types: Vec<&Ty> = runs.plans.iter().filter_map(|plan| part(plan.indices.get(index)?)).collect();
    let base = widest(types.iter().map(|ty| &ty.base));
    let number = |ty: &Type| matches!(ty, Type::Number(_));
    let of_kind = |ty: &&Ty| ty.base == base || (number(&ty.base) && number(&base));
    types.iter().all(of_kind).then(|| Ty { optional: types.iter().any(|ty| ty.optional), base: base.clone() })
}
