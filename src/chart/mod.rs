//! Charts as pictures: plain numbers in, SVG (and PNG) out.
//!
//! Input: a [`Chart`], made of places on a scale, each with the text that is to be read there, and a [`Frame`] that says
//! how wide the picture is and what it is called. Output: text of an SVG that needs nothing else and says in words what it
//! shows. `marks` is what all charts are drawn as, `paint` draws marks with the plotting crate.

mod axis;
mod bars;
mod digits;
mod intervals;
mod lines;
mod marks;
mod paint;
#[cfg(feature = "png")]
mod png;
mod rows;
mod slopes;
mod steps;
mod tornado;
mod words;

#[cfg(test)]
mod tests;

pub use bars::{Bar, Bars};
pub use intervals::{Interval, Intervals};
pub use lines::{Line, Lines, Tick};
pub use slopes::{Slope, Slopes};
pub use steps::{Step, Steps};
pub use tornado::{Input, Measure, Tornado};

use marks::Canvas;
pub use words::listed;

/// A number of a chart: where it lies, and how it is written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Number {
    /// Its place.
    pub at: f64,
    /// Its digits, as everywhere else in a report.
    pub text: String,
}

impl Number {
    /// A number with these digits. A text that is no number lies at 0.
    pub fn of(text: impl Into<String>) -> Self {
        let text = text.into();
        let at = text.parse::<f64>().ok().filter(|at| at.is_finite()).unwrap_or(0.0);
        Self { at, text }
    }
}

/// One of the kinds of pictures.
#[derive(Debug, Clone, PartialEq)]
pub enum Chart {
    /// Values over time.
    Lines(Lines),
    /// Values of units, one below another.
    Bars(Bars),
    /// Values with the intervals in which they lie.
    Intervals(Intervals),
    /// Ranks in two schemes.
    Slopes(Slopes),
    /// From one value to another, step by step.
    Steps(Steps),
    /// How much each input matters.
    Tornado(Tornado),
}

/// How a picture is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// What the picture is called; it begins the ids of its parts, so that it is a word of a page that no other has.
    pub id: &'a str,
    /// Its title, for those who don't see it.
    pub title: &'a str,
    /// Whether the title is drawn, too: not where it stands above the picture anyway.
    pub titled: bool,
    /// How wide it is.
    pub width: Width,
}

/// How wide a picture is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// For a page, a screen or paper.
    Wide,
    /// For the screen of a telephone.
    Narrow,
}

impl Width {
    /// The width in pixels.
    pub fn pixels(self) -> f64 {
        match self {
            Width::Wide => 760.0,
            Width::Narrow => 350.0,
        }
    }
}

/// The numbers of a chart as a table: its heads, and its rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// The heads of the columns.
    pub heads: Vec<String>,
    /// How many of the columns, from the first on, hold words.
    pub words: usize,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

impl Chart {
    /// The picture as SVG.
    pub fn svg(&self, frame: Frame<'_>) -> String {
        paint::svg(&self.canvas(frame), frame, &self.description())
    }

    /// The picture as a PNG of twice as many pixels as it is wide; `None` where it could not be drawn.
    #[cfg(feature = "png")]
    pub fn png(&self, frame: Frame<'_>) -> Option<Vec<u8>> {
        png::png(&self.canvas(frame))
    }

    /// What the picture shows, in words.
    pub fn description(&self) -> String {
        match self {
            Chart::Lines(chart) => chart.description(),
            Chart::Bars(chart) => chart.description(),
            Chart::Intervals(chart) => chart.description(),
            Chart::Slopes(chart) => chart.description(),
            Chart::Steps(chart) => chart.description(),
            Chart::Tornado(chart) => chart.description(),
        }
    }

    /// The numbers that the picture shows.
    pub fn table(&self) -> Table {
        match self {
            Chart::Lines(chart) => chart.table(),
            Chart::Bars(chart) => chart.table(),
            Chart::Intervals(chart) => chart.table(),
            Chart::Slopes(chart) => chart.table(),
            Chart::Steps(chart) => chart.table(),
            Chart::Tornado(chart) => chart.table(),
        }
    }

    fn canvas(&self, frame: Frame<'_>) -> Canvas {
        let mut canvas = Canvas::new(frame.width);
        if frame.titled {
            canvas.headline(frame.title);
        }
        match self {
            Chart::Lines(chart) => chart.draw(&mut canvas),
            Chart::Bars(chart) => chart.draw(&mut canvas),
            Chart::Intervals(chart) => chart.draw(&mut canvas),
            Chart::Slopes(chart) => chart.draw(&mut canvas),
            Chart::Steps(chart) => chart.draw(&mut canvas),
            Chart::Tornado(chart) => chart.draw(&mut canvas),
        }
        canvas
    }
}
