//! Tests of the interpreter on its parts and on small plans. What whole schemes mean is held by `tests/`.

mod parts;
mod plans;
