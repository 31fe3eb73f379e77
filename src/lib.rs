//! `rules`: a language in which a scoring methodology is written the way its paper states it, its compiler and engine.
//!
//! One direction, a type for each stage:
//!
//! | stage | from | to | where |
//! |---|---|---|---|
//! | parse | text of a `.rules` file | untyped tree, every node with its span | [`syntax`] over `grammar/rules.pest` |
//! | resolve | trees of a file and of those that it extends | one tree of ids: changes applied, items numbered, scheme-level names bound | [`resolve`] |
//! | check | resolved tree | typed tree: types, decimal places, missing values, dimensions | [`types`] |
//! | lower | typed tree | plan: a small, serialisable list of relational and scalar operations | [`plan`] |
//! | run | plan and columns, whole or in pieces | cells and the account | [`eval`]; in pieces [`eval::engine::stream`] |
//! | or translate | plan | SQL of a dialect | [`sql`] |
//! | explain | plan, columns and cells | the ledger of a cell | [`eval::ledger`] |
//!
//! [`compile`] is the way from text to plan in one call; a scheme may extend another. [`data`] turns files into columns,
//! [`compare`] holds the cells of several schemes against one another, [`attribute`] divides a difference among the
//! changes between two, [`sensitivity`] is the mathematics of runs with drawn settings, [`fmt`] lays the text of a scheme
//! out anew, [`doc`] makes a page that people read of it, [`report`] makes tables, JSON and pages, [`chart`] pictures,
//! [`cli`] has a file for each command. Below all stages lie [`source`] (texts
//! and places), [`diag`] (problems), [`value`] (types, values, columns) and [`builtin`] (the one table of functions).
//!
//! Imports run one way: source ← diag ← value ← builtin ← syntax ← resolve ← types ← plan ← {eval, sql}; `data` knows values
//! and problems, `fmt` the syntax, `compare`, `attribute` and `report` plans and results; only `cli` knows all. The core
//! reads no file and no clock: `data` and `cli` do; [`remote`] speaks to engines elsewhere.

pub mod attribute;
pub mod builtin;
pub mod chart;
pub mod cli;
pub mod compare;
pub mod compile;
pub mod data;
pub mod diag;
pub mod doc;
pub mod eval;
pub mod fmt;
pub mod plan;
pub mod remote;
pub mod report;
pub mod resolve;
pub mod sensitivity;
pub mod source;
pub mod sql;
pub mod syntax;
pub mod types;
pub mod value;
