//! Draws marks with the plotting crate, as SVG whose texts are texts.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::Frame;
use super::marks::{self, Anchor, Canvas, Mark};
use crate::report::html::escape;

/// The crate draws on whole numbers: each pixel is divided into so many.
pub const UNIT: f64 = 6.0;

/// How a painter of the crate takes the sizes of texts.
#[derive(Debug, Clone, Copy)]
pub struct Letters {
    /// By what sizes are multiplied.
    pub factor: f64,
    /// By how much of their size texts stand lower.
    pub lower: f64,
}

/// What is written as the size in SVG is less than what the crate is given.
const LETTERS: Letters = Letters { factor: 1.24, lower: 0.0 };

/// A picture as SVG, with its title and what it shows in words.
pub fn svg(canvas: &Canvas, frame: Frame<'_>, description: &str) -> String {
    let mut drawn = String::new();
    {
        let area = SVGBackend::with_string(&mut drawn, size(canvas)).into_drawing_area();
        // Drawing into a text can't fail.
        let _ = paint(&area, canvas, LETTERS);
        let _ = area.present();
    }
    // The head is ours: how large the picture is, and what it says to those who don't see it.
    let body = drawn.split_once('>').map_or("", |(_, body)| body);
    let (width, height) = size(canvas);
    let id = escape(frame.id);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{:.0}\" height=\"{:.0}\" \
         role=\"img\" aria-labelledby=\"{id}-title {id}-desc\">\n<title id=\"{id}-title\">{}</title>\n\
         <desc id=\"{id}-desc\">{}</desc>{}",
        canvas.width,
        canvas.height,
        escape(frame.title),
        escape(description),
        lean(body)
    )
}

/// The size of a canvas in the units of the crate.
pub fn size(canvas: &Canvas) -> (u32, u32) {
    let side = |pixels: f64| u32::try_from(unit(pixels)).unwrap_or(0);
    (side(canvas.width), side(canvas.height))
}

/// What says nothing is left out: that something isn't seen through, and line breaks that would be read as blanks.
fn lean(body: &str) -> String {
    let body = body.replace(" opacity=\"1\"", "").replace(" stroke=\"none\"", "").replace(" \"/>", "\"/>");
    let mut out = String::with_capacity(body.len());
    let mut lines = body.lines();
    while let Some(line) = lines.next() {
        out.push_str(line);
        if line.starts_with("<text") {
            // The text, and its end.
            out.push_str(lines.next().unwrap_or(""));
            out.push_str(lines.next().unwrap_or(""));
        }
        out.push('\n');
    }
    out
}

/// A number of pixels in the units of the crate; none are so large that they don't fit.
pub fn unit(pixels: f64) -> i32 {
    let units = crate::value::decimal::from_real(pixels * UNIT, 0);
    units.and_then(|units| i32::try_from(units.clamp(-1_000_000, 1_000_000)).ok()).unwrap_or(0)
}

/// Draws all marks.
pub fn paint<DB: DrawingBackend>(
    area: &DrawingArea<DB, plotters::coord::Shift>,
    canvas: &Canvas,
    letters: Letters,
) -> Result<(), DrawingAreaErrorKind<DB::ErrorType>> {
    let at = |(x, y): (f64, f64)| (unit(x), unit(y));
    let all = |points: &[(f64, f64)]| points.iter().copied().map(at).collect::<Vec<_>>();
    area.fill(&WHITE)?;
    for mark in &canvas.marks {
        match mark {
            Mark::Path { points, thick, color } => {
                let style = color_of(*color).stroke_width(u32::try_from(unit(*thick)).unwrap_or(1));
                area.draw(&PathElement::new(all(points), style))?;
            }
            Mark::Area { points, color } => area.draw(&Polygon::new(all(points), color_of(*color).filled()))?,
            Mark::Disc { at: middle, radius, filled, color } => {
                let style = if *filled { color_of(*color).filled() } else { color_of(*color).stroke_width(12) };
                area.draw(&Circle::new(at(*middle), unit(*radius), style))?;
            }
            Mark::Text { at: place, text, size, anchor, color } => {
                let h_pos = match anchor {
                    Anchor::Start => HPos::Left,
                    Anchor::Middle => HPos::Center,
                    Anchor::End => HPos::Right,
                };
                let font = FontDesc::new(FontFamily::SansSerif, size * UNIT * letters.factor, FontStyle::Normal);
                let color = color_of(*color);
                let style = TextStyle::from(font).color(&color).pos(Pos::new(h_pos, VPos::Center));
                let place = (place.0, place.1 + size * letters.lower);
                area.draw(&Text::new(text.as_str(), at(place), style))?;
            }
        }
    }
    Ok(())
}

fn color_of((red, green, blue): marks::Color) -> RGBColor {
    RGBColor(red, green, blue)
}
