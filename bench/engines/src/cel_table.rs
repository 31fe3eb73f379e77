//! The decision table as an expression of CEL over a map of points, which is a variable; a row is looked up in a resolver,
//! so that no variable is entered for it.

use cel::common::types::CelString;
use cel::common::value::CowVal;
use cel::context::VariableResolver;
use cel::{Context, Program, Value};

use crate::{Row, SCALE};

/// The table, ready.
pub struct Table {
    program: Program,
    context: Context<'static, 'static>,
}

impl Table {
    pub fn new() -> Self {
        let text = "(office in level ? level[office] : 1.0) * (venue == 'third' ? 0.5 : 1.0)";
        let mut context = Context::default();
        let level: std::collections::HashMap<&str, f64> = SCALE.into_iter().collect();
        context.add_variable_from_value("level", level);
        Table { program: Program::compile(text).expect("the expression is right"), context }
    }

    /// What a row is worth.
    pub fn rate(&self, (office, venue): &Row) -> f64 {
        let row = Fields { office: CelString::from(*office), venue: CelString::from(*venue) };
        let mut context = self.context.new_inner_scope();
        context.set_variable_resolver(&row);
        match self.program.execute(&context) {
            Ok(Value::Float(points)) => points,
            other => panic!("{other:?}"),
        }
    }
}

/// The fields of a row.
struct Fields {
    office: CelString<'static>,
    venue: CelString<'static>,
}

impl VariableResolver for Fields {
    fn resolve<'b>(&'b self, name: &str) -> Option<CowVal<'b, 'b>> {
        match name {
            "office" => Some(CowVal::Borrowed(&self.office)),
            "venue" => Some(CowVal::Borrowed(&self.venue)),
            _ => None,
        }
    }
}
