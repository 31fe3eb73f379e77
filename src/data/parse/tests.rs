use super::*;
use crate::data::testing::column;
use crate::value::Value;
use crate::value::decimal;

/// What a field of a column becomes: the value in print, or the error's code and a part of its help.
fn parse(words: &str, format: &Format, text: &str) -> String {
    let spec = column("c", words);
    let mut parser = FieldParser::new(&spec, format).unwrap();
    match parser.parse(text) {
        Ok(cell) => {
            assert_eq!(parser.parse(text), Ok(cell), "the same again");
            show(cell, &parser, &spec)
        }
        Err(fault) => format!("{}: {}", fault.code.name(), fault.help.unwrap_or_default()),
    }
}

fn show(cell: Cell, parser: &FieldParser<'_>, spec: &ColumnSpec) -> String {
    match cell {
        Cell::Missing => "·".to_owned(),
        Cell::Number(units) => match spec.ty.base {
            Type::Number(places) => decimal::format(units, places),
            _ => panic!("a number in a column of another type"),
        },
        Cell::Code(code) => parser.dict()[code as usize].to_string(),
        Cell::Flag(flag) => Value::Flag(flag).format(&Type::Flag),
        Cell::Day(day) => match &spec.ty.base {
            Type::Period(period) => period.format(day),
            _ => Value::Date(day).format(&Type::Date),
        },
        Cell::Partial(first, last) => Value::Partial(first, last).format(&spec.ty.base),
    }
}

/// Each line: the type's words, the field between bars, what it becomes (of an error the start, and a part of the help).
fn check(format: &Format, table: &[(&str, &str, &str)]) {
    for &(words, text, expect) in table {
        let found = parse(words, format, text);
        let good = match expect.split_once(": ") {
            Some((code, help)) => found.starts_with(&format!("{code}: ")) && found.contains(help),
            None => found == expect,
        };
        assert!(good, "`{text}` as {words}: {found}, expected {expect}");
    }
}

#[test]
fn plain_numbers() {
    check(
        &Format::default(),
        &[
            ("number0", "42", "42"),
            ("number0", "-42", "-42"),
            ("number0", "+42", "42"),
            ("number0", "007", "7"),
            ("number2", "1.5", "1.5"),
            ("number2", "1.50", "1.5"),
            ("number2", "-0.07", "-0.07"),
            ("number0", "999999999999999999", "999999999999999999"),
            ("number0", "0000000000000000000000000001", "1"),
            ("number17", "9.99999999999999999", "9.99999999999999999"),
            ("number2", "", "missing_value: write `?` behind the type: `number(2)?`"),
            ("number2?", "", "·"),
            ("number2", "1.234", "bad_places: declare `number(3)`"),
            ("number2", "1.230", "bad_places: declare `number(3)`"),
            ("number0", "1.0", "bad_places: declare `number(1)`"),
            ("number0", "1000000000000000000", "bad_number: larger unit"),
            ("number2", "9999999999999999999", "bad_number: larger unit"),
            ("number0", "1_000", "bad_number: `thousands \"_\"`"),
            ("number0", "1'000'000", "bad_number: `thousands \"'\"`"),
            ("number0", "1 000", "bad_number: `thousands \" \"`"),
            ("number0", "1,000", "bad_number: `thousands \",\"`"),
            ("number0", "1,000", "bad_number: `decimal comma`"),
            ("number1", "1,5", "bad_number: `decimal comma`"),
            ("number2", "1,234,567.89", "bad_number: `thousands \",\"`"),
            ("number0", "1e3", "bad_number: exponents allowed"),
            ("number0", "1.5E+03", "bad_number: exponents allowed"),
            ("number0", "nan", "bad_number: missing is \"nan\""),
            ("number0", "..", "bad_number: "),
            ("number0", "NA", "bad_number: missing is \"NA\""),
            ("number0", "Infinity", "bad_number: missing is"),
            ("number0", " 1", "bad_number: blanks"),
            ("number0", "1 ", "bad_number: blanks"),
            ("number0 clean", " 1 ", "1"),
            ("number0", "１２", "bad_number: digits 0 to 9"),
            ("number0", "١", "bad_number: digits 0 to 9"),
            ("number0", "−5", "bad_number: `-`"),
            ("number2", ".5", "bad_number: both sides"),
            ("number2", "5.", "bad_number: both sides"),
            ("number0", "--5", "bad_number: "),
            ("number0", "1-", "bad_number: "),
            ("number0", "0x1F", "bad_number: "),
            ("number0", "€5", "bad_number: "),
            ("number0", "5%", "bad_number: "),
            ("number0", "-", "bad_number: missing is \"-\""),
        ],
    );
}

#[test]
fn declared_forms_of_numbers() {
    let thousands = Format { thousands: Some(','), ..Format::default() };
    check(
        &thousands,
        &[
            ("number0", "1,234,567", "1234567"),
            ("number2", "-1,234.5", "-1234.5"),
            ("number0", "1234567", "1234567"),
            ("number0", "1,2345", "bad_number: "),
            ("number0", "1234,567", "bad_number: "),
            ("number0", ",123", "bad_number: "),
            ("number0", "1,,234", "bad_number: "),
            ("number2", "1.234,5", "bad_number: "),
            ("number0", "12,34", "bad_number: "),
        ],
    );
    let european = Format { thousands: Some('.'), decimal_comma: true, ..Format::default() };
    check(
        &european,
        &[
            ("number2", "1.234,56", "1234.56"),
            ("number2", "1234,5", "1234.5"),
            ("number2", "1.5", "bad_number: "),
            ("number2", "1,234", "bad_places: number(3)"),
        ],
    );
    let comma = Format { decimal_comma: true, ..Format::default() };
    check(
        &comma,
        &[
            ("number2", "1,5", "1.5"),
            ("number2", "15", "15"),
            ("number2", "1.5", "bad_number: decimal comma"),
            ("number2", "1,5,0", "bad_number: "),
        ],
    );
    let blanks = Format { thousands: Some('\u{a0}'), ..Format::default() };
    check(&blanks, &[("number0", "1\u{a0}234", "1234"), ("number0", "1 234", "bad_number: ")]);
}

#[test]
fn exponents_are_exact() {
    let exponents = Format { exponents: true, ..Format::default() };
    check(
        &exponents,
        &[
            ("number0", "1.5E+03", "1500"),
            ("number0", "1.500e3", "1500"),
            ("number0", "0e0", "0"),
            ("number0", "0.00E+99", "0"),
            ("number0", "0E-99", "0"),
            ("number2", "-1.25e0", "-1.25"),
            ("number2", "125E-02", "1.25"),
            ("number2", "1E-3", "bad_places: number(3)"),
            ("number0", "2.50E-01", "bad_places: number(2)"),
            ("number0", "1E38", "bad_number: larger unit"),
            ("number0", "1E999", "bad_number: "),
            ("number0", "1E-999", "bad_places: round the numbers in the file"),
            ("number1", "1E-400", "bad_places: a column has 18 at most"),
            ("number1", "1E-12345678901", "bad_places: round the numbers in the file"),
            ("number1", "1E-18", "bad_places: declare `number(18)`"),
            ("number1", "1E-19", "bad_places: a column has 18 at most"),
            ("number1", "1.2345678901234567890E+00", "bad_number: round them in the file"),
            ("number0", "0E12345678901", "0"),
            ("number0", "1E", "bad_number: "),
            ("number0", "E3", "bad_number: "),
            ("number0", "1E+", "bad_number: "),
            ("number0", "1E1.5", "bad_number: "),
            ("number0", "1E1000", "bad_number: "),
            ("number0", "17", "17"),
            ("number1", "1.50", "bad_places: number(2)"),
        ],
    );
}

#[test]
fn dates_and_periods() {
    check(
        &Format::default(),
        &[
            ("date", "2008-03-01", "2008-03-01"),
            ("date", "2008-02-30", "bad_date: "),
            ("date", "2008-03", "bad_date: declare `date to month`"),
            ("date", "2008", "bad_date: declare `date to year`"),
            ("date", "2008-03-01 12:00:00", "bad_date: `format \"%Y-%m-%d %H:%M:%S\"`"),
            ("date", "2008-03-01T12:00:00Z", "bad_date: `format \"%Y-%m-%dT%H:%M:%SZ\"`"),
            ("date", "20080301", "bad_date: `format \"%Y%m%d\"`"),
            ("date", "01.03.2008", "bad_date: `format \"%d.%m.%Y\"`"),
            ("date", "01/03/2008", "bad_date: `format \"%d/%m/%Y\"` or `format \"%m/%d/%Y\"`"),
            ("date", "1 March 2008", "bad_date: `format \"%-d %B %Y\"`"),
            ("date", " 2008-03-01", "bad_date: blanks"),
            ("date", "soon", "bad_date: write it like"),
            ("date", "2006-7-24", "bad_date: `format \"%Y-%-m-%-d\"`"),
            ("date", "2006-13-01", "bad_date: there is no month 13"),
            ("date clean", " 2008-03-01 ", "2008-03-01"),
            ("month-date", "2008-03", "2008-03"),
            ("month-date", "2008-03-01", "2008-03-01"),
            ("month-date", "2008", "bad_date: declare `date to year`"),
            ("year-date", "2008", "2008"),
            ("year-date", "2008-02", "2008-02"),
            ("year-date", "0000", "bad_date: "),
            ("year", "2008", "2008"),
            ("year", "08", "bad_period: four digits"),
            ("year", "2008-03", "bad_period: "),
        ],
    );
    let formats = |list: &[&str], century| Format {
        dates: list.iter().map(|&text| text.into()).collect(),
        century,
        ..Format::default()
    };
    check(
        &formats(&["%d/%m/%Y", "%m/%d/%Y", "%m/%Y"], None),
        &[
            ("date", "01/03/2008", "2008-03-01"),
            // The first format whose shape fits decides.
            ("date", "03/25/2008", "bad_date: "),
            ("date", "03/2008", "bad_date: declare `date to month`"),
            ("month-date", "03/2008", "2008-03"),
            ("month-date", "2008-03", "bad_date: "),
        ],
    );
    check(
        &formats(&["%d-%b-%y"], Some(1950)),
        &[
            ("date", "07-Mar-49", "2049-03-07"),
            ("date", "07-MAR-50", "1950-03-07"),
            ("date", "07-Mrz-50", "bad_date: "),
        ],
    );
    let spec = column("c", "date");
    let error = FieldParser::new(&spec, &formats(&["%d-%b-%y"], None)).unwrap_err();
    assert!(error.help.unwrap().contains("`century 1950`"));
}

#[test]
fn words() {
    let format = Format { missing: vec!["NA".into(), "-9".into()], ..Format::default() };
    check(
        &format,
        &[
            ("text", "a b", "a b"),
            ("text", "Łukašenka", "Łukašenka"),
            ("text", " a", "bad_text: clean"),
            ("text", "a\u{a0}", "bad_text: clean"),
            ("text", "e\u{301}", "bad_text: clean"),
            ("text", "a\nb", "bad_text: clean"),
            ("text", "a\u{1}", "bad_text: "),
            ("text clean", " e\u{301} ", "é"),
            ("text clean", "a\nb", "a\nb"),
            ("text clean", "a\u{1}", "bad_text: "),
            ("text? clean", "  ", "·"),
            ("text clean", "  ", "missing_value: `text?`"),
            ("text", "NA", "missing_value: "),
            ("text?", "NA", "·"),
            ("text", "na", "na"),
            ("number0?", "-9", "·"),
            ("number1?", "-9.0", "·"),
            ("number0?", "-9.0", "·"),
            ("number1", "-9.00", "missing_value: "),
            ("number1?", "-9.1", "-9.1"),
            ("number0?", "-09", "·"),
            ("text?", "-9.0", "-9.0"),
            ("home|partner", "home", "home"),
            ("home|partner", "hmoe", "bad_category: did you mean `home`?"),
            ("home|partner", "abroad", "bad_category: `home`, `partner`"),
            ("home|partner", " home", "bad_category: clean"),
            ("home|partner clean", " home", "home"),
            ("home|NA?", "NA", "·"),
            ("flag", "yes", "yes"),
            ("flag", "no", "no"),
            ("flag", "Yes", "bad_flag: yes is \"Yes\""),
            ("flag", "0", "bad_flag: no is \"0\""),
            ("flag", "maybe", "bad_flag: yes is"),
            ("flag?", "", "·"),
        ],
    );
    let words = Format { yes: vec!["1".into()], no: vec!["0".into()], ..Format::default() };
    check(&words, &[("flag", "1", "yes"), ("flag", "0", "no"), ("flag", "yes", "bad_flag: ")]);
}

#[test]
fn codes_are_shared_and_unknown_words_limited() {
    let format = Format::default();
    let spec = column("c", "text clean");
    let mut parser = FieldParser::new(&spec, &format).unwrap();
    for text in [" a", "a", "b", "a ", "e\u{301}", "é"] {
        parser.parse(text).unwrap();
    }
    assert_eq!(parser.dict().iter().map(|word| &**word).collect::<Vec<_>>(), ["a", "b", "é"]);
    let spec = column("c", "x|y");
    let mut parser = FieldParser::new(&spec, &format).unwrap();
    let groups: BTreeSet<_> = (0..100).map(|n| parser.parse(&format!("w{n}")).unwrap_err().group).collect();
    assert_eq!(groups.len(), MAX_WORDS + 1);
}

#[test]
fn no_text_makes_a_parser_fail() {
    let mut seed = 11u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let format = Format {
        exponents: true,
        thousands: Some('.'),
        decimal_comma: true,
        dates: vec!["%-d/%-m/%Y".into(), "%b %Y".into()],
        ..Format::default()
    };
    let specs =
        ["number0", "number5", "text", "a|b", "flag", "date", "year-date", "year"].map(|words| column("c", words));
    let alphabet =
        ["1", "9", "0", "-", ",", ".", "e", "E", "+", "é", "/", "Mar", " ", "２", "_", "\u{301}", "999999999"];
    for _ in 0..20_000 {
        let text: String = (0..random(12)).map(|_| alphabet[random(alphabet.len())]).collect();
        for spec in &specs {
            for format in [&format, &Format::default()] {
                let _ = FieldParser::new(spec, format).unwrap().parse(&text);
            }
        }
    }
}

#[test]
fn the_quick_way_agrees_with_the_plain_one() {
    let mut seed = 3u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let alphabet = ["0", "1", "9", "5", ".", "-", "+", "00", "99999"];
    for _ in 0..50_000 {
        let text: String = (0..1 + random(8)).map(|_| alphabet[random(alphabet.len())]).collect();
        let places = random(19) as u8;
        let quick = number::parse(&text, places, &Format::default()).ok();
        assert_eq!(quick, decimal::parse(&text, places, 18).ok(), "{text} to {places}");
    }
}
