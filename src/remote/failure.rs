//! What can go wrong with an engine, in words for the user. No word holds a password or a token, and all that comes
//! from the engine is safe for a terminal.

use std::fmt;

use crate::report::visible::visible;

use super::Kind;

/// Lines of an engine's message that are shown.
const MAX_LINES: usize = 6;

/// Characters of a line of an engine's message that are shown.
const MAX_LINE: usize = 400;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The address can't be read.
    Address {
        /// What is wrong with it.
        wrong: String,
        /// What to write instead.
        help: String,
    },
    /// The engine can't be reached.
    Unreachable {
        /// Where it was looked for: a host and a port, or a program.
        place: String,
        /// What happened.
        why: String,
        /// What to check.
        help: String,
    },
    /// The engine refused or failed: its own message, the first lines.
    Engine(String),
    /// The engine was lost before it had answered: what happened.
    Interrupted(String),
    /// The engine's answer isn't what it should be: what is wrong with it.
    Answer(String),
}

impl Failure {
    /// An address that can't be read. `wrong` may hold what the user wrote.
    pub(super) fn address(wrong: &str, help: &str) -> Self {
        Self::Address { wrong: visible(wrong).into_owned(), help: help.to_owned() }
    }

    pub(super) fn unreachable(place: &str, why: impl fmt::Display, help: &str) -> Self {
        let why = visible(&why.to_string()).into_owned();
        Self::Unreachable { place: visible(place).into_owned(), why, help: help.to_owned() }
    }

    /// The engine's own message, of which the first lines are kept.
    pub(super) fn engine(message: &str) -> Self {
        let shown = first_lines(message);
        Self::Engine(if shown.is_empty() { "the engine gave no reason".to_owned() } else { shown })
    }

    pub(super) fn interrupted(why: impl fmt::Display) -> Self {
        Self::Interrupted(first_lines(&why.to_string()))
    }

    pub(super) fn answer(wrong: &str) -> Self {
        Self::Answer(visible(wrong).into_owned())
    }

    /// A failure of the first exchange means that what answers there is not such an engine.
    pub(super) fn at_first(self, place: &str, help: &str) -> Self {
        match self {
            Self::Interrupted(why) | Self::Answer(why) => Self::unreachable(place, why.replace('\n', "; "), help),
            other => other,
        }
    }

    /// What is wrong: lower case, no final stop; several lines only where the engine's message has them.
    pub fn message(&self) -> String {
        match self {
            Self::Address { wrong, .. } => wrong.clone(),
            Self::Unreachable { place, why, .. } => format!("can't reach `{place}`: {why}"),
            Self::Engine(message) => format!("the engine answers: {message}"),
            Self::Interrupted(why) => format!("the connection was lost before the answer was whole: {why}"),
            Self::Answer(wrong) => format!("the engine's answer can't be read: {wrong}"),
        }
    }

    /// What to write or to check instead, where there is something to say.
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::Address { help, .. } | Self::Unreachable { help, .. } => Some(help),
            Self::Interrupted(_) => Some("nothing was printed of it: run the command again when the engine is back"),
            Self::Engine(_) | Self::Answer(_) => None,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl std::error::Error for Failure {}

/// An engine that this program was built without.
#[cfg_attr(all(feature = "spark", feature = "postgres"), expect(dead_code, reason = "all engines are built"))]
pub(super) fn not_built(kind: Kind) -> Failure {
    let (name, feature) = match kind {
        Kind::Spark => ("Spark", "spark"),
        Kind::Postgres => ("PostgreSQL", "postgres"),
        Kind::DuckDb => ("DuckDB", "default"),
    };
    let wrong = format!("this program was built without the client for {name}");
    Failure::address(&wrong, &format!("build it with `--features {feature}`"))
}

/// The first lines of a message, without empty ones, shortened where they are long.
fn first_lines(message: &str) -> String {
    let mut lines = message.lines().map(str::trim_end).filter(|line| !line.is_empty());
    let shown: Vec<String> =
        lines.by_ref().take(MAX_LINES).map(|line| visible(&shortened(line)).into_owned()).collect();
    let more = if lines.next().is_some() { "\n.." } else { "" };
    shown.join("\n") + more
}

fn shortened(line: &str) -> String {
    match line.char_indices().nth(MAX_LINE) {
        Some((at, _)) => line.get(..at).unwrap_or_default().to_owned() + "..",
        None => line.to_owned(),
    }
}
