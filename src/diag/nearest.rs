//! The nearest of some names, only when it is near.

/// The name nearest to what was written: at most one edit in three characters; of several the one that begins alike,
/// then the first.
pub fn nearest<'a>(written: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (written.chars().count() / 3).max(1);
    names
        .into_iter()
        .filter(|name| *name != written)
        .map(|name| (strsim::damerau_levenshtein(&written.to_lowercase(), &name.to_lowercase()), name))
        .filter(|&(distance, _)| distance <= limit)
        .min_by_key(|&(distance, name)| (distance, std::cmp::Reverse(alike(written, name))))
        .map(|(_, name)| name)
}

/// How many characters two words have in common at their beginning.
fn alike(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count()
}

/// A help that names the nearest, or else lists all (at most twelve).
pub fn suggest<'a>(written: &str, what: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let names: Vec<&str> = names.into_iter().collect();
    if let Some(name) = nearest(written, names.iter().copied()) {
        return Some(format!("did you mean `{name}`?"));
    }
    match names.len() {
        0 => None,
        1..=12 => {
            Some(format!("{what}: {}", names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")))
        }
        n => {
            let first: Vec<String> = names.iter().take(12).map(|name| format!("`{name}`")).collect();
            Some(format!("{what}: {} and {} more", first.join(", "), n - 12))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_near_names_are_suggested() {
        assert_eq!(nearest("ofice", ["office", "id"]), Some("office"));
        assert_eq!(nearest("venue", ["office", "id"]), None);
        assert_eq!(nearest("id", ["di"]), Some("di"));
        assert_eq!(nearest("sid", ["id", "side"]), Some("side"));
        assert_eq!(suggest("x", "columns", ["office"]), Some("columns: `office`".to_owned()));
    }
}
