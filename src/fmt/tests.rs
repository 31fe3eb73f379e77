use super::*;

#[track_caller]
fn check(text: &str, expect: &str) {
    assert_eq!(format(text).as_deref(), Ok(expect), "\n{}", format(text).unwrap_or_default());
    assert_eq!(format(expect).as_deref(), Ok(expect), "again");
}

#[test]
fn columns_stand_below_one_another() {
    check(
        "input  r{\n id text#a\n\n\n day date to  year ? from \"x\"\n\tside one   of \"a\",\"b\" clean # b\n}",
        "input r {\n  id  text  # a\n\n  day   date to year?    from \"x\"\n  side  one of \"a\", \"b\"  clean  # b\n}\n"
            .replace("# a", "#a")
            .as_str(),
    );
}

#[test]
fn what_stands_on_one_line_stays_there() {
    check("input r{a text b number( 2 )}\n", "input r { a text  b number(2) }\n");
    check("score p from r {one:value - 1 when a>-b-1}", "score p from r { one: value -1 when a > -b - 1 }\n");
}

#[test]
fn comments_and_documentation_stay_with_their_line() {
    check(
        "scheme s\n#one\n\n## two\nscale z { # three\n1 \"a\", # four\n\"b\"\n # five\n}\n# six",
        "scheme s\n#one\n\n## two\nscale z {  # three\n  1  \"a\",  # four\n     \"b\"\n  # five\n}\n# six\n",
    );
}

#[test]
fn long_lines_are_broken() {
    let words = ["\"0123456789\""; 12].join(", ");
    let (first, rest) = (["\"0123456789\""; 8].join(", "), ["\"0123456789\""; 4].join(", "));
    check(&format!("scale z {{ 1 {words} }}"), &format!("scale z {{\n  1  {first},\n     {rest}\n}}\n"));
}

#[test]
fn a_word_that_begins_an_item_never_begins_a_line() {
    let dims = ["data, version, score, check_, input"; 5].join(", ");
    let text = format!("index long_name \"{}\" = sum visit by {dims}\n", "x".repeat(60));
    let made = format(&text);
    assert!(made.is_ok_and(|made| made.lines().skip(1).all(|line| line.starts_with("  "))));
}

#[test]
fn breaks_of_two_characters_and_the_mark_stay() {
    check("\u{feff}scheme s\r\ncite  \"x\"\r\n", "\u{feff}scheme s\r\ncite \"x\"\r\n");
}

#[test]
fn blanks_that_are_none_of_the_language_stay() {
    check(
        "test \"t\" {given r {\na b\nx\u{a0} \u{a0}\n}} # c\u{a0}\n",
        "test \"t\" {\n  given r {\n    a   b\n    x\u{a0}  \u{a0}\n  }\n}  # c\u{a0}\n",
    );
}

#[test]
fn no_line_begins_with_a_by_that_an_edit_would_make_a_block() {
    let title = "x".repeat(90);
    let text = format!("index a \"{title}\"\n  = sum visit where b > 1 by year\nreplace scale z {{ 1 otherwise }}\n");
    check(&text, &text);
    let long = format!("index a = sum visit where b = \"{title}\" by year, month\nreplace scale z {{ 1 otherwise }}\n");
    let made = format(&long);
    assert!(made.is_ok_and(|made| made.lines().all(|line| !line.trim_start().starts_with("by"))));
}

#[test]
fn large_schemes_are_laid_out() {
    let words = vec!["\"0123456789\""; 20_000].join(", ");
    assert!(format(&format!("scale z {{ 1 {words} 2 \"x\" }}")).is_ok());
    let indices: String = (0..2000).map(|n| format!("index i{n} \"{}\" = sum x by y\n", "-".repeat(110))).collect();
    assert!(format(&indices).is_ok_and(|made| made.lines().count() == 4000));
    let nested = format!("index a = {}1{}", "abs(".repeat(60), ")".repeat(60));
    assert!(format(&nested).is_ok());
    let empty = format!("input {} {{ }}", "x".repeat(150));
    assert!(format(&empty).is_ok());
}

#[test]
fn what_cannot_be_read_is_refused() {
    assert_eq!(format("scheme"), Err(Failure::Unreadable));
    let deep = format!("index a = {}1{}", "(".repeat(50_000), ")".repeat(50_000));
    assert_eq!(format(&deep), Err(Failure::Unreadable));
}
