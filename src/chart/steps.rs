//! From one value to another, step by step: a waterfall that runs down the page.

use super::digits::drawn;
use super::marks::{Anchor, BLUE, Canvas, GREY, INK, PALE, RED, widest};
use super::rows::Rows;
use super::{Number, Table};

/// The way from one value to another.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Steps {
    /// What the values are.
    pub value: String,
    /// Where it begins: a name, and the value.
    pub from: (String, Number),
    /// The steps, whose values add up.
    pub steps: Vec<Step>,
    /// Where it ends.
    pub to: (String, Number),
}

/// A step.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Step {
    /// What makes it.
    pub name: String,
    /// What it adds, or takes if it is negative.
    pub change: Number,
}

/// The change with its sign.
fn signed(change: &Number, text: &str) -> String {
    if text.starts_with('-') || change.at == 0.0 { text.to_owned() } else { format!("+{text}") }
}

impl Steps {
    pub(super) fn description(&self) -> String {
        let (from, to) = (&self.from, &self.to);
        let (labels, ends) = self.labels();
        let steps = self.steps.iter().zip(&labels);
        let steps: Vec<String> = steps.map(|(step, label)| format!("{} {label}", step.name)).collect();
        format!("From {} ({}) to {} ({}): {}.", ends[0], from.0, ends[1], to.0, steps.join(", "))
    }

    /// What is drawn for the steps, and for both ends.
    fn labels(&self) -> (Vec<String>, [String; 2]) {
        let changes = drawn(&self.steps.iter().map(|step| &step.change).collect::<Vec<&Number>>());
        let changes = self.steps.iter().zip(changes).map(|(step, text)| signed(&step.change, &text)).collect();
        let mut ends = drawn(&[&self.from.1, &self.to.1]).into_iter();
        (changes, [(); 2].map(|()| ends.next().unwrap_or_default()))
    }

    pub(super) fn table(&self) -> Table {
        let end = |(name, value): &(String, Number)| vec![name.clone(), String::new(), value.text.clone()];
        let steps = self
            .steps
            .iter()
            .map(|step| vec![step.name.clone(), signed(&step.change, &step.change.text), String::new()]);
        Table {
            heads: ["", "change", "value"].map(str::to_owned).to_vec(),
            words: 1,
            rows: [end(&self.from)].into_iter().chain(steps).chain([end(&self.to)]).collect(),
        }
    }

    pub(super) fn draw(&self, canvas: &mut Canvas) {
        let names = self.steps.iter().map(|step| step.name.as_str());
        let names: Vec<&str> = [self.from.0.as_str()].into_iter().chain(names).chain([self.to.0.as_str()]).collect();
        let (changes, [from, to]) = self.labels();
        let labels: Vec<String> = [from].into_iter().chain(changes).chain([to]).collect();
        let behind = widest(labels.iter().map(String::as_str)) + 12.0;
        let rows = Rows::new(canvas, &names, behind, 24.0);
        // Where each step begins, and where it ends.
        let mut reached = self.from.1.at;
        let mut spans = vec![(0.0, reached)];
        for step in &self.steps {
            spans.push((reached, reached + step.change.at));
            reached += step.change.at;
        }
        spans.push((0.0, self.to.1.at));
        let axis = rows.axis(spans.iter().flat_map(|(from, to)| [*from, *to]));
        rows.scale(canvas, spans.len(), &axis.ticks(rows.room()), &self.value);
        let last = spans.len() - 1;
        for (at, ((from, to), label)) in spans.iter().zip(&labels).enumerate() {
            let (y, end) = (rows.middle(at), at == 0 || at == last);
            let (a, b) = (axis.place(*from), axis.place(*to));
            let color = if end {
                GREY
            } else if to < from {
                RED
            } else {
                BLUE
            };
            // What changes nothing has no bar.
            if end || from != to {
                canvas.rect((a.min(b) - 0.5, y - 8.0), (a.max(b) + 0.5, y + 8.0), color);
            }
            if at < last {
                canvas.line((b, if from == to { y - 8.0 } else { y + 8.0 }), (b, y + 16.0), 1.0, PALE);
            }
            rows.name(canvas, at, names.get(at).copied().unwrap_or(""));
            canvas.text((canvas.width - 8.0, y), label, Anchor::End, INK);
        }
        canvas.line((axis.zero(), rows.top), (axis.zero(), rows.bottom(spans.len())), 1.0, PALE);
    }
}
