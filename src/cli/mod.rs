//! x
pub mod render;
