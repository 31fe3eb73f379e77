//! The decision table of the ZEN engine: the first rule that fits, compiled before.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use serde_json::{Value, json};
use zen_engine::model::GraphContent;
use zen_engine::{Decision, Variable};

use crate::{Row, SCALE};

/// The table, ready.
pub struct Table(Decision);

impl Table {
    pub fn new() -> Self {
        let offices = SCALE.iter().map(|(office, points)| (format!("\"{office}\""), *points));
        let mut rules: Vec<Value> = Vec::new();
        for (office, points) in offices.chain([(String::new(), 1.0)]) {
            for (venue, factor) in [("\"third\"", 0.5), ("", 1.0)] {
                let (id, points) = (format!("r{}", rules.len()), format!("{}", points * factor));
                rules.push(json!({ "_id": id, "office": office, "venue": venue, "points": points }));
            }
        }
        let column = |name: &str| json!([{ "id": name, "name": name, "field": name }]);
        let inputs = [column("office"), column("venue")].map(|mut column| column[0].take());
        let content = json!({ "hitPolicy": "first", "inputs": inputs, "outputs": column("points"), "rules": rules });
        let graph: GraphContent = serde_json::from_value(json!({
            "nodes": [
                { "id": "in", "name": "in", "type": "inputNode", "content": {} },
                { "id": "dt", "name": "dt", "type": "decisionTableNode", "content": content },
                { "id": "out", "name": "out", "type": "outputNode", "content": {} }
            ],
            "edges": [
                { "id": "e1", "sourceId": "in", "targetId": "dt" },
                { "id": "e2", "sourceId": "dt", "targetId": "out" }
            ]
        }))
        .expect("the graph is right");
        let mut decision = Decision::from(graph);
        decision.compile();
        Table(decision)
    }

    /// What a row is worth.
    pub fn rate(&self, (office, venue): &Row) -> f64 {
        let mut row = zen_types::variable::VariableMap::with_capacity(2);
        row.insert(Variable::key("office"), Variable::String((*office).into()));
        row.insert(Variable::key("venue"), Variable::String((*venue).into()));
        let response = ready(self.0.evaluate(Variable::from_object(row))).expect("a rule fits");
        match response.result.dot("points") {
            Some(Variable::Number(points)) => f64::try_from(points).expect("points are few"),
            other => panic!("{other:?}"),
        }
    }
}

/// The value of a future that waits for nothing.
fn ready<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a table waits for nothing"),
    }
}
