use super::*;
use crate::value::{Period, Type};

type Cells = Vec<(Vec<Value>, Value)>;

/// The results of a small scheme: `contacts` and `military` by year, `pair` by partner and year, `total` alone.
struct Sample {
    year: Ty,
    text: Ty,
    number: Ty,
    flag: Ty,
    contacts: Cells,
    military: Cells,
    pair: Cells,
    total: Cells,
}

fn year(year: i32) -> Value {
    Value::Period(year)
}

fn sample() -> Sample {
    let partner = |name: &str, at: i32| vec![Value::Text(name.into()), year(at)];
    Sample {
        year: Ty::required(Type::Period(Period::Year)),
        text: Ty::required(Type::Text),
        number: Ty::optional(Type::Number(2)),
        flag: Ty::required(Type::Flag),
        contacts: vec![(vec![year(2002)], Value::Number(125)), (vec![year(2003)], Value::Number(-100))],
        military: vec![(vec![year(2003)], Value::Missing), (vec![year(2004)], Value::Number(1200))],
        pair: vec![
            (partner("Cuba, \"isla\"", 2002), Value::Flag(true)),
            (partner("a|b\u{202e}\n", 2003), Value::Flag(false)),
        ],
        total: vec![(vec![], Value::Number(1_234_567_890_123_456_789_012_345_678_901_234_567))],
    }
}

impl Sample {
    fn of(&self, names: &[&'static str]) -> Results<'_> {
        let year = Axis { name: "year", ty: &self.year };
        let partner = Axis { name: "partner", ty: &self.text };
        let series = |name: &&'static str| match *name {
            "contacts" => self.series("contacts", vec![year], &self.number, &self.contacts),
            "military" => self.series("military", vec![year], &self.number, &self.military),
            "pair" => self.series("pair", vec![partner, year], &self.flag, &self.pair),
            name => self.series(name, vec![], &self.number, &self.total),
        };
        Results { scheme: "sample", title: "A \"sample\"", indices: names.iter().map(series).collect() }
    }

    fn series<'a>(&self, name: &'a str, dims: Vec<Axis<'a>>, ty: &'a Ty, cells: &'a Cells) -> Series<'a> {
        Series { name, title: "", dims, ty, cells }
    }
}

fn written(write: impl Fn(&mut dyn std::io::Write) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn csv_unites_the_cells_of_equal_dimensions() {
    let sample = sample();
    let results = sample.of(&["contacts", "military"]);
    assert_eq!(csv::fits(&results), Ok(()));
    assert_eq!(
        written(|out| csv::write(&results, csv::Dialect::default(), out)),
        "year,contacts,military\n2002,1.25,\n2003,-1,\n2004,,12\n"
    );
}

#[test]
fn csv_quotes_what_must_be() {
    let sample = sample();
    let text = written(|out| csv::write(&sample.of(&["pair"]), csv::Dialect::default(), out));
    assert_eq!(text, "partner,year,pair\n\"Cuba, \"\"isla\"\"\",2002,yes\n\"a|b\u{202e}\n\",2003,no\n");
    let missing = Sample { total: vec![(vec![], Value::Missing)], ..sample };
    assert_eq!(written(|out| csv::write(&missing.of(&["total"]), csv::Dialect::default(), out)), "total\n\"\"\n");
}

#[test]
fn csv_refuses_indices_of_different_dimensions_and_long_takes_them() {
    let sample = sample();
    let results = sample.of(&["contacts", "pair", "total"]);
    assert!(matches!(csv::fits(&results), Err(Unfit::Dimensions { .. })));
    let text = written(|out| csv::write_long(&results, csv::Dialect::default(), out));
    assert_eq!(
        text,
        "index,year,partner,value\ncontacts,2002,,1.25\ncontacts,2003,,-1\npair,2002,\"Cuba, \"\"isla\"\"\",yes\n\
         pair,2003,\"a|b\u{202e}\n\",no\ntotal,,,12345678901234567890123456789012345.67\n"
    );
}

#[test]
fn dimensions_are_equal_in_any_order_and_not_by_name_alone() {
    let sample = sample();
    let (years, partner) = (Axis { name: "year", ty: &sample.year }, Axis { name: "partner", ty: &sample.text });
    let turned = vec![(vec![year(2002), Value::Text("Cuba, \"isla\"".into())], Value::Flag(false))];
    let mut results = sample.of(&["pair"]);
    results.indices.push(sample.series("turned", vec![years, partner], &sample.flag, &turned));
    let text = written(|out| csv::write(&results, csv::Dialect::default(), out));
    assert!(text.contains("\"Cuba, \"\"isla\"\"\",2002,yes,no\n"), "{text}");
    results.indices.push(sample.series(
        "other",
        vec![years, Axis { name: "partner", ty: &sample.year }],
        &sample.flag,
        &turned,
    ));
    assert_eq!(groups::groups(&results).len(), 2);
}

#[test]
fn tables_stand_in_groups_with_points_below_one_another() {
    let sample = sample();
    let text = written(|out| table::write(&sample.of(&["contacts", "pair", "military", "total"]), out));
    let expect = "\
year  contacts  military
----  --------  --------
2002      1.25
2003     -1
2004                  12

partner           year  pair
----------------  ----  ----
Cuba, \"isla\"      2002  yes
a|b\\u{202e}\\u{a}  2003  no

total  12345678901234567890123456789012345.67
";
    assert_eq!(text, expect);
}

#[test]
fn markdown_escapes_its_own_signs() {
    let sample = sample();
    let text = written(|out| markdown::write(&sample.of(&["pair", "total"]), out));
    let expect = "\
| partner | year | pair |
| :-- | :-- | :-- |
| Cuba, \"isla\" | 2002 | yes |
| a\\|b\\\\u{202e}\\\\u{a} | 2003 | no |

| index | value |
| :-- | --: |
| total | 12345678901234567890123456789012345.67 |
";
    assert_eq!(text, expect);
}

#[test]
fn json_keeps_every_digit_and_the_order_of_keys() {
    let sample = sample();
    let text = written(|out| json::write(&sample.of(&["military", "pair", "total"]), Some(&[1, 2]), out));
    let expect = r#"{
  "scheme": "sample",
  "title": "A \"sample\"",
  "indices": [
    {
      "name": "military",
      "title": "",
      "dimensions": [{"name":"year","type":"year"}],
      "type": "number(2)?",
      "cells": [
        {"year":"2003","value":null},
        {"year":"2004","value":"12"}
      ]
    },
    {
      "name": "pair",
      "title": "",
      "dimensions": [{"name":"partner","type":"text"},{"name":"year","type":"year"}],
      "type": "flag",
      "cells": [
        {"partner":"Cuba, \"isla\"","year":"2002","value":true},
        {"partner":"a|b@\n","year":"2003","value":false}
      ]
    },
    {
      "name": "total",
      "title": "",
      "dimensions": [],
      "type": "number(2)?",
      "cells": [
        {"value":"12345678901234567890123456789012345.67"}
      ]
    }
  ],
  "account": [1,2]
}
"#;
    assert_eq!(text, expect.replace('@', "\u{202e}"));
    let parsed: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(parsed["indices"][2]["cells"][0]["value"], "12345678901234567890123456789012345.67");
}

#[test]
fn json_lines_name_the_index() {
    let sample = sample();
    let text = written(|out| json::write_lines(&sample.of(&["contacts", "total"]), out));
    let first = "{\"index\":\"contacts\",\"year\":\"2002\",\"value\":\"1.25\"}\n";
    assert!(text.starts_with(first), "{text}");
    assert_eq!(text.lines().count(), 3);
}

#[test]
fn empty_results_are_still_whole() {
    let sample = Sample { contacts: vec![], ..sample() };
    let results = sample.of(&["contacts"]);
    assert_eq!(written(|out| csv::write(&results, csv::Dialect::default(), out)), "year,contacts\n");
    assert_eq!(written(|out| table::write(&results, out)), "year  contacts\n----  --------\n");
    let none = sample.of(&[]);
    for text in [
        written(|out| csv::write(&none, csv::Dialect::default(), out)),
        written(|out| table::write(&none, out)),
        written(|out| json::write_lines(&none, out)),
    ] {
        assert_eq!(text, "");
    }
    let text = written(|out| json::write(&none, None::<&u8>, out));
    assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
}
