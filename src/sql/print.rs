//! Writes a query as text: laid out for readers, every name and text quoted by the dialect.

use super::ast::{Body, Cte, Expr, From, Infix, Join, Name, Query, Select, Source};
use super::dialect::Dialect;
use crate::value::Value;

/// A line that is no longer stays one.
const WIDTH: usize = 110;

/// The text of a query, with a line break at its end.
pub fn print(query: &Query, dialect: &dyn Dialect) -> String {
    let mut printer = Printer { dialect, out: String::new() };
    query.header.iter().for_each(|line| printer.comment(line));
    if !query.ctes.is_empty() {
        printer.line(0, "WITH");
    }
    for (at, cte) in query.ctes.iter().enumerate() {
        printer.cte(cte, at + 1 == query.ctes.len());
    }
    printer.body(&query.body, 0);
    if !query.order.is_empty() {
        let order: Vec<String> = query.order.iter().map(|expr| printer.expr(expr)).collect();
        printer.line(0, &format!("ORDER BY {}", order.join(", ")));
    }
    if let Some(tail) = dialect.tail() {
        printer.line(0, tail);
    }
    printer.out
}

/// An expression in one line.
pub fn expression(expr: &Expr, dialect: &dyn Dialect) -> String {
    Printer { dialect, out: String::new() }.expr(expr)
}

struct Printer<'d> {
    dialect: &'d dyn Dialect,
    out: String,
}

/// How tightly an expression holds together: a looser one inside a tighter one needs parentheses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tightness {
    Or,
    And,
    Not,
    Comparison,
    Concat,
    Sum,
    Product,
    Atom,
}

fn tightness(expr: &Expr) -> Tightness {
    match expr {
        Expr::Infix(_, infix, _) => tightness_of(*infix),
        Expr::Not(_) => Tightness::Not,
        Expr::IsNull { .. } | Expr::In(..) => Tightness::Comparison,
        // A sign binds differently from engine to engine.
        Expr::Decimal(units, _) if *units < 0 => Tightness::Or,
        Expr::Integer(number) if *number < 0 => Tightness::Or,
        Expr::Real(real) if *real < 0.0 => Tightness::Or,
        _ => Tightness::Atom,
    }
}

fn tightness_of(infix: Infix) -> Tightness {
    match infix {
        Infix::Or => Tightness::Or,
        Infix::And => Tightness::And,
        Infix::Equal
        | Infix::Different
        | Infix::Same
        | Infix::Less
        | Infix::LessOrEqual
        | Infix::Greater
        | Infix::GreaterOrEqual => Tightness::Comparison,
        Infix::Concat => Tightness::Concat,
        Infix::Add | Infix::Subtract => Tightness::Sum,
        Infix::Multiply | Infix::Divide | Infix::WholeDivide | Infix::Remainder | Infix::Div => Tightness::Product,
    }
}

impl Printer<'_> {
    fn line(&mut self, depth: usize, text: &str) {
        self.out.push_str(&"  ".repeat(depth));
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn comment(&mut self, text: &str) {
        let text = harmless(text);
        self.line(0, format!("-- {text}").trim_end());
    }

    fn cte(&mut self, cte: &Cte, last: bool) {
        cte.comment.iter().for_each(|line| self.comment(line));
        let name = self.dialect.name(&cte.name);
        self.line(0, &format!("{name} AS ("));
        self.body(&cte.body, 1);
        self.line(0, if last { ")" } else { ")," });
    }

    fn body(&mut self, body: &Body, depth: usize) {
        match body {
            Body::Select(select) => self.select(select, depth),
            Body::UnionAll(bodies) => {
                for (at, body) in bodies.iter().enumerate() {
                    if at > 0 {
                        self.line(depth, "UNION ALL");
                    }
                    self.body(body, depth);
                }
            }
        }
    }

    fn select(&mut self, select: &Select, depth: usize) {
        let word = if select.distinct { "SELECT DISTINCT" } else { "SELECT" };
        let columns: Vec<String> =
            select.columns.iter().map(|(expr, name)| self.column(expr, name, depth + 1)).collect();
        let all = [self.expr(&Expr::Star)];
        self.list(word, if columns.is_empty() { &all } else { &columns }, depth);
        if let Some(source) = &select.from {
            let source = self.source(source, depth);
            self.line(depth, &format!("FROM {source}"));
        }
        select.joins.iter().for_each(|join| self.join(join, depth));
        if let Some(filter) = &select.filter {
            let filter = self.broken(filter, depth + 1);
            self.line(depth, &format!("WHERE {filter}"));
        }
        if !select.group.is_empty() {
            let keys: Vec<String> = select.group.iter().map(|key| self.broken(key, depth + 1)).collect();
            self.list("GROUP BY", &keys, depth);
        }
        if let Some(having) = &select.having {
            let having = self.broken(having, depth + 1);
            self.line(depth, &format!("HAVING {having}"));
        }
    }

    /// A list behind a word: in one line if it fits, else one a line.
    fn list(&mut self, word: &str, items: &[String], depth: usize) {
        let one = format!("{word} {}", items.join(", "));
        if one.chars().count() + 2 * depth <= WIDTH && !one.contains('\n') {
            return self.line(depth, &one);
        }
        self.line(depth, word);
        for (at, item) in items.iter().enumerate() {
            let comma = if at + 1 == items.len() { "" } else { "," };
            self.line(depth + 1, &format!("{item}{comma}"));
        }
    }

    fn column(&mut self, expr: &Expr, name: &Name, depth: usize) -> String {
        match expr {
            Expr::Column(None, own) if own == name => self.expr(expr),
            _ => {
                let text = self.broken(expr, depth);
                format!("{text} AS {}", self.dialect.name(name))
            }
        }
    }

    fn join(&mut self, join: &Join, depth: usize) {
        let (words, source, on) = match join {
            Join::Left(source, on) => ("LEFT JOIN", source, Some(on)),
            Join::Inner(source, on) => ("INNER JOIN", source, Some(on)),
            Join::Cross(source) => ("CROSS JOIN", source, None),
        };
        let source = self.source(source, depth);
        let on = on.map(|on| format!(" ON {}", self.broken(on, depth + 1))).unwrap_or_default();
        self.line(depth, &format!("{words} {source}{on}"));
    }

    fn source(&mut self, source: &Source, depth: usize) -> String {
        let table = match &source.from {
            From::Table(parts) => parts.iter().map(|part| self.dialect.name(part)).collect::<Vec<_>>().join("."),
            From::Function(call) => self.expr(call),
            From::Configured(call, settings) => {
                let settings: Vec<String> =
                    settings.iter().map(|(name, value)| format!("{name} = {}", self.expr(value))).collect();
                format!("(SELECT * FROM {} SETTINGS {})", self.expr(call), settings.join(", "))
            }
            From::File(form, path) => format!("{form}.{}", self.dialect.name(path)),
            From::Values(rows) => {
                let rows: Vec<String> = rows.iter().map(|row| format!("({})", self.all(row))).collect();
                let one = rows.join(", ");
                if one.chars().count() <= WIDTH {
                    format!("(VALUES {one})")
                } else {
                    let indent = "  ".repeat(depth + 1);
                    format!("(VALUES\n{indent}{}\n{})", rows.join(&format!(",\n{indent}")), "  ".repeat(depth))
                }
            }
            From::Query(body) => self.nested(body, "", depth),
            From::Lateral(body) => self.nested(body, "LATERAL ", depth),
        };
        let Some(alias) = &source.alias else { return table };
        let alias = self.dialect.name(alias);
        if source.columns.is_empty() {
            return format!("{table} AS {alias}");
        }
        let columns: Vec<String> = source.columns.iter().map(|name| self.dialect.name(name)).collect();
        format!("{table} AS {alias} ({})", columns.join(", "))
    }

    fn nested(&mut self, body: &Body, word: &str, depth: usize) -> String {
        let mut inner = Printer { dialect: self.dialect, out: String::new() };
        inner.body(body, depth + 1);
        format!("{word}(\n{}{})", inner.out, "  ".repeat(depth))
    }

    fn all(&self, exprs: &[Expr]) -> String {
        exprs.iter().map(|expr| self.expr(expr)).collect::<Vec<_>>().join(", ")
    }

    /// An expression that breaks into lines where it is long: a `CASE` at its arms, conditions at `AND`.
    fn broken(&self, expr: &Expr, depth: usize) -> String {
        let one = self.expr(expr);
        if one.chars().count() + 2 * depth <= WIDTH {
            return one;
        }
        let indent = format!("\n{}", "  ".repeat(depth + 1));
        match expr {
            Expr::Case(arms, otherwise) => {
                let mut text = "CASE".to_owned();
                for (condition, value) in arms {
                    let (condition, value) = (self.broken(condition, depth + 2), self.broken(value, depth + 2));
                    text.push_str(&format!("{indent}WHEN {condition} THEN {value}"));
                }
                if let Some(otherwise) = otherwise {
                    text.push_str(&format!("{indent}ELSE {}", self.broken(otherwise, depth + 2)));
                }
                text.push_str(&format!("\n{}END", "  ".repeat(depth)));
                text
            }
            Expr::Infix(a, infix @ (Infix::And | Infix::Or), b) => {
                let own = tightness_of(*infix);
                let side = |side: &Expr| {
                    let text = self.broken(side, depth);
                    if tightness(side) < own { format!("({text})") } else { text }
                };
                format!("{}{indent}{} {}", side(a), self.dialect.infix(*infix), side(b))
            }
            Expr::Cast(of, ty) if matches!(**of, Expr::Case(..)) => {
                format!("CAST({} AS {})", self.broken(of, depth), self.dialect.ty(*ty))
            }
            Expr::In(of, among) => {
                let among: Vec<String> = among.iter().map(|one| self.expr(one)).collect();
                format!(
                    "{} IN ({indent}{}\n{})",
                    self.inside(of, Tightness::Sum),
                    among.join(&format!(",{indent}")),
                    "  ".repeat(depth)
                )
            }
            _ => one,
        }
    }

    /// An expression inside another, in parentheses where it is looser.
    fn inside(&self, expr: &Expr, least: Tightness) -> String {
        let text = self.expr(expr);
        if tightness(expr) < least { format!("({text})") } else { text }
    }

    fn expr(&self, expr: &Expr) -> String {
        match expr {
            Expr::Column(None, name) => self.dialect.name(name),
            Expr::Column(Some(table), name) => format!("{}.{}", self.dialect.name(table), self.dialect.name(name)),
            Expr::Text(text) => self.dialect.text(text),
            Expr::Decimal(units, places) => self.dialect.decimal(*units, *places),
            Expr::Integer(number) => number.to_string(),
            Expr::Real(real) => self.real(*real),
            Expr::Flag(flag) => if *flag { "TRUE" } else { "FALSE" }.to_owned(),
            Expr::Day(day) => self.dialect.day(*day),
            Expr::Null => "NULL".to_owned(),
            Expr::Star => "*".to_owned(),
            Expr::Call(name, args) => format!("{name}({})", self.all(args)),
            Expr::Infix(a, infix, b) => self.infix(a, *infix, b),
            Expr::Not(of) => format!("NOT {}", self.inside(of, Tightness::Comparison)),
            Expr::IsNull { of, negated } => {
                let word = if *negated { "IS NOT NULL" } else { "IS NULL" };
                format!("{} {word}", self.inside(of, Tightness::Concat))
            }
            Expr::In(of, among) => format!("{} IN ({})", self.inside(of, Tightness::Concat), self.all(among)),
            Expr::Case(arms, otherwise) => {
                let arms: Vec<String> = arms
                    .iter()
                    .map(|(condition, value)| format!("WHEN {} THEN {}", self.expr(condition), self.expr(value)))
                    .collect();
                let otherwise = otherwise.as_ref().map(|value| format!(" ELSE {}", self.expr(value)));
                format!("CASE {}{} END", arms.join(" "), otherwise.unwrap_or_default())
            }
            Expr::Cast(of, ty) => format!("CAST({} AS {})", self.expr(of), self.dialect.ty(*ty)),
            Expr::Filtered(of, filter) => format!("{} FILTER (WHERE {})", self.expr(of), self.expr(filter)),
            Expr::FirstOf { value, order, descending, filter } => format!(
                "(array_agg({} ORDER BY {}{}) FILTER (WHERE {}))[1]",
                self.expr(value),
                self.expr(order),
                if *descending { " DESC" } else { "" },
                self.expr(filter)
            ),
            Expr::Before { value, keys, order } => format!(
                "{}({}) OVER (PARTITION BY {} ORDER BY {})",
                self.dialect.before(),
                self.expr(value),
                self.all(keys),
                self.expr(order)
            ),
            Expr::Over { of, keys, order } => {
                let mut said = Vec::new();
                if !keys.is_empty() {
                    said.push(format!("PARTITION BY {}", self.all(keys)));
                }
                if let Some((order, descending)) = order {
                    said.push(format!("ORDER BY {}{}", self.expr(order), if *descending { " DESC" } else { "" }));
                }
                format!("{} OVER ({})", self.expr(of), said.join(" "))
            }
            Expr::Collated(of, collation) => {
                format!("{} COLLATE {collation}", self.inside(of, Tightness::Atom))
            }
        }
    }

    fn infix(&self, a: &Expr, infix: Infix, b: &Expr) -> String {
        let own = tightness_of(infix);
        // What stands behind binds from the left, so that an equally tight expression there needs parentheses.
        let behind = |side: &Expr| {
            let chained = matches!(infix, Infix::And | Infix::Or);
            let text = self.expr(side);
            let loose = if chained { tightness(side) < own } else { tightness(side) <= own };
            if loose { format!("({text})") } else { text }
        };
        let loose = tightness(a) < own || (own == Tightness::Comparison && tightness(a) == own);
        let before = if loose { format!("({})", self.expr(a)) } else { self.expr(a) };
        format!("{before} {} {}", self.dialect.infix(infix), behind(b))
    }

    /// A real in its shortest form that reads back as the same, as a real.
    fn real(&self, real: f64) -> String {
        let text = Value::Real(real).format(&crate::value::Type::Real);
        let ty = self.dialect.ty(super::ast::SqlType::Real);
        format!("CAST({} AS {ty})", self.dialect.text(&text))
    }
}

/// A text that can't end a comment or go on behind it: no control characters, no backslash, with which some engines join
/// the next line, and nothing that Spark takes for a variable.
fn harmless(text: &str) -> String {
    let safe = |c: char| match c {
        '\\' => '/',
        c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => ' ',
        c => c,
    };
    text.chars().map(safe).collect::<String>().replace("${", "$ {")
}
