//! What charts are drawn as: lines, areas, signs and texts on a canvas that grows downwards.

use super::Width;
use super::words::{fitted, visible, width};

/// A colour: red, green, blue.
pub type Color = (u8, u8, u8);

/// Text, and lines that matter most.
pub const INK: Color = (0x22, 0x22, 0x22);
/// Text that matters less; on white its contrast is 5.7.
pub const PALE: Color = (0x66, 0x66, 0x66);
/// Lines of a grid.
pub const GRID: Color = (0xdd, 0xdd, 0xdd);
/// What stays in the background, but is still to be seen.
pub const GREY: Color = (0x8c, 0x8c, 0x8c);
/// What grows, and what stands alone.
pub const BLUE: Color = (0x00, 0x72, 0xb2);
/// What falls.
pub const RED: Color = (0xd5, 0x5e, 0x00);
/// A lighter blue.
pub const SKY: Color = (0x56, 0xb4, 0xe9);

/// The colours of Okabe and Ito that stand out on white, and a grey: nobody's eyes take two of them for one.
pub const COLORS: [Color; 8] =
    [BLUE, RED, (0x00, 0x9e, 0x73), (0xcc, 0x79, 0xa7), (0x00, 0x00, 0x00), (0xe6, 0x9f, 0x00), SKY, PALE];

/// The size of texts, in pixels.
pub const TEXT: f64 = 12.0;
/// The size of a title.
pub const TITLE: f64 = 15.0;

/// A sign on a line: colours alone don't tell lines apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// A disc.
    Disc,
    /// A square.
    Square,
    /// A triangle that points up.
    Up,
    /// A diamond.
    Diamond,
    /// A triangle that points down.
    Down,
    /// A ring.
    Ring,
    /// A cross.
    Cross,
    /// A bar on end.
    Bar,
}

/// The signs, as many as colours.
pub const SIGNS: [Sign; 8] =
    [Sign::Disc, Sign::Square, Sign::Up, Sign::Diamond, Sign::Down, Sign::Ring, Sign::Cross, Sign::Bar];

/// On which side of its place a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

/// Something that is drawn; places are in pixels from the upper left corner.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// A line through points.
    Path {
        /// The points.
        points: Vec<(f64, f64)>,
        /// How thick it is.
        thick: f64,
        /// Its colour.
        color: Color,
    },
    /// A filled area.
    Area {
        /// Its corners.
        points: Vec<(f64, f64)>,
        /// Its colour.
        color: Color,
    },
    /// A disc, or a ring.
    Disc {
        /// Its middle.
        at: (f64, f64),
        /// Its radius.
        radius: f64,
        /// Whether it is filled.
        filled: bool,
        /// Its colour.
        color: Color,
    },
    /// A line of text, in the middle of its height.
    Text {
        /// Where.
        at: (f64, f64),
        /// What.
        text: String,
        /// Its size.
        size: f64,
        /// On which side of its place it stands.
        anchor: Anchor,
        /// Its colour.
        color: Color,
    },
}

/// What a picture is drawn on.
#[derive(Debug, Clone)]
pub struct Canvas {
    /// How wide it is, in pixels.
    pub width: f64,
    /// Whether there is little room beside anything.
    pub narrow: bool,
    /// How high it is so far.
    pub height: f64,
    /// What is drawn on it, the first at the bottom.
    pub marks: Vec<Mark>,
}

impl Canvas {
    /// An empty canvas.
    pub fn new(width: Width) -> Self {
        Self { width: width.pixels(), narrow: width == Width::Narrow, height: 8.0, marks: Vec::new() }
    }

    /// Writes the title, in as many lines as it takes.
    pub fn headline(&mut self, title: &str) {
        for line in super::words::wrapped(title, TITLE, self.width - 16.0) {
            let at = (8.0, self.height + 10.0);
            self.marks.push(Mark::Text { at, text: line, size: TITLE, anchor: Anchor::Start, color: INK });
            self.height += 20.0;
        }
        self.height += 6.0;
    }

    /// Writes a text, which must fit.
    pub fn text(&mut self, at: (f64, f64), text: &str, anchor: Anchor, color: Color) {
        self.marks.push(Mark::Text { at, text: visible(text), size: TEXT, anchor, color });
    }

    /// Writes a text, shortened to some width.
    pub fn short(&mut self, at: (f64, f64), text: &str, anchor: Anchor, color: Color, most: f64) {
        self.text(at, &fitted(text, TEXT, most), anchor, color);
    }

    /// Draws a line from one point to another.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), thick: f64, color: Color) {
        self.marks.push(Mark::Path { points: vec![from, to], thick, color });
    }

    /// Fills a rectangle.
    pub fn rect(&mut self, from: (f64, f64), to: (f64, f64), color: Color) {
        let points = vec![from, (to.0, from.1), to, (from.0, to.1)];
        self.marks.push(Mark::Area { points, color });
    }

    /// Draws a sign.
    pub fn sign(&mut self, (x, y): (f64, f64), sign: Sign, color: Color) {
        let r = 3.6;
        let area = |points: &[(f64, f64)]| Mark::Area {
            points: points.iter().map(|(dx, dy)| (x + dx * r, y + dy * r)).collect(),
            color,
        };
        let path = |points: &[(f64, f64)]| Mark::Path {
            points: points.iter().map(|(dx, dy)| (x + dx * r, y + dy * r)).collect(),
            thick: 2.0,
            color,
        };
        let mark = match sign {
            Sign::Disc => Mark::Disc { at: (x, y), radius: r, filled: true, color },
            Sign::Ring => {
                // What lies below doesn't show inside.
                self.marks.push(Mark::Disc { at: (x, y), radius: r, filled: true, color: (255, 255, 255) });
                Mark::Disc { at: (x, y), radius: r, filled: false, color }
            }
            Sign::Square => area(&[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]),
            Sign::Up => area(&[(0.0, -1.2), (1.1, 0.9), (-1.1, 0.9)]),
            Sign::Down => area(&[(0.0, 1.2), (1.1, -0.9), (-1.1, -0.9)]),
            Sign::Diamond => area(&[(0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)]),
            Sign::Bar => area(&[(-0.4, -1.3), (0.4, -1.3), (0.4, 1.3), (-0.4, 1.3)]),
            Sign::Cross => {
                self.marks.push(path(&[(-1.0, -1.0), (1.0, 1.0)]));
                path(&[(-1.0, 1.0), (1.0, -1.0)])
            }
        };
        self.marks.push(mark);
    }
}

/// The widest of some texts.
pub fn widest<'t>(texts: impl Iterator<Item = &'t str>) -> f64 {
    texts.map(|text| width(text, TEXT)).fold(0.0, f64::max)
}
