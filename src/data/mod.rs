//! Files into columns.
