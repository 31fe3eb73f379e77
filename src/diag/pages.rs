//! The page of each code: what it means, an example that gives it, and how to mend it.
//!
//! A page is `pages/NAME.md`, in words for a reader who doesn't program. Its first line is a title,
//! `# rules::NAME: what is wrong`; what stands behind the code is shown in the list of all codes.

use super::Code;

/// What the title of a code's page says behind the code.
pub fn title(code: Code) -> &'static str {
    let first = code.page().lines().next().unwrap_or_default();
    let title = first.strip_prefix("# ").and_then(|title| title.strip_prefix(code.as_str()));
    title.unwrap_or_default().trim_start_matches(':').trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_has_a_title_and_is_short() {
        for code in Code::ALL {
            assert!(!title(*code).is_empty(), "the page of {code} has no title `# {code}: …`");
            let lines = code.page().lines().count();
            assert!((6..=20).contains(&lines), "the page of {code} has {lines} lines");
            assert!(code.page().lines().all(|line| line.len() <= 120), "the page of {code} has a long line");
        }
    }

    #[test]
    fn each_file_is_the_page_of_a_code() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/diag/pages");
        for file in std::fs::read_dir(folder).unwrap().flatten() {
            let name = file.file_name().into_string().unwrap();
            let code = name.strip_suffix(".md").and_then(crate::diag::codes::find);
            assert!(code.is_some(), "{name} isn't the page of a code");
        }
    }
}
