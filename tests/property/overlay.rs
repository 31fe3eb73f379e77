//! Changes of a generated scheme, as an overlay of it.

use rules::diag::Problems;
use rules::source::FileId;
use rules::syntax::ast::{File, ItemKind, StepKind};
use rules::syntax::parse_file;

use crate::rng::Rng;

/// Some edits of a scheme, none twice of one thing. Not each of them need leave a scheme that compiles.
pub fn edits(rng: &mut Rng, scheme: &str, most: usize) -> Vec<String> {
    let file = parse_file(FileId::default(), scheme, &mut Problems::new());
    let mut possible = possible(rng, &file);
    rng.shuffle(&mut possible);
    let mut targets: Vec<String> = Vec::new();
    let mut edits = Vec::new();
    for (target, edit) in possible {
        let item = target.split(['.', '(']).next().unwrap().to_owned();
        let meets = |known: &String| *known == target || *known == item || known.starts_with(&target);
        if edits.len() < most && !targets.iter().any(meets) {
            targets.push(target);
            edits.push(edit);
        }
    }
    edits
}

/// The overlay of some edits.
pub fn overlay(edits: &[String]) -> String {
    let change = |(at, edit): (usize, &String)| format!("change \"change {at}\": {edit}\n");
    let changes: String = edits.iter().enumerate().map(change).collect();
    format!("scheme changed \"An overlay\" extends \"generated.rules\"\n{changes}")
}

/// What an edit is about, and the edit.
type Possible = Vec<(String, String)>;

fn possible(rng: &mut Rng, file: &File) -> Possible {
    let mut found = Possible::new();
    let number = |rng: &mut Rng| *rng.pick(&["0", "1", "0.75", "3", "-2"]);
    for item in &file.items {
        match &item.kind {
            ItemKind::Param(param) if param.domain.is_none() && *param.name.node != *"horizon" => {
                let value = if *param.name.node == *"bonus" { "-3" } else { number(rng) };
                found.push((param.name.node.to_string(), format!("set {} = {value}", param.name.node)));
            }
            ItemKind::Param(param) if param.domain.is_some() => {
                found.push((param.name.node.to_string(), format!("set {} = 1", param.name.node)));
            }
            ItemKind::Scale(scale) if *scale.name.node == *"level" => {
                let name = &scale.name.node;
                for word in ["president", "minister", "minister of trade", "envoy"] {
                    let key = format!("{name}(\"{word}\")");
                    found.push((key.clone(), format!("set {key} = {}", number(rng))));
                }
                found.push((format!("{name}(otherwise)"), format!("set {name}(otherwise) = {}", number(rng))));
                found.push((name.to_string(), format!("replace scale {name} {{ {} otherwise }}", number(rng))));
            }
            ItemKind::Score(score) => {
                let name = &score.name.node;
                for step in &score.steps {
                    let path = format!("{name}.{}", step.label.node);
                    match step.kind {
                        StepKind::Check(_) => continue,
                        StepKind::Set(..) => found.push((
                            path.clone(),
                            format!("replace {path} {{ {}: value {} }}", step.label.node, number(rng)),
                        )),
                        _ => {}
                    }
                    found.push((path.clone(), format!("remove {path}")));
                    let new = format!("{name}.more_{}", step.label.node);
                    let more = *rng.pick(&["plus 1", "times 2", "cap 3", "times 0.5"]);
                    let place = if rng.chance(50) { "after" } else { "before" };
                    found.push((new, format!("add {place} {path} {{ more_{}: {more} }}", step.label.node)));
                }
            }
            _ => {}
        }
    }
    found
}
