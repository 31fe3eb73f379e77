//! Frames on their way through a score, kept for other scores that begin with the same steps.

use super::frame::Frame;
use super::score::Run;
use crate::eval::ScoreAccount;
use crate::plan::Score;
use crate::value::Ty;

/// What a score leaves behind some of its steps, for the scores that come after it. A snapshot is taken before a step
/// in which two scores differed once: others are likely to differ there, too.
#[derive(Debug, Default)]
pub struct Snapshots {
    /// The input of the last score.
    input: usize,
    /// What its steps say.
    steps: Vec<String>,
    /// The places of steps in which two scores differed.
    forks: Vec<usize>,
    /// By the number of steps done, ascending.
    kept: Vec<(usize, State)>,
}

/// A score on its way.
#[derive(Debug, Clone)]
struct State {
    frames: [Frame; 3],
    value: Option<Ty>,
    account: ScoreAccount,
    broken: bool,
}

impl Snapshots {
    /// Prepares for a score by its input and what its steps say. What doesn't fit it any more is forgotten.
    pub fn prepare(&mut self, input: usize, steps: Vec<String>) {
        if input != self.input {
            *self = Self { input, ..Self::default() };
        }
        let alike = self.steps.iter().zip(&steps).take_while(|(a, b)| a == b).count();
        if !self.steps.is_empty() && !self.forks.contains(&alike) {
            self.forks.push(alike);
        }
        self.kept.retain(|(done, _)| *done <= alike);
        self.steps = steps;
    }

    /// Takes a score to where the last one was that began alike; the number of steps that are done.
    pub fn resume(&self, run: &mut Run<'_, '_>) -> usize {
        let Some((done, state)) = self.kept.last() else { return 0 };
        let State { frames: [live, ghosts, lost], value, account, broken } = state.clone();
        run.live = with_room(live, run.score);
        run.ghosts = with_room(ghosts, run.score);
        run.lost = with_room(lost, run.score);
        run.value = value;
        run.account = account;
        run.broken = broken;
        *done
    }

    /// Keeps what a score has before a step, if it may be of use.
    pub fn keep(&mut self, at: usize, run: &Run<'_, '_>) {
        if at == 0 || !self.forks.contains(&at) || self.kept.iter().any(|(done, _)| *done == at) {
            return;
        }
        let frames = [run.live.clone(), run.ghosts.clone(), run.lost.clone()];
        let state = State { frames, value: run.value.clone(), account: run.account.clone(), broken: run.broken };
        self.kept.push((at, state));
    }
}

/// Scores that begin alike may have different numbers of slots; those that are set are the same.
fn with_room(mut frame: Frame, score: &Score) -> Frame {
    frame.slots.resize(score.slots.len(), None);
    frame
}
