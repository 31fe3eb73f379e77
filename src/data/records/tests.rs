use super::*;

/// The fields of each record joined by `|` behind the line, or the error's code, line and field.
fn check(text: &str, delimiter: u8, header: bool, expect: &[&str]) {
    let mut records = Records::new(text, delimiter, header);
    let mut found = Vec::new();
    while let Some(record) = records.read() {
        found.push(match record {
            Ok(record) => format!("{}: {}", record.line, record.iter().collect::<Vec<_>>().join("|")),
            Err(broken) => {
                let field = broken.field.map_or(String::new(), |field| format!(" field {field}"));
                format!("{} {}{field} `{}`", broken.code.name(), broken.line, &text[broken.at])
            }
        });
    }
    assert_eq!(found, expect, "{text:?}");
}

#[test]
fn good_records_are_read() {
    check("a,b\n1,2\n", b',', true, &["1: a|b", "2: 1|2"]);
    check("a,b\r\n\r\n\n1,2", b',', true, &["1: a|b", "4: 1|2"]);
    check("a,b\n\"x, \"\"y\"\"\nz\",\n3,\"\"\r\n", b',', true, &["1: a|b", "2: x, \"y\"\nz|", "4: 3|"]);
    check("a\tb\n\"x\ty\"\t,\"", b'\t', true, &["1: a|b", "stray_quote 2 field 1 `\"`"]);
    check("a\tb\n\"x\ty\"\t,", b'\t', true, &["1: a|b", "2: x\ty|,"]);
    check("a\n\n\"\"\nb\n", b',', true, &["1: a", "3: ", "4: b"]);
    check("é;ü\n\"ß\";œ", b';', false, &["1: é|ü", "2: ß|œ"]);
    check("", b',', true, &[]);
    check("\n\r\n\n", b',', true, &[]);
    check("\"a\"", b',', true, &["1: a"]);
    check("\"a\r\nb\",c", b',', true, &["1: a\r\nb|c"]);
    check(",\n,", b',', true, &["1: |", "2: |"]);
    // Longer than the buffers at the start.
    let wide = format!("{}\n{}", vec!["x"; 300].join(","), vec!["y".repeat(50); 300].join(","));
    let mut records = Records::new(&wide, b',', true);
    assert_eq!(records.read().unwrap().unwrap().len(), 300);
    assert!(records.read().unwrap().unwrap().iter().all(|field| field.len() == 50));
}

#[test]
fn the_trouble_is_named_where_it_is() {
    check("a,b\n1\n2,3\n4,5,6\n", b',', true, &["1: a|b", "field_count 2 `1`", "3: 2|3", "field_count 4 field 2 `6`"]);
    check("a,b\n1,x\"y\n2,3\n", b',', true, &["1: a|b", "stray_quote 2 field 1 `\"`", "3: 2|3"]);
    check("a,b\n1, \"y\"\n2,3\n", b',', true, &["1: a|b", "stray_quote 2 field 1 `\"`", "3: 2|3"]);
    check("a,b\n\"x\"y,1\n2,3\n", b',', true, &["1: a|b", "text_after_quote 2 field 0 `y`", "3: 2|3"]);
    check("a,b\n\"x\" ,1\n2,3\n", b',', true, &["1: a|b", "text_after_quote 2 field 0 ` `", "3: 2|3"]);
    check("a,b\n1,\"y\n2,3\n", b',', true, &["1: a|b", "unclosed_quote 2 field 1 `\"`", "3: 2|3"]);
    check("a,b\n1,\"y\n2,\"z\"\n3,4", b',', true, &["1: a|b", "unclosed_quote 2 field 1 `\"`", "3: 2|z", "4: 3|4"]);
    check("a,b\n\"x\n\n\",\"y\"z\n2,3", b',', true, &["1: a|b", "text_after_quote 4 field 1 `z`", "5: 2|3"]);
    check("a,b\n1,\0\n2,3\n", b',', true, &["1: a|b", "nul_byte 2 field 1 `\0`", "3: 2|3"]);
    check("a,b\n\"x\n\u{1}y\",1\n2,3\n", b',', true, &["1: a|b", "control_character 3 field 0 `\u{1}`", "4: 2|3"]);
    check("a,b\n1,\u{85}\n", b',', true, &["1: a|b", "control_character 2 field 1 `\u{85}`"]);
    check("\u{feff}a,b\n1,2\n", b',', true, &["byte_order_mark 1 field 0 `\u{feff}`", "2: 1|2"]);
    check("\u{feff}\"a\",b\n1,2\n", b',', true, &["byte_order_mark 1 field 0 `\u{feff}`", "2: 1|2"]);
    check("a,b\r1,2\r\n3,4\r\n", b',', true, &["lone_return 1 `\r`", "2: 3|4"]);
    check("a,b\n\r1,2\n3,4\n", b',', true, &["1: a|b", "lone_return 2 `\r`", "3: 3|4"]);
    check("a,b\n1,2\r\r\n3,4\n", b',', true, &["1: a|b", "lone_return 2 `\r`", "3: 3|4"]);
    check("a,b\n1,\"x\ry\"\n3,4\n", b',', true, &["1: a|b", "lone_return 2 `\r`", "3: 3|4"]);
    check("a,b\n1,2\r", b',', true, &["1: a|b", "lone_return 2 `\r`"]);
    check("\"", b',', true, &["unclosed_quote 1 field 0 `\"`"]);
    check("\"\"\"\n\"x", b',', true, &["unclosed_quote 1 field 0 `\"`", "unclosed_quote 2 field 0 `\"`"]);
}

#[test]
fn a_field_is_found_again() {
    let text = "a,b\n\"x\n\"\"y\",z\n";
    let mut records = Records::new(text, b',', true);
    records.read();
    let record = records.read().unwrap().unwrap();
    assert_eq!((&text[record.field_range(0)], &text[record.field_range(1)]), ("\"x\n\"\"y\"", "z"));
    assert_eq!((record.line_of(record.field_range(0).start), record.line_of(record.field_range(1).start)), (2, 3));
}

#[test]
fn nothing_makes_it_fail_or_stand_still() {
    let mut seed = 7u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let alphabet = ["\"", "\"\"", ",", "\n", "\r\n", "\r", "a", "é", "\0", "\u{feff}", "\t", " ", "\u{85}", "1"];
    for round in 0..20_000 {
        let text: String = (0..random(40)).map(|_| alphabet[random(alphabet.len())]).collect();
        let mut records = Records::new(&text, b',', round % 2 == 0);
        let (mut before, mut line) = (0, 0);
        while let Some(record) = records.read() {
            if let Err(broken) = &record {
                assert!(text.get(broken.at.clone()).is_some(), "{text:?}");
            }
            if let Ok(record) = record {
                // What is accepted, written again, is what stands there.
                let written = |field: &str, raw: &str| match raw.starts_with('"') {
                    true => format!("\"{}\"", field.replace('"', "\"\"")) == raw,
                    false => field == raw,
                };
                let good = (0..record.len()).all(|f| written(record.get(f), &text[record.field_range(f)]));
                assert!(good && record.line > line, "{text:?}");
                line = record.line;
            }
            let at = records.at;
            assert!(at > before, "{text:?}");
            before = at;
            let next_line = text[..at].matches('\n').count() + 1;
            assert!(at == text.len() || records.line as usize == next_line, "{text:?}");
        }
    }
}
