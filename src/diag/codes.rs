//! The stable codes, and a page of explanation for each.

use std::fmt;

macro_rules! codes {
    ($($variant:ident $name:literal,)*) => {
        /// What kind of problem it is. The name, `rules::…`, never changes its meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "the page of each code says what it means")]
        pub enum Code { $($variant,)* }

        impl Code {
            /// All codes.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// The name behind `rules::`.
            pub fn name(self) -> &'static str {
                match self { $(Code::$variant => $name,)* }
            }

            /// The whole code.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => concat!("rules::", $name),)* }
            }

            /// The page that explains it, in Markdown: without one the program doesn't compile.
            pub fn page(self) -> &'static str {
                match self { $(Code::$variant => include_str!(concat!("pages/", $name, ".md")),)* }
            }
        }
    };
}

codes! {
    // Reading a scheme.
    Syntax "syntax",
    TooDeep "too_deep",
    TooLarge "too_large",
    BadCharacter "bad_character",
    // Names.
    MissingScheme "missing_scheme",
    DuplicateName "duplicate_name",
    HiddenName "hidden_name",
    ReservedName "reserved_name",
    UnknownName "unknown_name",
    UnknownColumn "unknown_column",
    UnknownFunction "unknown_function",
    UnknownScore "unknown_score",
    UnknownIndex "unknown_index",
    UnknownInput "unknown_input",
    UnknownParam "unknown_param",
    CircularIndex "circular_index",
    UnusedName "unused_name",
    // Overlays.
    CircularExtends "circular_extends",
    NoBase "no_base",
    UnknownTarget "unknown_target",
    AmbiguousTarget "ambiguous_target",
    WrongTarget "wrong_target",
    ConflictingChanges "conflicting_changes",
    IdleChange "idle_change",
    CountsChanged "counts_changed",
    // Types.
    WrongType "wrong_type",
    WrongArguments "wrong_arguments",
    MayBeMissing "may_be_missing",
    NeverMissing "never_missing",
    PartialDate "partial_date",
    RealValue "real_value",
    TooManyPlaces "too_many_places",
    DivisionByZero "division_by_zero",
    ConstantOverflow "constant_overflow",
    UnknownWord "unknown_word",
    RepeatedWord "repeated_word",
    OverlappingRanges "overlapping_ranges",
    GapInRanges "gap_in_ranges",
    IncompleteCase "incomplete_case",
    UnreachableCase "unreachable_case",
    OutOfRange "out_of_range",
    ValueNotSet "value_not_set",
    NoValue "no_value",
    NotInUnit "not_in_unit",
    NoKey "no_key",
    WrongDimensions "wrong_dimensions",
    UnnamedDimension "unnamed_dimension",
    SkipMissing "skip_missing",
    BadLiteral "bad_literal",
    BadFormat "bad_format",
    UnusedLiteral "unused_literal",
    // Files of data.
    UnreadableFile "unreadable_file",
    UnboundInput "unbound_input",
    AmbiguousInput "ambiguous_input",
    OutsideRoot "outside_root",
    BadEncoding "bad_encoding",
    EmptyFile "empty_file",
    BadHeader "bad_header",
    BadJson "bad_json",
    MissingColumn "missing_column",
    FieldCount "field_count",
    StrayQuote "stray_quote",
    UnclosedQuote "unclosed_quote",
    TextAfterQuote "text_after_quote",
    NulByte "nul_byte",
    ControlCharacter "control_character",
    LoneReturn "lone_return",
    ByteOrderMark "byte_order_mark",
    TooManyRows "too_many_rows",
    // Values of data.
    MissingValue "missing_value",
    BadNumber "bad_number",
    BadPlaces "bad_places",
    BadDate "bad_date",
    BadPeriod "bad_period",
    BadFlag "bad_flag",
    BadCategory "bad_category",
    BadText "bad_text",
    UnitDiffers "unit_differs",
    RepeatedKey "repeated_key",
    RepeatDiffers "repeat_differs",
    OverlappingIntervals "overlapping_intervals",
    // Running.
    NotOnScale "not_on_scale",
    EmptyUnit "empty_unit",
    ValuesDiffer "values_differ",
    BackwardInterval "backward_interval",
    Overflow "overflow",
    SeveralValues "several_values",
    NotFinite "not_finite",
    NegativeWeight "negative_weight",
    CheckFailed "check_failed",
    ExpectFailed "expect_failed",
    BadTest "bad_test",
    // The command line.
    NotInDialect "not_in_dialect",
    Engine "engine",
    Usage "usage",
    CannotWrite "cannot_write",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The code of a name, with or without `rules::` before it.
pub fn find(name: &str) -> Option<Code> {
    let name = name.strip_prefix("rules::").unwrap_or(name);
    Code::ALL.iter().copied().find(|code| code.name() == name)
}
