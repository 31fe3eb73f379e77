//! Ranks in two schemes: a line for each unit from its place in one order to its place in the other.

use super::marks::{Anchor, BLUE, Canvas, Color, GREY, INK, RED, Sign, TEXT, widest};
use super::words::{count, listed, wrapped};
use super::{Number, Table};

/// Ranks in two schemes, in the order of the first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Slopes {
    /// What is ranked: `country`.
    pub unit: String,
    /// What the two orders are called.
    pub ends: [String; 2],
    /// The units.
    pub rows: Vec<Slope>,
    /// How many are left out.
    pub left_out: usize,
}

/// A unit in both orders.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Slope {
    /// Its name.
    pub name: String,
    /// Its ranks.
    pub ranks: [Number; 2],
    /// Its values.
    pub values: [Number; 2],
}

impl Slope {
    /// By how much it falls; negative if it climbs.
    fn falls(&self) -> f64 {
        self.ranks[1].at - self.ranks[0].at
    }

    /// How it moved, in a sign and a number.
    fn moved(&self) -> String {
        let falls = self.falls();
        if falls < 0.0 {
            format!(" ▲{:.0}", -falls)
        } else if falls > 0.0 {
            format!(" ▼{falls:.0}")
        } else {
            String::new()
        }
    }

    fn color(&self) -> Color {
        let falls = self.falls();
        if falls < 0.0 {
            BLUE
        } else if falls > 0.0 {
            RED
        } else {
            GREY
        }
    }
}

impl Slopes {
    pub(super) fn description(&self) -> String {
        let moved = |sign: f64| {
            let names: Vec<&str> =
                self.rows.iter().filter(|row| row.falls() * sign > 0.0).map(|row| row.name.as_str()).collect();
            let many = names.len();
            let first: Vec<&str> = names.into_iter().take(5).collect();
            if many > 5 { format!("{many}, among them {}", listed(&first)) } else { listed(&first) }
        };
        let (up, down) = (moved(-1.0), moved(1.0));
        let none = |names: String| if names.is_empty() { "none".to_owned() } else { names };
        let left = if self.left_out > 0 { format!(" {} more are left out.", self.left_out) } else { String::new() };
        format!(
            "Ranks of {} rows by {} in “{}” and in “{}”. Up: {}. Down: {}.{left}",
            self.rows.len(),
            self.unit,
            self.ends[0],
            self.ends[1],
            none(up),
            none(down)
        )
    }

    pub(super) fn table(&self) -> Table {
        let [a, b] = &self.ends;
        let row = |row: &Slope| {
            let [from, to] = &row.ranks;
            let [before, after] = &row.values;
            let texts = [&from.text, &to.text, &before.text, &after.text];
            [&row.name].into_iter().chain(texts).cloned().collect()
        };
        let of = |what: &str, end: &str| format!("{what} in “{end}”");
        Table {
            heads: vec![self.unit.clone(), of("rank", a), of("rank", b), of("value", a), of("value", b)],
            words: 1,
            rows: self.rows.iter().map(row).collect(),
        }
    }

    /// The places of the rows in one of the orders: those of one rank stand in the order of their names.
    fn order(&self, end: usize) -> Vec<usize> {
        let rank = |at: &usize| self.rows.get(*at).and_then(|row| row.ranks.get(end)).map_or(0.0, |rank| rank.at);
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        order.sort_by(|a, b| rank(a).total_cmp(&rank(b)).then(a.cmp(b)));
        let mut places = vec![0; order.len()];
        for (place, row) in order.into_iter().enumerate() {
            if let Some(slot) = places.get_mut(row) {
                *slot = place;
            }
        }
        places
    }

    pub(super) fn draw(&self, canvas: &mut Canvas) {
        let left: Vec<String> = self.rows.iter().map(|row| row.ranks[0].text.clone()).collect();
        let right: Vec<String> = self.rows.iter().map(|row| format!("{}{}", row.ranks[1].text, row.moved())).collect();
        let names = widest(self.rows.iter().map(|row| row.name.as_str()));
        let numbers = [widest(left.iter().map(String::as_str)), widest(right.iter().map(String::as_str))];
        // The narrow picture has names on the left alone.
        let most = canvas.width * 0.38;
        let from = (names + numbers[0] + 22.0).min(most);
        let behind = if canvas.narrow { numbers[1] + 18.0 } else { (names + numbers[1] + 28.0).min(most) };
        let to = canvas.width - behind;
        self.heads(canvas);
        let top = canvas.height;
        let places = [self.order(0), self.order(1)];
        let y = |end: usize, row: usize| {
            let place = places.get(end).and_then(|places| places.get(row)).copied().unwrap_or(0);
            top + 18.0 * (count(place) + 0.5)
        };
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        // What moved most is drawn over what did not.
        let far = |row: &usize| self.rows.get(*row).map_or(0.0, |row| row.falls().abs());
        order.sort_by(|a, b| far(a).total_cmp(&far(b)).then(a.cmp(b)));
        for at in order {
            let Some(row) = self.rows.get(at) else { continue };
            let (a, b) = ((from, y(0, at)), (to, y(1, at)));
            canvas.line(a, b, if row.falls() == 0.0 { 1.2 } else { 2.2 }, row.color());
            canvas.sign(a, Sign::Disc, row.color());
            canvas.sign(b, Sign::Disc, row.color());
        }
        let texts = self.rows.iter().zip(left.iter().zip(&right)).enumerate();
        for (at, (row, (left, right))) in texts {
            canvas.text((from - 9.0, y(0, at)), left, Anchor::End, INK);
            let room = from - numbers[0] - 20.0;
            canvas.short((from - numbers[0] - 14.0, y(0, at)), &row.name, Anchor::End, INK, room);
            canvas.text((to + 9.0, y(1, at)), right, Anchor::Start, INK);
            if !canvas.narrow {
                let x = to + numbers[1] + 16.0;
                canvas.short((x, y(1, at)), &row.name, Anchor::Start, INK, canvas.width - x - 4.0);
            }
        }
        canvas.height = top + 18.0 * count(self.rows.len()) + 8.0;
    }

    /// The names of the two orders above their ends.
    fn heads(&self, canvas: &mut Canvas) {
        let most = (canvas.width - 24.0) / 2.0;
        let lines = self.ends.clone().map(|end| wrapped(&end, TEXT, most));
        let sides = [(8.0, Anchor::Start), (canvas.width - 8.0, Anchor::End)];
        for (lines, (x, anchor)) in lines.iter().zip(sides) {
            for (line, text) in lines.iter().enumerate() {
                canvas.text((x, canvas.height + 8.0 + 16.0 * count(line)), text, anchor, INK);
            }
        }
        canvas.height += 16.0 * count(lines.iter().map(Vec::len).max().unwrap_or(0)) + 8.0;
    }
}
