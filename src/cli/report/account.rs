//! The account on the page: what became of each record, row and unit.

use super::super::account::Account;
use super::parts::table;

/// The tables of the account, each of which adds up.
pub fn section(account: &Account) -> String {
    let mut out = String::from(
        "<p>Each row adds up: what came in is what was rejected, dropped, absorbed and counted. Nothing is left out \
         silently.</p>\n",
    );
    for (at, sheet) in account.sheets().iter().enumerate() {
        let about = sheet.rows.first().and_then(|row| row.first()).map_or("", String::as_str);
        let caption = match sheet.heads.first().map(String::as_str) {
            Some("input") => "The files that were read".to_owned(),
            Some("score") => format!("The steps of {about}"),
            Some("index") => "The units in the cells of indices".to_owned(),
            _ => format!("Account {}", at + 1),
        };
        out.push_str(&table(sheet, &caption));
    }
    out
}
