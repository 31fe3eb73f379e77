//! `rules`: a language in which a scoring methodology is written the way its paper states it, its compiler and engine.

pub mod builtin;
pub mod compile;
pub mod data;
pub mod diag;
pub mod eval;
pub mod plan;
pub mod source;
pub mod syntax;
pub mod value;
