//! Cuts tokens into lines and indents them.
//!
//! A line ends where the user ended it, where an item or a member of a broken block begins, and at comments.

use crate::syntax::outline::{Kind, Starts, Token};

use super::blocks;

/// Blanks for each step to the right.
pub(super) const STEP: usize = 2;

/// Where a line begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Indent {
    /// At a column.
    At(usize),
    /// Under the second column of the line of a scale or the column of an input that began at this line.
    Under(usize),
}

/// A line to be written.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// The numbers of its tokens, without the comment at its end.
    pub tokens: Vec<usize>,
    /// Where it begins.
    pub indent: Indent,
    /// What begins with its first token.
    pub starts: Starts,
    /// The comment at its end; the whole line, where there are no tokens.
    pub comment: Option<usize>,
    /// Whether a blank line stands before it.
    pub blank: bool,
    /// The block in which it stands; 0 outside of all.
    pub block: usize,
    /// Where its second column begins.
    pub words: usize,
    /// Whether it is the rest of a block that the next pass lays out.
    pub loose: bool,
    /// The text, once it is laid out.
    pub text: String,
}

/// An open brace, or the file.
struct Frame {
    block: usize,
    kind: Kind,
    broken: bool,
    content: usize,
    close: usize,
    parens: usize,
}

struct Cutter<'a> {
    tokens: &'a [Token],
    broken: Vec<bool>,
    frames: Vec<Frame>,
    top: Frame,
    blocks: usize,
    lines: Vec<Line>,
    /// The line of a scale or an input that is being written, and whether its second column has begun.
    entry: Option<(usize, bool)>,
    /// What begins behind the documentation that was just written.
    documented: Starts,
}

/// The lines of a text.
pub(super) fn lines(tokens: &[Token]) -> Vec<Line> {
    let top = Frame { block: 0, kind: Kind::OpenBlock, broken: true, content: 0, close: 0, parens: 0 };
    let mut cutter = Cutter {
        tokens,
        broken: blocks::broken(tokens),
        frames: Vec::new(),
        top,
        blocks: 0,
        lines: Vec::new(),
        entry: None,
        documented: Starts::Nothing,
    };
    for at in 0..tokens.len() {
        cutter.token(at);
    }
    cutter.lines
}

impl<'a> Cutter<'a> {
    fn get(&self, at: usize) -> Option<&'a Token> {
        self.tokens.get(at)
    }

    fn before(&self, at: usize) -> Option<&'a Token> {
        at.checked_sub(1).and_then(|at| self.get(at))
    }

    /// The last token before that is no comment.
    fn code_before(&self, at: usize) -> Option<&'a Token> {
        self.tokens.get(..at)?.iter().rev().find(|token| token.kind != Kind::Comment)
    }

    fn frame(&self) -> &Frame {
        self.frames.last().unwrap_or(&self.top)
    }

    fn token(&mut self, at: usize) {
        let Some(token) = self.get(at) else { return };
        if token.kind == Kind::Comment {
            return self.comment(at, token);
        }
        if self.begins_line(at, token) {
            self.begin(at, token);
        }
        if let Some(line) = self.lines.last_mut() {
            line.tokens.push(at);
        }
        self.follow(at, token);
    }

    fn comment(&mut self, at: usize, token: &Token) {
        let open = self.lines.last().is_some_and(|line| line.comment.is_none());
        if token.breaks == 0 && open {
            if let Some(line) = self.lines.last_mut() {
                line.comment = Some(at);
            }
            return;
        }
        let next = self.tokens.get(at..).unwrap_or(&[]).iter().find(|token| token.kind != Kind::Comment);
        let indent = match next {
            Some(next) if next.kind != Kind::Close => self.indent(at, next),
            _ => Indent::At(self.frame().content),
        };
        let blank = self.blank(at, token) && next.is_none_or(|next| self.between(at, next));
        self.push(Line { comment: Some(at), ..line(indent, blank, self.frame().block) });
    }

    fn push(&mut self, line: Line) {
        self.lines.push(line);
    }

    /// Whether a token is the first of a line.
    fn begins_line(&self, at: usize, token: &Token) -> bool {
        let Some(before) = self.before(at) else { return true };
        if matches!(before.kind, Kind::Comment | Kind::Doc) || token.kind == Kind::Doc {
            return true;
        }
        let frame = self.frame();
        if token.kind == Kind::Close {
            return frame.broken;
        }
        if is_open(before.kind) && frame.broken {
            return true;
        }
        if frame.broken && frame.kind != Kind::OpenList && token.starts != Starts::Nothing {
            return true;
        }
        token.breaks > 0 && !self.joined(before, token)
    }

    /// Whether a line break before a token is left out.
    fn joined(&self, before: &Token, token: &Token) -> bool {
        let tight = matches!(before.kind, Kind::Tight | Kind::Minus | Kind::OpenCall | Kind::OpenParen);
        let glued = matches!(token.kind, Kind::Comma | Kind::InnerComma | Kind::Colon | Kind::CheckColon)
            || matches!(token.kind, Kind::Optional | Kind::OpenCall | Kind::Tight | Kind::CloseParen)
            || is_open(token.kind);
        let first = self.lines.last().map(|line| line.starts);
        let column = token.cell && matches!(first, Some(Starts::Column | Starts::Entry | Starts::Step));
        tight || glued || column
    }

    fn begin(&mut self, at: usize, token: &'a Token) {
        let indent = self.indent(at, token);
        let frame = self.frame();
        let block = if token.kind == Kind::Close { self.outer() } else { frame.block };
        let blank = self.blank(at, token) && self.between(at, token);
        let starts = match self.before(at) {
            Some(before) if before.kind == Kind::Doc => self.documented,
            _ if token.kind == Kind::Doc => Starts::Nothing,
            _ => token.starts,
        };
        if token.kind == Kind::Doc && token.starts != Starts::Nothing {
            self.documented = token.starts;
        }
        self.push(Line { starts, ..line(indent, blank, block) });
        let starts = if token.kind == Kind::Doc { Starts::Other } else { starts };
        if matches!(starts, Starts::Entry | Starts::Column) {
            self.entry = Some((self.lines.len() - 1, false));
        } else if starts != Starts::Nothing {
            self.entry = None;
        }
    }

    /// The block around the innermost.
    fn outer(&self) -> usize {
        self.frames.iter().rev().nth(1).map_or(0, |frame| frame.block)
    }

    /// Whether a blank line before a token is kept, if it isn't in the middle of something.
    fn blank(&self, at: usize, token: &Token) -> bool {
        let opened = self.before(at).is_some_and(|before| is_open(before.kind) || before.kind == Kind::Doc);
        token.breaks > 1 && at > 0 && !opened && token.kind != Kind::Close
    }

    /// Whether a token stands between members: not in the middle of one.
    fn between(&self, at: usize, token: &Token) -> bool {
        let documented = self.code_before(at).is_some_and(|before| before.kind == Kind::Doc);
        !documented && (token.starts != Starts::Nothing || matches!(token.kind, Kind::Doc | Kind::Close))
    }

    /// Where the line of a token begins.
    fn indent(&self, at: usize, token: &Token) -> Indent {
        let frame = self.frame();
        if token.kind == Kind::Close {
            return Indent::At(frame.close);
        }
        let before = self.code_before(at).map(|before| before.kind);
        if token.starts != Starts::Nothing || matches!(before, None | Some(Kind::Doc)) || token.kind == Kind::Doc {
            return Indent::At(frame.content);
        }
        let list = frame.kind == Kind::OpenList && frame.parens == 0;
        if list && matches!(before, Some(Kind::Comma | Kind::InnerComma | Kind::OpenList)) {
            return Indent::At(frame.content);
        }
        match self.entry {
            Some((line, true)) => Indent::Under(line),
            _ => Indent::At(frame.content + STEP + STEP * frame.parens),
        }
    }

    /// What a token does to the braces and parentheses.
    fn follow(&mut self, at: usize, token: &Token) {
        if let Some((_, words)) = &mut self.entry {
            *words |= token.cell;
        }
        match token.kind {
            kind if is_open(kind) => {
                let close = match self.lines.last().map(|line| line.indent) {
                    Some(Indent::At(column)) => column,
                    _ => self.frame().content,
                };
                self.blocks += 1;
                let broken = self.broken.get(at).copied().unwrap_or(false);
                let (block, content) = (self.blocks, close + STEP);
                self.frames.push(Frame { block, kind, broken, content, close, parens: 0 });
            }
            Kind::Close => {
                self.frames.pop();
                self.entry = None;
            }
            Kind::OpenCall | Kind::OpenParen => self.parens(|parens| parens + 1),
            Kind::CloseParen => self.parens(|parens| parens.saturating_sub(1)),
            _ => {}
        }
    }

    fn parens(&mut self, change: impl Fn(usize) -> usize) {
        let frame = self.frames.last_mut().unwrap_or(&mut self.top);
        frame.parens = change(frame.parens);
    }
}

/// A line without tokens.
pub(super) fn line(indent: Indent, blank: bool, block: usize) -> Line {
    let (tokens, text) = (Vec::new(), String::new());
    Line { tokens, indent, starts: Starts::Nothing, comment: None, blank, block, words: 0, loose: false, text }
}

/// Whether a kind of token opens a brace.
pub(super) fn is_open(kind: Kind) -> bool {
    matches!(kind, Kind::OpenBlock | Kind::OpenList | Kind::OpenTable)
}
