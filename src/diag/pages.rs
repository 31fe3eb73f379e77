//! The page of each code: what it means, an example that gives it, and how to mend it.
//!
//! To add a page, write `pages/NAME.md` and a line below. Its first line is a title: `# rules::NAME: what is wrong`.

use super::Code;

const PAGES: &[(Code, &str)] = &[];

/// The page of a code, in Markdown.
pub fn page(code: Code) -> Option<&'static str> {
    PAGES.iter().find(|(known, _)| *known == code).map(|(_, page)| *page)
}

/// What the title of a code's page says behind the code.
pub fn title(code: Code) -> Option<&'static str> {
    let title = page(code)?.lines().next()?.strip_prefix("# ")?;
    Some(title.strip_prefix(code.as_str())?.trim_start_matches(':').trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_stands_in_the_list_and_has_a_title() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/diag/pages");
        let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
        for name in files.filter_map(|file| file.file_name().into_string().ok()) {
            let code = name.strip_suffix(".md").and_then(super::super::codes::find);
            assert!(code.is_some_and(|code| page(code).is_some()), "{name} isn't the page of a code in the list");
        }
        for (code, _) in PAGES {
            assert!(title(*code).is_some_and(|title| !title.is_empty()), "the page of {code} has no title");
        }
    }
}
