//! Operations over a dimension: cells beside the others of their group. What is known of a group is computed once and
//! joined to its cells; along time, cells are joined to those before them.

mod time;
mod winsorise;

use super::ast::{Cte, Expr, Infix, Join, Name, Select, Source, SqlType};
use super::calls::real;
use super::cells::{Cells, plain, same_cell};
use super::names::Names;
use super::scope::Scope;
use super::score::as_column;
use super::shape::{COUNT_DIGITS, Field, Kind, Number, Term};
use super::totals::counted;
use super::{Obstacle, Translation};
use crate::builtin::Builtin;
use crate::plan::over::{Filling, Reference, Ties};
use crate::plan::{Dim, Expr as PlanExpr, ExprKind, Function, Index, Operation, Over};
use crate::value::decimal::{self, QUOTIENT_PLACES};
use crate::value::{Ty, Type, Value};

/// What an operation works on.
struct Work<'p> {
    /// The result.
    index: &'p Index,
    /// The index whose cells it takes.
    source: &'p Index,
    over: &'p Over,
    /// The cells of the source.
    cells: Cells,
    /// More columns of theirs that belong to what a group has in common.
    more: Vec<(Field, Dim)>,
}

/// The table of the cells themselves in a query, and that of their groups.
const CELLS: &str = "c";
const GROUPS: &str = "g";

impl Work<'_> {
    fn alias(of: &str) -> Option<Name> {
        Some(Name::from(of))
    }

    /// The dimensions that a group has in common, and what else it has.
    fn keys(&self) -> Vec<(Field, Dim)> {
        let dims = self.cells.dims.iter().cloned().zip(self.source.dims.iter().cloned());
        let kept = dims.enumerate().filter(|(at, _)| *at != self.over.along).map(|(_, pair)| pair);
        kept.chain(self.more.iter().cloned()).collect()
    }

    /// The value of the cell itself.
    fn value(&self, alias: &str) -> Term {
        self.cells.value.term(Self::alias(alias).as_ref())
    }

    fn along(&self, alias: &str) -> Term {
        let field = self.cells.dims.get(self.over.along);
        field.map_or_else(|| Term::null(Kind::Text), |field| field.term(Self::alias(alias).as_ref()))
    }

    /// Whether the rows of two tables are of the same group; none where all cells are.
    fn same_group(&self, one: &str, other: &str) -> Option<Expr> {
        let keys = self.keys();
        let (fields, dims): (Vec<Field>, Vec<Dim>) = keys.into_iter().unzip();
        let terms =
            |alias: &str| fields.iter().map(|field| field.term(Self::alias(alias).as_ref())).collect::<Vec<_>>();
        let (one, other) = (terms(one), terms(other));
        (!dims.is_empty()).then(|| same_cell(one.iter().zip(other), &dims))
    }

    /// The groups joined to the cells: each cell beside its own.
    fn with_groups(&self, groups: Source) -> Join {
        match self.same_group(CELLS, GROUPS) {
            Some(same) => Join::Left(groups, same),
            None => Join::Cross(groups),
        }
    }

    /// The columns of the cells' dimensions.
    fn dims(&self, alias: &str) -> Vec<(Expr, Name)> {
        columns(&self.cells.dims, alias)
    }

    /// Names beside those of the cells.
    fn names(&self) -> Names {
        let mut names = Names::default();
        let fields = self.cells.dims.iter().chain([&self.cells.value]).chain(self.more.iter().map(|(field, _)| field));
        fields.flat_map(|field| field.names().cloned().collect::<Vec<_>>()).for_each(|name| _ = names.take(&name));
        names
    }
}

/// Fields as columns under their own names.
fn columns(fields: &[Field], alias: &str) -> Vec<(Expr, Name)> {
    let alias = Name::from(alias);
    let both =
        |field: &Field| field.term(Some(&alias)).parts().cloned().zip(field.names().cloned()).collect::<Vec<_>>();
    fields.iter().flat_map(both).collect()
}

impl Translation<'_> {
    /// The cells of an operation over a dimension.
    pub(super) fn over(&mut self, index: &Index, over: &Over) -> Result<Cells, Obstacle> {
        let plan = self.plan;
        let Some(source) = plan.indices.get(over.source) else { return Err(Obstacle::new("an index", index.span)) };
        let cells = self.cells(over.source)?;
        let mut work = Work { index, source, over, cells, more: Vec::new() };
        match &over.operation {
            Operation::Rank { highest_first, ties } => Ok(self.ranked(&work, *highest_first, *ties)),
            Operation::MinMax { from: None, .. } => {
                let ends = [Function::Min, Function::Max].map(|function| self.of_group(&work, function));
                self.beside_group(&work, ends.to_vec(), |this, known, scope| this.min_max(&work, known, scope))
            }
            Operation::MinMax { from: Some((low, high)), .. } => self.by_itself(&work, |this, scope| {
                let ends = vec![this.term(low, scope)?, this.term(high, scope)?];
                this.min_max(&work, ends, scope)
            }),
            Operation::ZScore => self.z_score(&work),
            Operation::Distance { to } => self.distance(&work, to),
            Operation::Winsorise { skewness, kurtosis, at_most } => {
                let limits = winsorise::Limits { skewness: *skewness, kurtosis: *kurtosis, at_most: *at_most };
                Ok(self.winsorised(&work, limits))
            }
            Operation::Fill { function, by } => {
                self.add_keys(&mut work, by)?;
                if *function == Filling::Median { self.fill_median(work) } else { self.fill(&work, *function) }
            }
            _ => self.in_time(&work),
        }
    }

    /// The last step: the cells with their new value.
    fn ended(&mut self, work: &Work<'_>, mut select: Select, value: &Term) -> Cells {
        let ty = value.kind.types().first().copied().unwrap_or(SqlType::Text);
        let name = work.cells.value.name.clone();
        select.columns = work.dims(CELLS);
        select.columns.push((as_column(&value.expr, ty), name.clone()));
        let how = format!("{} of {} over {}", work.over.operation.word(), work.source.name, self.dimension(work));
        let comment = self.comment_of_index(work.index, &how);
        let cte = self.push_index(work.index, comment, select.into());
        Cells { cte, dims: work.cells.dims.clone(), value: Field { kind: value.kind, name, last: None } }
    }

    fn dimension(&self, work: &Work<'_>) -> String {
        work.source.dims.get(work.over.along).map(|dim| dim.name.to_string()).unwrap_or_default()
    }

    /// A common table expression before the last.
    fn push_part(&mut self, work: &Work<'_>, what: &str, comment: &str, select: Select) -> Name {
        let name = self.names.take(&format!("{}_{what}", plain(&work.index.name)));
        let comment = vec![format!("index {}: {comment}", work.index.name)];
        self.ctes.push(Cte { name: name.clone(), comment, body: select.into() });
        name
    }

    /// A new value that the cell's own dimensions and value give.
    fn by_itself(
        &mut self,
        work: &Work<'_>,
        value: impl FnOnce(&mut Self, &mut Scope) -> Result<Term, Obstacle>,
    ) -> Result<Cells, Obstacle> {
        let mut scope = cell_scope(work);
        let value = value(self, &mut scope)?;
        let select = scope.select_from(&work.cells.cte, Some(&CELLS.into()));
        Ok(self.ended(work, select, &value))
    }

    /// A new value that what is known of the group gives.
    fn beside_group(
        &mut self,
        work: &Work<'_>,
        known: Vec<Term>,
        value: impl FnOnce(&mut Self, Vec<Term>, &mut Scope) -> Result<Term, Obstacle>,
    ) -> Result<Cells, Obstacle> {
        let keys = work.keys();
        let fields: Vec<Field> = keys.iter().map(|(field, _)| field.clone()).collect();
        let mut names = work.names();
        let mut select = Select {
            columns: columns(&fields, CELLS),
            from: Some(Source::table(&work.cells.cte).called(CELLS)),
            ..Select::default()
        };
        select.group = select.columns.iter().map(|(expr, _)| expr.clone()).collect();
        let mut found = Vec::new();
        for (at, term) in (1..).zip(known) {
            let name = names.take(&format!("known_{at}"));
            let ty = term.kind.types().first().copied().unwrap_or(SqlType::Text);
            select.columns.push((as_column(&term.expr, ty), name.clone()));
            found.push(Term::one(term.kind, Expr::Column(Some(GROUPS.into()), name)));
        }
        let groups = self.push_part(work, "groups", "what the cells of a group have in common", select);
        let source = Source::table(&groups).called(GROUPS);
        let mut scope = cell_scope(work);
        let value = value(self, found, &mut scope)?;
        let mut select = scope.select_from(&work.cells.cte, Some(&CELLS.into()));
        select.joins.insert(0, work.with_groups(source));
        Ok(self.ended(work, select, &value))
    }

    /// A function of the known values of a group.
    fn of_group(&mut self, work: &Work<'_>, function: Function) -> Term {
        match function {
            Function::Count => counted(work.value(CELLS).expr),
            _ => self.total(function, &work.value(CELLS), &work.source.ty.base),
        }
    }

    /// Places among the known values; those without one have none.
    fn ranked(&mut self, work: &Work<'_>, highest_first: bool, ties: Ties) -> Cells {
        let value = work.value(CELLS).expr;
        let fields: Vec<Field> = work.keys().into_iter().map(|(field, _)| field).collect();
        let mut keys: Vec<Expr> = columns(&fields, CELLS).into_iter().map(|(expr, _)| expr).collect();
        let mut same = keys.clone();
        same.push(value.clone());
        keys.push(Expr::Case(vec![(value.clone().is_known(), Expr::Integer(1))], Some(Box::new(Expr::Integer(0)))));
        let number = |digits| Number { digits, places: 0 };
        let over = |name: &'static str| {
            let order = Some((Box::new(value.clone()), highest_first));
            Expr::Over { of: Box::new(Expr::Call(name, vec![])), keys: keys.clone(), order }
        };
        let whole = |expr: Expr| expr.cast(number(COUNT_DIGITS).ty());
        let tied = Expr::Call("count", vec![Expr::Star]);
        let tied = whole(Expr::Over { of: Box::new(tied), keys: same, order: None });
        let others = || tied.clone().infix(Infix::Subtract, Expr::Integer(1));
        let (place, kind) = match ties {
            Ties::Min => (whole(over("rank")), number(COUNT_DIGITS)),
            Ties::Dense => (whole(over("dense_rank")), number(COUNT_DIGITS)),
            Ties::Max => (whole(over("rank")).infix(Infix::Add, others()), number(COUNT_DIGITS + 1)),
            Ties::Average => {
                let half = others().infix(Infix::Multiply, Expr::Decimal(5, 1));
                (whole(over("rank")).infix(Infix::Add, half), Number { digits: COUNT_DIGITS + 3, places: 1 })
            }
        };
        let place = place.cast(kind.ty()).only_when(value.is_known());
        let from = Some(Source::table(&work.cells.cte).called(CELLS));
        self.ended(work, Select { from, ..Select::default() }, &Term::one(Kind::Number(kind), place))
    }

    /// A value between two ends.
    fn min_max(&mut self, work: &Work<'_>, ends: Vec<Term>, scope: &mut Scope) -> Result<Term, Obstacle> {
        let Operation::MinMax { from, to, places, capped } = &work.over.operation else {
            return Ok(work.value(CELLS));
        };
        let wide = match from {
            Some((low, _)) => low.ty.base.clone(),
            None => work.source.ty.base.clone(),
        };
        scope.operands = [vec![work.value(CELLS)], ends].concat();
        let make = Made { span: work.index.span };
        let own = make.operand(0, &work.source.ty.base);
        let own = if work.source.ty.base == wide { own } else { make.call(Builtin::Widen, vec![own], wide.clone()) };
        let [low, high] = [1, 2].map(|at| make.operand(at, &wide));
        let way = make.call(Builtin::Subtract, vec![own, low.clone()], wide.clone());
        let all = make.call(Builtin::Subtract, vec![high, low], wide);
        let quotient = Type::Number(QUOTIENT_PLACES);
        let mut share = make.call(Builtin::Divide, vec![way, all], quotient.clone());
        if *capped {
            let one = decimal::power_of_ten(QUOTIENT_PLACES).unwrap_or(1);
            let least = make.call(Builtin::Min, vec![share, make.number(one, QUOTIENT_PLACES)], quotient.clone());
            share = make.call(Builtin::Max, vec![least, make.number(0, QUOTIENT_PLACES)], quotient);
        }
        let result = Type::Number(places + QUOTIENT_PLACES);
        let length = make.number(to.1.saturating_sub(to.0), *places);
        let part = make.call(Builtin::Multiply, vec![share, length], result.clone());
        let low = decimal::widen(to.0, *places, places + QUOTIENT_PLACES).unwrap_or(0);
        let from_low = vec![make.number(low, places + QUOTIENT_PLACES), part];
        self.term(&make.call(Builtin::Add, from_low, result), scope)
    }

    fn z_score(&mut self, work: &Work<'_>) -> Result<Cells, Obstacle> {
        let own = work.value(CELLS);
        let square = self.arithmetic(Builtin::Multiply, &[own.clone(), own], Kind::Real);
        let squares = self.sum(&square, square.kind.number());
        let known = vec![self.of_group(work, Function::Count), self.of_group(work, Function::Sum), squares];
        self.beside_group(work, known, |this, known, _| {
            let [count, sum, squares] =
                <[Term; 3]>::try_from(known).unwrap_or_else(|_| [(); 3].map(|()| Term::null(Kind::Real)));
            // Differences need the same places on both sides; a product with a count has those of the other.
            let mut times =
                |a: &Term, b: &Term| this.arithmetic(Builtin::Multiply, &[a.clone(), b.clone()], Kind::Real);
            let (way, of_sum) = (times(&count, &work.value(CELLS)), sum.clone());
            let (all, square) = (times(&count, &squares), times(&sum, &sum));
            let distance = this.arithmetic(Builtin::Subtract, &[way, of_sum], Kind::Real);
            let spread = this.arithmetic(Builtin::Subtract, &[all, square], Kind::Real);
            let root = |expr: Expr| this.dialect.real("sqrt", vec![expr]);
            let n = real(count);
            let of_sample = n.clone().infix(Infix::Subtract, Expr::Real(1.0)).infix(Infix::Divide, n);
            let known = spread.expr.clone().infix(Infix::Greater, Expr::Integer(0));
            let z = real(distance).infix(Infix::Divide, root(real(spread))).infix(Infix::Multiply, root(of_sample));
            Ok(Term::one(Kind::Real, z.only_when(known)))
        })
    }

    fn distance(&mut self, work: &Work<'_>, to: &Reference<PlanExpr>) -> Result<Cells, Obstacle> {
        let own = work.value(CELLS);
        let (reference, places) = match to {
            Reference::Min => (self.of_group(work, Function::Min), None),
            Reference::Max => (self.of_group(work, Function::Max), None),
            Reference::Mean => (self.of_group(work, Function::Mean), Some(QUOTIENT_PLACES)),
            Reference::At(at) => {
                let at = self.term(at, &mut Scope::default())?;
                let same = Expr::all(
                    work.along(CELLS).parts().zip(at.parts()).map(|(a, b)| a.clone().infix(Infix::Equal, b.clone())),
                );
                let one = own.expr.clone().only_when(same.unwrap_or(Expr::Flag(false)));
                (Term::one(own.kind, Expr::Call("max", vec![one])), None)
            }
        };
        let ty = places.map_or_else(|| work.source.ty.base.clone(), Type::Number);
        self.beside_group(work, vec![reference], |this, known, scope| {
            scope.operands = [vec![own], known].concat();
            let make = Made { span: work.index.span };
            let (a, b) = (make.operand(0, &work.source.ty.base), make.operand(1, &ty));
            this.term(&make.call(Builtin::Divide, vec![a, b], Type::Number(QUOTIENT_PLACES)), scope)
        })
    }

    /// Makes columns of what cells have to have in common besides their dimensions.
    fn add_keys(&mut self, work: &mut Work<'_>, by: &[PlanExpr]) -> Result<(), Obstacle> {
        if by.is_empty() {
            return Ok(());
        }
        let mut scope = cell_scope(work);
        let mut names = work.names();
        let mut select = Select { columns: columns(&work.cells.dims, CELLS), ..Select::default() };
        select.columns.extend(columns(std::slice::from_ref(&work.cells.value), CELLS));
        for (at, expr) in (1..).zip(by) {
            let term = self.term(expr, &mut scope)?;
            let field = self.field(&format!("group_{at}"), term.kind, &mut names);
            for ((part, name), ty) in term.parts().zip(field.names()).zip(field.kind.types()) {
                select.columns.push((as_column(part, ty), name.clone()));
            }
            let ty = Ty::optional(expr.ty.base.clone());
            work.more.push((field, Dim { name: format!("group_{at}").into(), ty }));
        }
        let from = scope.select_from(&work.cells.cte, Some(&CELLS.into()));
        let select = Select { columns: select.columns, ..from };
        work.cells.cte = self.push_part(work, "keys", "the group of each cell", select);
        Ok(())
    }

    /// Values are numbered in their order: the one in the middle counts, or the mean of the two.
    fn fill_median(&mut self, mut work: Work<'_>) -> Result<Cells, Obstacle> {
        let fields: Vec<Field> = work.keys().into_iter().map(|(field, _)| field).collect();
        let keys: Vec<Expr> = columns(&fields, CELLS).into_iter().map(|(expr, _)| expr).collect();
        let own = work.value(CELLS);
        let known = own.expr.clone().is_known();
        let one_if_known = Expr::Case(vec![(known, Expr::Integer(1))], Some(Box::new(Expr::Integer(0))));
        let of_known = keys.iter().cloned().chain([one_if_known]).collect();
        let over = |of, keys, order| Expr::Over { of: Box::new(of), keys, order };
        let order = Some((Box::new(own.expr.clone()), false));
        let number = over(Expr::Call("row_number", vec![]), of_known, order);
        let count = over(Expr::Call("count", vec![own.expr.clone()]), keys, None);
        let mut names = work.names();
        let (at, n) = (names.take("number"), names.take("known"));
        let more = work.more.iter().map(|(field, _)| field);
        let all: Vec<Field> = work.cells.dims.iter().chain([&work.cells.value]).chain(more).cloned().collect();
        let mut select = Select { columns: columns(&all, CELLS), ..Select::default() };
        select.columns.extend([(number, at.clone()), (count, n.clone())]);
        select.from = Some(Source::table(&work.cells.cte).called(CELLS));
        work.cells.cte = self.push_part(&work, "order", "the cells of each group in the order of their values", select);
        let column = |name: &Name| Expr::Column(Some(CELLS.into()), name.clone());
        let twice = column(&at).infix(Infix::Multiply, Expr::Integer(2));
        let behind = |by: i64| column(&n).infix(Infix::Add, Expr::Integer(by));
        let middle = |from: i64| {
            let there = Expr::In(Box::new(twice.clone()), vec![behind(from), behind(from + 1)]);
            let there = own.expr.clone().is_known().infix(Infix::And, there);
            Term::one(own.kind, Expr::Call("max", vec![own.expr.clone().only_when(there)]))
        };
        self.beside_group(&work, vec![middle(0), middle(1)], |this, known, _| {
            let sum = this.arithmetic(Builtin::Add, &known, Kind::Real);
            let half = Term::one(Kind::Number(Number { digits: 1, places: 1 }), Expr::Decimal(5, 1));
            let median = this.arithmetic(Builtin::Multiply, &[sum, half], Kind::Real);
            let ty = &work.index.ty.base;
            let arms = vec![(own.expr.clone().is_known(), this.widen(own.clone(), ty))];
            Ok(super::expr::choice(arms, Some(median), ty))
        })
    }

    fn fill(&mut self, work: &Work<'_>, function: Filling) -> Result<Cells, Obstacle> {
        let function = match function {
            Filling::Min => Function::Min,
            Filling::Max => Function::Max,
            _ => Function::Mean,
        };
        let other = self.of_group(work, function);
        let own = work.value(CELLS);
        self.beside_group(work, vec![other], |this, known, _| {
            let ty = &work.index.ty.base;
            let own_wide = this.widen(own.clone(), ty);
            let other = known.into_iter().next().map(|other| this.widen(other, ty));
            let arms = vec![(own.expr.is_known(), own_wide)];
            Ok(super::expr::choice(arms, other, ty))
        })
    }
}

/// What expressions of a cell see.
fn cell_scope(work: &Work<'_>) -> Scope {
    let alias = Name::from(CELLS);
    let mut scope = Scope::default();
    scope.aliases.take(CELLS);
    scope.aliases.take(GROUPS);
    scope.dims = work.cells.dims.iter().map(|dim| dim.term(Some(&alias))).collect();
    scope
}

/// Makes expressions of the plan.
struct Made {
    span: crate::source::Span,
}

impl Made {
    fn expr(&self, kind: ExprKind, base: Type) -> PlanExpr {
        PlanExpr { kind, ty: Ty::optional(base), span: self.span }
    }

    fn operand(&self, at: usize, base: &Type) -> PlanExpr {
        self.expr(ExprKind::Operand(at), base.clone())
    }

    fn number(&self, units: i128, places: u8) -> PlanExpr {
        self.expr(ExprKind::Const(Value::Number(units)), Type::Number(places))
    }

    fn call(&self, builtin: Builtin, args: Vec<PlanExpr>, base: Type) -> PlanExpr {
        self.expr(ExprKind::Call(builtin, args), base)
    }
}
