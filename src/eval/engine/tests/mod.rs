//! Tests of the engine: plans built by hand, op by op.
