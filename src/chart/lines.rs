//! Values over time as lines, each with its name at its end.

use super::axis::Axis;
use super::digits::drawn;
use super::marks::{Anchor, COLORS, Canvas, Color, GREY, GRID, INK, Mark, PALE, SIGNS, Sign, TEXT, widest};
use super::words::{count, listed, spread, width};
use super::{Number, Table};

/// Values over time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Lines {
    /// What runs from left to right: `year`.
    pub time: String,
    /// What the values are.
    pub value: String,
    /// The times, ascending.
    pub ticks: Vec<Tick>,
    /// The lines that have a name and a colour; eight at most are told apart.
    pub lines: Vec<Line>,
    /// The other lines, which stay grey and have no names.
    pub others: Vec<Line>,
    /// Whether the lowest number is on top: the best of places.
    pub lowest_first: bool,
}

/// A time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tick {
    /// Where it lies.
    pub at: f64,
    /// How it is written.
    pub text: String,
}

/// A line: a number for each time; none where there is no value.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Line {
    /// Its name.
    pub name: String,
    /// Its numbers.
    pub numbers: Vec<Option<Number>>,
}

impl Line {
    /// The last number that is known, and its time.
    fn last(&self) -> Option<(usize, &Number)> {
        self.numbers.iter().enumerate().rev().find_map(|(at, number)| Some((at, number.as_ref()?)))
    }
}

impl Lines {
    pub(super) fn description(&self) -> String {
        let names: Vec<&str> = self.lines.iter().map(|line| line.name.as_str()).collect();
        let ends = self.ticks.first().zip(self.ticks.last());
        let when = ends.map_or_else(String::new, |(a, b)| format!(" from {} to {}", a.text, b.text));
        let line = |line: &Line| {
            let at = |at: usize| self.ticks.get(at).map_or("", |tick| tick.text.as_str());
            let known = || line.numbers.iter().enumerate().filter_map(|(at, number)| Some((at, number.as_ref()?)));
            let (first, last) = (known().next()?, line.last()?);
            let most = known().reduce(|most, other| if other.1.at > most.1.at { other } else { most })?;
            let texts = drawn(&[first.1, last.1, most.1]);
            let ends = texts.iter().zip([("", first), ("", last), ("at most ", most)]);
            let said = ends.map(|(text, (before, (when, _)))| format!("{before}{text} in {}", at(when)));
            Some(format!("{}: {}.", line.name, said.collect::<Vec<_>>().join(", ")))
        };
        let said: Vec<String> = self.lines.iter().filter_map(line).collect();
        let others = match self.others.len() {
            0 => String::new(),
            1 => " One other line stays grey.".to_owned(),
            many => format!(" {many} other lines stay grey."),
        };
        format!("Lines of {}{when}. {}{others}", listed(&names), said.join(" "))
    }

    pub(super) fn table(&self) -> Table {
        let heads = [self.time.clone()].into_iter().chain(self.lines.iter().map(|line| line.name.clone()));
        let row = |(at, tick): (usize, &Tick)| {
            let number = |line: &Line| {
                let number = line.numbers.get(at).and_then(Option::as_ref);
                number.map_or_else(String::new, |number| number.text.clone())
            };
            [tick.text.clone()].into_iter().chain(self.lines.iter().map(number)).collect()
        };
        Table { heads: heads.collect(), words: 1, rows: self.ticks.iter().enumerate().map(row).collect() }
    }

    pub(super) fn draw(&self, canvas: &mut Canvas) {
        let labels = self.labels();
        if !self.value.is_empty() {
            canvas.short((8.0, canvas.height + 8.0), &self.value, Anchor::Start, PALE, canvas.width - 16.0);
            canvas.height += 20.0;
        }
        let most = canvas.width * 0.42;
        let named = widest(labels.iter().map(String::as_str)) + 34.0;
        // Where names have no room at the ends of lines, they stand below.
        let beside = named <= if canvas.narrow { canvas.width * 0.25 } else { most };
        let right = canvas.width - if beside { named } else { 14.0 };
        let (top, bottom) = (canvas.height + 6.0, canvas.height + if canvas.narrow { 210.0 } else { 300.0 });
        let numbers = || self.lines.iter().chain(&self.others).flat_map(|line| line.numbers.iter().flatten());
        let up = if self.lowest_first {
            Axis::spanning(numbers().map(|number| number.at), top, bottom)
        } else {
            Axis::around(numbers().map(|number| number.at), bottom, top)
        };
        let ticks = up.ticks(if canvas.narrow { 5 } else { 6 });
        let left = widest(ticks.iter().map(|(_, text)| text.as_str())) + 16.0;
        for (y, text) in &ticks {
            canvas.line((left, *y), (right, *y), 1.0, GRID);
            canvas.text((left - 6.0, *y), text, Anchor::End, PALE);
        }
        let along = self.along(left + 6.0, right - 6.0);
        self.times(canvas, &along, bottom, right);
        // Many lines cover the paper: they are lighter than few.
        let grey = if self.others.len() > 30 { (0.7, (0xd2, 0xd2, 0xd2)) } else { (1.0, (0xbb, 0xbb, 0xbb)) };
        for line in &self.others {
            trace(canvas, line, &along, &up, grey);
        }
        for (at, line) in self.lines.iter().enumerate().rev() {
            let (color, sign) = look(at);
            trace(canvas, line, &along, &up, (2.0, color));
            signs(canvas, line, &along, &up, (color, sign));
        }
        canvas.height = bottom + 28.0;
        if beside {
            self.ends(canvas, &labels, (&along, &up), (right, top, bottom));
        } else {
            for (at, label) in labels.iter().enumerate() {
                let (color, sign) = look(at);
                let y = canvas.height + 10.0;
                canvas.line((10.0, y), (34.0, y), 2.0, color);
                canvas.sign((22.0, y), sign, color);
                canvas.short((42.0, y), label, Anchor::Start, INK, canvas.width - 50.0);
                canvas.height += 19.0;
            }
            canvas.height += 6.0;
        }
    }

    /// What stands at the ends of the lines: the name and the last number of each; of one line alone the number.
    fn labels(&self) -> Vec<String> {
        let alone = self.lines.len() == 1 && self.others.is_empty();
        let last: Vec<&Number> = self.lines.iter().filter_map(|line| Some(line.last()?.1)).collect();
        let mut numbers = drawn(&last).into_iter();
        let label = |line: &Line| match line.last().and_then(|_| numbers.next()) {
            Some(last) if alone && !last.is_empty() => last,
            last => format!("{} {}", line.name, last.unwrap_or_default()).trim_end().to_owned(),
        };
        self.lines.iter().map(label).collect()
    }

    /// The scale of times.
    fn along(&self, from: f64, to: f64) -> Vec<f64> {
        let ends = self.ticks.first().zip(self.ticks.last());
        let (low, high) = ends.map_or((0.0, 1.0), |(a, b)| (a.at, b.at));
        if high <= low {
            return vec![f64::midpoint(from, to); self.ticks.len()];
        }
        self.ticks.iter().map(|tick| from + (tick.at - low) / (high - low) * (to - from)).collect()
    }

    /// The times below, as many as there is room for, always as far from one another.
    fn times(&self, canvas: &mut Canvas, along: &[f64], bottom: f64, right: f64) {
        let room = widest(self.ticks.iter().map(|tick| tick.text.as_str())) + 12.0;
        let (first, last) = (along.first().copied().unwrap_or(0.0), along.last().copied().unwrap_or(0.0));
        let fit = ((last - first) / room).floor().max(1.0);
        let every = [1, 2, 5, 10, 20, 25, 50, 100].into_iter().find(|every| count(along.len()) / count(*every) <= fit);
        let every = every.unwrap_or(along.len().max(1));
        canvas.line((first - 6.0, bottom), (right, bottom), 1.0, GREY);
        // Round times are shown, if the times are years.
        let round = |tick: &Tick| {
            let year = tick.text.parse::<u32>().ok()?;
            (u32::try_from(every).ok()? > 1).then(|| year % u32::try_from(every).unwrap_or(1) == 0)
        };
        // Times that lie unevenly may be too close for all of them.
        let mut free = f64::NEG_INFINITY;
        for (at, (tick, x)) in self.ticks.iter().zip(along).enumerate() {
            let half = width(&tick.text, TEXT) / 2.0;
            let middle = x.min(canvas.width - half - 2.0).max(half + 2.0);
            if round(tick).unwrap_or(at % every == 0) && middle - half > free {
                canvas.line((*x, bottom), (*x, bottom + 4.0), 1.0, GREY);
                canvas.text((middle, bottom + 14.0), &tick.text, Anchor::Middle, PALE);
                free = middle + half + 4.0;
            }
        }
    }

    /// The names at the ends of the lines, so far apart that they can be read.
    fn ends(&self, canvas: &mut Canvas, labels: &[String], scales: (&[f64], &Axis), edges: (f64, f64, f64)) {
        let ((along, up), (right, top, bottom)) = (scales, edges);
        let end = |line: &Line| {
            let (at, number) = line.last()?;
            Some((along.get(at).copied()?, up.place(number.at)))
        };
        let ends: Vec<(f64, f64)> = self.lines.iter().map(|line| end(line).unwrap_or((right, bottom))).collect();
        let wanted: Vec<f64> = ends.iter().map(|(_, y)| *y).collect();
        let placed = spread(&wanted, 16.0, top, bottom);
        for (at, ((label, y), (x, from))) in labels.iter().zip(placed).zip(ends).enumerate() {
            let (color, sign) = look(at);
            if (y - from).abs() > 2.0 || right - x > 10.0 {
                canvas.line((x + 5.0, from), (right + 10.0, y), 0.8, color);
            }
            canvas.sign((right + 15.0, y), sign, color);
            canvas.text((right + 24.0, y), label, Anchor::Start, INK);
        }
    }
}

/// What tells a line from the others.
fn look(at: usize) -> (Color, Sign) {
    (COLORS.get(at).copied().unwrap_or(GREY), SIGNS.get(at).copied().unwrap_or(Sign::Disc))
}

/// Draws the parts of a line; where a value is missing, it is interrupted.
fn trace(canvas: &mut Canvas, line: &Line, along: &[f64], up: &Axis, (thick, color): (f64, Color)) {
    let mut points: Vec<(f64, f64)> = Vec::new();
    let mut parts: Vec<Vec<(f64, f64)>> = Vec::new();
    for (x, number) in along.iter().zip(&line.numbers) {
        match number {
            Some(number) => points.push((*x, up.place(number.at))),
            None => parts.push(std::mem::take(&mut points)),
        }
    }
    parts.push(points);
    for points in parts.into_iter().filter(|points| points.len() > 1) {
        canvas.marks.push(Mark::Path { points: without_middles(points), thick, color });
    }
}

/// The points without those in the middle of a level stretch.
fn without_middles(points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    let level = |a: Option<&(f64, f64)>, b: &(f64, f64)| a.is_some_and(|a| a.1 == b.1);
    let needless =
        |at: usize, point: &(f64, f64)| at > 0 && level(points.get(at - 1), point) && level(points.get(at + 1), point);
    points.iter().enumerate().filter(|(at, point)| !needless(*at, point)).map(|(_, point)| *point).collect()
}

/// Draws the signs of a line: on each number, or on some of many; a number alone has one in any case.
fn signs(canvas: &mut Canvas, line: &Line, along: &[f64], up: &Axis, (color, sign): (Color, Sign)) {
    let every = line.numbers.len() / if canvas.narrow { 8 } else { 16 } + 1;
    let known = |at: Option<usize>| at.and_then(|at| line.numbers.get(at)).is_some_and(Option::is_some);
    let last = line.last().map(|(at, _)| at);
    for (at, (x, number)) in along.iter().zip(&line.numbers).enumerate() {
        let Some(number) = number else { continue };
        let alone = !known(at.checked_sub(1)) && !known(Some(at + 1));
        if alone || at % every == 0 || Some(at) == last {
            canvas.sign((*x, up.place(number.at)), sign, color);
        }
    }
}
