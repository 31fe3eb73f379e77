//! The page of `rules report`: its numbers are those of `rules eval`, it needs nothing else, and each picture says what it
//! shows. With `RULES_CHROMIUM`, the path of Chromium, the page is opened in it, too.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]
#![expect(clippy::disallowed_methods, reason = "what the program writes is read back")]

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

/// Runs the program in the root of the project.
fn rules(args: &[&str]) -> (i32, Vec<u8>, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_rules"))
        .args(args)
        .args(["--quiet", "--color", "never"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    (done.status.code().unwrap(), done.stdout, String::from_utf8(done.stderr).unwrap())
}

fn page(args: &[&str]) -> String {
    let (exit, out, err) = rules(&[&["report"], args].concat());
    assert_eq!((exit, err.as_str()), (0, ""), "{args:?}");
    String::from_utf8(out).unwrap()
}

/// Everything between two texts, for each time that the first occurs.
fn between<'t>(text: &'t str, from: &str, to: &str) -> Vec<&'t str> {
    text.split(from)
        .skip(1)
        .map(|rest| rest.split_once(to).unwrap_or_else(|| panic!("no {to} after {from}")).0)
        .collect()
}

/// What stands in an element, as a reader sees it.
fn shown(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    for (entity, c) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")] {
        text = text.replace(entity, c);
    }
    // Numbers have blanks behind them, so that their points stand below one another.
    text.trim_end_matches(['\u{2007}', '\u{2008}']).to_owned()
}

/// A table: its heads, and its rows.
struct Table {
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
}

fn tables(html: &str) -> Vec<Table> {
    let cells = |row: &str| -> Vec<String> {
        let row = row.replace("<th", "<td").replace("</th>", "</td>");
        row.split("<td").skip(1).map(|cell| shown(&format!("<td{}", cell.split("</td>").next().unwrap()))).collect()
    };
    let table = |table: &str| {
        let (head, body) = table.split_once("<tbody>").unwrap();
        let heads = between(head, "<tr>", "</tr>").first().map(|row| cells(row)).unwrap_or_default();
        Table { heads, rows: between(body, "<tr>", "</tr>").into_iter().map(cells).collect() }
    };
    between(html, "<table>", "</table>").into_iter().map(table).collect()
}

/// The cells of each index as `rules eval` prints them: the values of the dimensions by their names, and the value.
type Cells = BTreeMap<String, Vec<(BTreeMap<String, String>, String)>>;

fn evaluated(scheme: &str) -> Cells {
    let (exit, out, _) = rules(&["eval", scheme, "--format", "json"]);
    assert_eq!(exit, 0);
    let json: Value = serde_json::from_slice(&out).unwrap();
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut found = Cells::new();
    for index in json["indices"].as_array().unwrap() {
        let cells = index["cells"].as_array().unwrap().iter().map(|cell| {
            let fields = cell.as_object().unwrap().iter();
            let dims = fields.filter(|(name, _)| *name != "value").map(|(name, value)| (name.clone(), text(value)));
            (dims.collect(), text(&cell["value"]))
        });
        found.insert(index["name"].as_str().unwrap().to_owned(), cells.collect());
    }
    found
}

/// The part of the page with the results, and the tables in it that belong to no picture.
fn results(page: &str) -> (String, Vec<Table>) {
    let results = between(page, "<section id=\"results\">", "</section>")[0].to_owned();
    let mut rest = results.clone();
    for figure in between(&results, "<figure", "</figure>") {
        rest = rest.replace(figure, "");
    }
    let found = tables(&rest);
    (results, found)
}

/// Holds all tables of the results against what is evaluated: no cell is lacking, none is there besides.
fn holds_all_cells(scheme: &str) {
    let page = page(&[scheme]);
    let (_, tables) = results(&page);
    for (index, cells) in evaluated(scheme) {
        if cells.len() == 1 && cells[0].0.is_empty() {
            let rows = tables.iter().filter(|table| table.heads == ["index", "value"]).flat_map(|table| &table.rows);
            let found: Vec<&String> = rows.filter(|row| row[0] == index).map(|row| &row[1]).collect();
            assert_eq!(found, [&cells[0].1], "{scheme}: {index}");
            continue;
        }
        let dims: Vec<&String> = cells[0].0.keys().collect();
        let table = tables
            .iter()
            .find(|table| table.heads.contains(&index) && dims.iter().all(|dim| table.heads.contains(dim)));
        let table = table.unwrap_or_else(|| panic!("{scheme}: no table of {index}"));
        let place = |head: &String| table.heads.iter().position(|other| other == head).unwrap();
        let (at, places): (usize, Vec<usize>) = (place(&index), dims.iter().map(|dim| place(dim)).collect());
        let mut there: BTreeMap<Vec<&String>, &String> = BTreeMap::new();
        for row in &table.rows {
            there.insert(places.iter().map(|at| &row[*at]).collect(), &row[at]);
        }
        for (key, value) in &cells {
            let key: Vec<&String> = dims.iter().map(|dim| &key[*dim]).collect();
            assert_eq!(there.get(&key), Some(&value), "{scheme}: {index} at {key:?}");
        }
        let known = |values: &mut dyn Iterator<Item = &String>| values.filter(|value| !value.is_empty()).count();
        assert_eq!(known(&mut there.into_values()), known(&mut cells.iter().map(|cell| &cell.1)), "{scheme}: {index}");
    }
}

#[test]
fn the_tables_hold_what_is_evaluated() {
    holds_all_cells("rules/engagement.rules");
    holds_all_cells("rules/hdi.rules");
    holds_all_cells("rules/us-travels.rules");
}

/// The pictures of a page: name, and what stands in it.
fn figures(page: &str) -> BTreeMap<String, &str> {
    let named = between(page, "<figure id=\"picture-", "</figure>");
    named.into_iter().map(|figure| (figure.split('"').next().unwrap().to_owned(), figure)).collect()
}

/// The texts that are drawn in the wide form of a picture.
fn drawn(figure: &str) -> Vec<String> {
    let wide = between(figure, "<div class=\"wide\">", "</div>")[0];
    between(wide, "<text", "</text>").into_iter().map(|text| shown(&format!("<text{text}"))).collect()
}

#[test]
fn pictures_have_the_digits_of_the_cells() {
    let (page, cells) = (page(&["rules/us-travels.rules"]), evaluated("rules/us-travels.rules"));
    let figures = figures(&page);
    let table = &tables(figures["points"])[0];
    assert_eq!((table.heads.len(), table.rows.len()), (2, 20));
    let drawn = drawn(figures["points"]);
    for row in &table.rows {
        let key = BTreeMap::from([("country".to_owned(), row[0].clone())]);
        assert!(cells["points"].contains(&(key, row[1].clone())), "{row:?}");
        assert!(drawn.contains(&row[0]) && drawn.contains(&row[1]), "{row:?} isn't drawn");
    }
    let largest = cells["points"].iter().map(|(_, value)| value.parse::<f64>().unwrap()).fold(0.0, f64::max);
    assert_eq!(table.rows[0][1].parse::<f64>().unwrap(), largest);
}

#[test]
fn a_sum_is_drawn_with_its_parts() {
    let (page, cells) = (page(&["rules/engagement.rules"]), evaluated("rules/engagement.rules"));
    let figures = figures(&page);
    assert_eq!(
        figures.keys().map(String::as_str).collect::<Vec<_>>(),
        ["contact_count", "engagement", "military", "published_engagement"],
        "what is a part of another picture has none of its own"
    );
    let table = &tables(figures["engagement"])[0];
    assert_eq!(table.heads, ["year", "Engagement index", "Contact index", "Representation index"]);
    for (at, index) in ["engagement", "contacts", "representation"].iter().enumerate() {
        let column: Vec<(String, String)> =
            table.rows.iter().map(|row| (row[0].clone(), row[at + 1].clone())).collect();
        let own: Vec<(String, String)> =
            cells[*index].iter().map(|(key, value)| (key["year"].clone(), value.clone())).collect();
        assert_eq!(column, own, "{index}");
    }
}

#[test]
fn a_large_page_stays_small() {
    let page = page(&["rules/hdi.rules"]);
    assert!(page.len() < 2_000_000, "{} bytes", page.len());
    let figures = figures(&page);
    assert_eq!(tables(figures["human_development-latest"])[0].rows.len(), 20);
    // Eight lines at most have a name, and so a colour.
    assert_eq!(tables(figures["human_development-over-year"])[0].heads.len(), 1 + 8);
}

/// What holds of each page.
fn is_sound(page: &str) {
    for (what, found) in [("src=", "src="), ("a style from elsewhere", "@import"), ("a link element", "<link")] {
        assert!(!page.contains(found), "{what}");
    }
    assert!(!page.contains("url("), "a style that loads something");
    assert!(!page.contains("<script"), "a script");
    for target in between(page, "href=\"", "\"") {
        let anchor = target.strip_prefix('#').unwrap_or_else(|| panic!("a link to {target}"));
        assert!(page.contains(&format!(" id=\"{anchor}\"")), "no anchor {anchor}");
    }
    let ids = between(page, " id=\"", "\"");
    let once: std::collections::BTreeSet<&&str> = ids.iter().collect();
    assert_eq!(ids.len(), once.len(), "an id that stands twice");
    let mut level = 1;
    for heading in page.split("<h").skip(1).filter_map(|rest| rest.get(..1)?.parse::<u32>().ok()) {
        assert!(heading <= level + 1, "a heading of level {heading} below one of {level}");
        level = heading;
    }
    for svg in between(page, "<svg", "</svg>") {
        assert!(svg.contains("role=\"img\"") && svg.contains("<title") && svg.contains("<desc"), "{svg}");
        assert!(!between(svg, "<desc", "</desc>")[0].ends_with('>'), "an empty description");
    }
    for (name, figure) in figures(page) {
        assert_eq!(between(figure, "<svg", "</svg>").len(), 2, "{name}");
        assert!(!tables(figure)[0].rows.is_empty(), "{name} has no numbers");
    }
}

#[test]
fn pages_need_nothing_else_and_say_what_they_show() {
    for args in [
        &["rules/engagement.rules"][..],
        &["rules/us-travels.rules"],
        &["rules/engagement.rules", "--against", "rules/flat.rules"],
        &["rules/goldstein.rules"],
    ] {
        is_sound(&page(args));
    }
}

#[test]
fn the_same_page_comes_each_time() {
    let args = ["rules/engagement.rules", "--against", "rules/flat.rules"];
    assert_eq!(page(&args), page(&args));
}

#[test]
fn a_waterfall_leads_from_one_scheme_to_the_other() {
    let page = page(&["rules/engagement.rules", "--against", "rules/flat.rules"]);
    let figures = figures(&page);
    let table = &tables(figures["changes-engagement"])[0];
    let sum = |scheme: &str| {
        let cells = &evaluated(scheme)["engagement"];
        cells.iter().map(|(_, value)| value.parse::<f64>().unwrap()).sum::<f64>()
    };
    let (first, last) = (&table.rows[0], &table.rows[table.rows.len() - 1]);
    assert_eq!(
        (first[2].parse::<f64>().unwrap(), last[2].parse::<f64>().unwrap()),
        (sum("rules/engagement.rules"), sum("rules/flat.rules"))
    );
    let steps: f64 = table.rows.iter().filter_map(|row| row[1].parse::<f64>().ok()).sum();
    assert!((sum("rules/engagement.rules") + steps - sum("rules/flat.rules")).abs() < 1e-9);
    assert!(figures.contains_key("ranks-engagement"));
}

#[test]
fn a_picture_alone_is_svg_or_png() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str| {
        let out = folder.path().join(name);
        let (exit, _, err) =
            rules(&["report", "rules/engagement.rules", "--chart", "engagement", "--out", out.to_str().unwrap()]);
        assert_eq!((exit, err.as_str()), (0, ""));
        std::fs::read(out).unwrap()
    };
    let svg = String::from_utf8(write("x.svg")).unwrap();
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\"") && svg.trim_end().ends_with("</svg>"));
    assert!(svg.contains(">Engagement index 48</text>"), "{svg}");
    if cfg!(feature = "png") {
        let (png, again) = (write("x.png"), write("y.png"));
        assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
        assert_eq!(u32::from_be_bytes(png[16..20].try_into().unwrap()), 1520, "twice the width of the SVG");
        assert!(png == again);
        // Something is drawn: a white page packs into almost nothing.
        assert!(png.len() > 10_000, "{} bytes", png.len());
    }
}

/// What a browser makes of a page: its elements, what it says of errors, and what the page asks for elsewhere.
struct Opened {
    dom: String,
    complaints: Vec<String>,
    requests: Vec<String>,
}

fn opened(html: &str) -> Opened {
    let chromium = std::env::var("RULES_CHROMIUM").expect("RULES_CHROMIUM is the path of Chromium");
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(at("page.html"), html).unwrap();
    let done = Command::new(chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--dump-dom"])
        .args(["--enable-logging=stderr", "--v=0", "--window-size=1200,2000", "--virtual-time-budget=5000"])
        .arg(format!("--user-data-dir={}", at("profile")))
        .arg(format!("--log-net-log={}", at("net.json")))
        .arg(format!("file://{}", at("page.html")))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
    let log = std::fs::read_to_string(at("net.json")).unwrap();
    // What the browser asks for itself, and not for the page.
    let own =
        |url: &str| ["google.com/", "googleapis.com/", "gvt1.com/", "gstatic.com/"].iter().any(|own| url.contains(own));
    let asked = between(&log, "\"url\":\"", "\"").into_iter().filter(|url| !own(url) && url.starts_with("http"));
    Opened {
        dom: String::from_utf8(done.stdout).unwrap(),
        complaints: said.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect(),
        requests: asked.map(str::to_owned).collect(),
    }
}

#[test]
#[ignore = "Chromium is left out: `tests/run` runs it"]
fn a_browser_opens_the_page_without_a_complaint() {
    for args in [&["rules/engagement.rules", "--against", "rules/flat.rules"][..], &["rules/hdi.rules"]] {
        let source = page(args);
        let opened = opened(&source);
        assert!(opened.complaints.is_empty(), "{:?}", opened.complaints);
        assert!(opened.requests.is_empty(), "{:?}", opened.requests);
        // The browser reads what was written: nothing was closed or moved.
        let rows = |text: &str| tables(text).into_iter().map(|table| table.rows).collect::<Vec<_>>();
        assert!(rows(&opened.dom) == rows(&source), "{args:?}: other tables");
        assert_eq!(opened.dom.matches("<svg").count(), source.matches("<svg").count());
    }
}

#[test]
#[ignore = "Chromium is left out: `tests/run` runs it"]
fn a_browser_complains_of_a_page_that_isnt_sound() {
    let opened = opened("<img src=\"http://picture.invalid/x.png\"><script>console.error(\"wrong\")</script>");
    assert!(opened.complaints.iter().any(|line| line.contains("wrong")), "{:?}", opened.complaints);
    assert!(opened.requests.contains(&"http://picture.invalid/x.png".to_owned()), "{:?}", opened.requests);
}
