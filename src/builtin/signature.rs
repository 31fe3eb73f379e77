//! Signatures: what types a function takes, to what types its arguments are brought, and what it gives.
//!
//! Whether a value may be missing is not their matter: the checker adds it by the table's column.

use crate::value::decimal::{MAX_PLACES, QUOTIENT_PLACES};
use crate::value::{Period, Precision, Type};

/// What a call comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// The types to which the arguments are brought.
    pub args: Vec<Type>,
    /// The type of the result.
    pub result: Type,
}

/// Why a call doesn't fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misfit {
    /// Another number of arguments; says how many are wanted.
    Count(&'static str),
    /// An argument (from 0) of a wrong type; says what is wanted.
    Argument(usize, &'static str),
    /// Two arguments that don't go together.
    Unlike(usize, usize),
    /// A partial date that isn't known so precisely; says what to write.
    Partial(usize, &'static str),
    /// A real where only an exact number can be.
    Real(usize),
    /// The result would have more than 38 decimal places.
    Places(u32),
}

/// Types a call; the constant of the divisor, if there is one, lets `quotient` stay exact.
pub type Signature = fn(&[Type]) -> Result<Typed, Misfit>;

fn typed(args: Vec<Type>, result: Type) -> Result<Typed, Misfit> {
    Ok(Typed { args, result })
}

fn count(args: &[Type], n: usize, says: &'static str) -> Result<(), Misfit> {
    if args.len() == n { Ok(()) } else { Err(Misfit::Count(says)) }
}

/// Years count as numbers in arithmetic and beside numbers.
fn as_number(ty: &Type) -> Option<Type> {
    match ty {
        Type::Number(_) | Type::Real => Some(ty.clone()),
        Type::Period(Period::Year) => Some(Type::Number(0)),
        _ => None,
    }
}

fn numbers(args: &[Type]) -> Result<Vec<Type>, Misfit> {
    args.iter().enumerate().map(|(at, ty)| as_number(ty).ok_or(Misfit::Argument(at, "a number"))).collect()
}

/// The type that holds both without loss.
pub fn unite(a: &Type, b: &Type) -> Option<Type> {
    match (a, b) {
        _ if a == b => Some(a.clone()),
        (Type::Number(m), Type::Number(n)) => Some(Type::Number(*m.max(n))),
        (Type::Number(_), Type::Real) | (Type::Real, Type::Number(_)) => Some(Type::Real),
        (Type::Category(x), Type::Category(y)) => {
            let mut words = x.to_vec();
            words.extend(y.iter().filter(|word| !x.contains(word)).cloned());
            Some(Type::Category(words.into()))
        }
        (Type::Text | Type::Category(_), Type::Text | Type::Category(_)) => Some(Type::Text),
        (Type::Period(Period::Year), Type::Number(_) | Type::Real) => Some(b.clone()),
        (Type::Number(_) | Type::Real, Type::Period(Period::Year)) => Some(a.clone()),
        (Type::Date, Type::Partial(p)) | (Type::Partial(p), Type::Date) => Some(Type::Partial(*p)),
        (Type::Partial(p), Type::Partial(q)) => Some(Type::Partial(*p.min(q))),
        _ => None,
    }
}

fn unite_all(args: &[Type]) -> Result<Type, Misfit> {
    let Some((first, rest)) = args.split_first() else { return Err(Misfit::Count("at least one argument")) };
    rest.iter()
        .enumerate()
        .try_fold(first.clone(), |united, (at, ty)| unite(&united, ty).ok_or(Misfit::Unlike(0, at + 1)))
}

/// Never called for a written call: the compiler types these itself.
pub fn inserted(args: &[Type]) -> Result<Typed, Misfit> {
    typed(args.to_vec(), args.first().cloned().unwrap_or(Type::Flag))
}

/// `+` and `-`: the larger number of places.
pub fn sum(args: &[Type]) -> Result<Typed, Misfit> {
    count(args, 2, "two arguments")?;
    let united = unite_all(&numbers(args)?)?;
    typed(vec![united.clone(); 2], united)
}

/// `*`: the sum of the places.
pub fn product(args: &[Type]) -> Result<Typed, Misfit> {
    count(args, 2, "two arguments")?;
    let args = numbers(args)?;
    match args.as_slice() {
        [Type::Number(a), Type::Number(b)] => {
            let places = u32::from(*a) + u32::from(*b);
            if places > u32::from(MAX_PLACES) {
                return Err(Misfit::Places(places));
            }
            let result = Type::Number(a + b);
            typed(args, result)
        }
        _ => typed(vec![Type::Real; 2], Type::Real),
    }
}

/// `/`: 15 places.
pub fn quotient(args: &[Type]) -> Result<Typed, Misfit> {
    count(args, 2, "two arguments")?;
    let args = numbers(args)?;
    if args.contains(&Type::Real) {
        return typed(vec![Type::Real; 2], Type::Real);
    }
    typed(args, Type::Number(QUOTIENT_PLACES))
}

/// A number to one of the same type.
pub fn same_number(args: &[Type]) -> Result<Typed, Misfit> {
    count(args, 1, "one argument")?;
    let args = numbers(args)?;
    let result = args.first().cloned().unwrap_or(Type::Real);
    typed(args, result)
}

/// A number to a whole one.
pub fn whole(args: &[Type]) -> Result<Typed, Misfit> {
    same_number(args).map(|typed| Typed { result: Type::Number(0), ..typed })
}

/// Two values of one type, whole dates.
pub fn order(args: &[Type]) -> Result<Typed, Misfit> {
    count(args, 2, "two arguments")?;
    if let Some(at) = args.iter().position(|ty| matches!(ty, Type::Partial(_))) {
        return Err(Misfit::Partial(at, "earliest(…) or latest(…)"));
    }
    if let Some(at) = args.iter().position(|ty| matches!(ty, Type::Flag)) {
        return Err(Misfit::Argument(at, "a number, a date, a period or a text"));
    }
    let united = unite_all(args)?;
    typed(vec![united; 2], Type::Flag)
}

/// Two values of one type that can be the same exactly.
pub fn equality(args: &[Type]) -> Result<Typed, Misfit> {
    count(args, 2, "two arguments")?;
    if let Some(at) = args.iter().position(|ty| matches!(ty, Type::Partial(_))) {
        return Err(Misfit::Partial(at, "earliest(…) or latest(…)"));
    }
    let united = unite_all(args)?;
    if united == Type::Real {
        return Err(Misfit::Real(args.iter().position(|ty| *ty == Type::Real).unwrap_or(0)));
    }
    typed(vec![united; 2], Type::Flag)
}

/// Flags to a flag.
pub fn flags(args: &[Type]) -> Result<Typed, Misfit> {
    match args.iter().position(|ty| *ty != Type::Flag) {
        Some(at) => Err(Misfit::Argument(at, "a flag: yes, no, or a condition")),
        None => typed(args.to_vec(), Type::Flag),
    }
}

/// Values of one type to one of them.
pub fn alike(args: &[Type]) -> Result<Typed, Misfit> {
    let united = unite_all(args)?;
    typed(vec![united.clone(); args.len()], united)
}

/// Two or more values of one type to one of them.
pub fn several(args: &[Type]) -> Result<Typed, Misfit> {
    if args.len() < 2 { Err(Misfit::Count("two arguments or more")) } else { alike(args) }
}

/// Anything to a flag.
pub fn known(args: &[Type]) -> Result<Typed, Misfit> {
    count(args, 1, "one argument")?;
    typed(args.to_vec(), Type::Flag)
}

/// Numbers to a quotient.
pub fn mean(args: &[Type]) -> Result<Typed, Misfit> {
    several(args)?;
    let united = unite_all(&numbers(args)?)?;
    let result = if united == Type::Real { Type::Real } else { Type::Number(QUOTIENT_PLACES) };
    typed(vec![united; args.len()], result)
}

/// Two or more numbers to a real.
pub fn several_reals(args: &[Type]) -> Result<Typed, Misfit> {
    several(args)?;
    reals(args)
}

/// Numbers to a real.
pub fn reals(args: &[Type]) -> Result<Typed, Misfit> {
    numbers(args)?;
    unite_all(args)?;
    typed(vec![Type::Real; args.len()], Type::Real)
}

/// One number to a real.
pub fn one_real(args: &[Type]) -> Result<Typed, Misfit> {
    count(args, 1, "one argument")?;
    reals(args)
}

/// Two numbers to a real.
pub fn two_reals(args: &[Type]) -> Result<Typed, Misfit> {
    count(args, 2, "two arguments")?;
    reals(args)
}

fn to_period(args: &[Type], to: Period, says: &'static str) -> Result<Typed, Misfit> {
    count(args, 1, "one argument")?;
    let Some(ty) = args.first() else { return Err(Misfit::Count("one argument")) };
    let fits = match ty {
        Type::Date => true,
        Type::Partial(Precision::Month) => to != Period::Week,
        Type::Partial(Precision::Year) => to == Period::Year,
        Type::Period(Period::Month) => matches!(to, Period::Month | Period::Quarter | Period::Year),
        Type::Period(Period::Quarter) => matches!(to, Period::Quarter | Period::Year),
        Type::Period(from) => *from == to,
        _ => return Err(Misfit::Argument(0, "a date")),
    };
    if !fits {
        return Err(Misfit::Partial(0, says));
    }
    typed(args.to_vec(), Type::Period(to))
}

/// A date to its year.
pub fn year(args: &[Type]) -> Result<Typed, Misfit> {
    to_period(args, Period::Year, "year(earliest(…))")
}

/// A date to its quarter.
pub fn quarter(args: &[Type]) -> Result<Typed, Misfit> {
    to_period(args, Period::Quarter, "quarter(earliest(…))")
}

/// A date to its month.
pub fn month(args: &[Type]) -> Result<Typed, Misfit> {
    to_period(args, Period::Month, "month(earliest(…))")
}

/// A date to its week.
pub fn week(args: &[Type]) -> Result<Typed, Misfit> {
    to_period(args, Period::Week, "week(earliest(…))")
}

/// A date or month to a number.
pub fn month_number(args: &[Type]) -> Result<Typed, Misfit> {
    to_period(args, Period::Month, "month_of_year(earliest(…))").map(|typed| Typed { result: Type::Number(0), ..typed })
}

/// A full date to a number.
pub fn day_number(args: &[Type]) -> Result<Typed, Misfit> {
    count(args, 1, "one argument")?;
    match args.first() {
        Some(Type::Date) => typed(args.to_vec(), Type::Number(0)),
        Some(Type::Partial(_)) => Err(Misfit::Partial(0, "earliest(…) or latest(…)")),
        _ => Err(Misfit::Argument(0, "a date")),
    }
}

/// A date or period to a full date.
pub fn edge(args: &[Type]) -> Result<Typed, Misfit> {
    count(args, 1, "one argument")?;
    match args.first() {
        Some(Type::Date | Type::Partial(_) | Type::Period(_)) => typed(args.to_vec(), Type::Date),
        _ => Err(Misfit::Argument(0, "a date or a period")),
    }
}

/// Two full dates to a number.
pub fn two_days(args: &[Type]) -> Result<Typed, Misfit> {
    count(args, 2, "two arguments")?;
    for (at, ty) in args.iter().enumerate() {
        match ty {
            Type::Date => {}
            Type::Partial(_) => return Err(Misfit::Partial(at, "earliest(…) or latest(…)")),
            _ => return Err(Misfit::Argument(at, "a date")),
        }
    }
    typed(args.to_vec(), Type::Number(0))
}

fn all_text(args: &[Type]) -> Result<(), Misfit> {
    match args.iter().position(|ty| !ty.is_text()) {
        Some(at) => Err(Misfit::Argument(at, "a text")),
        None => Ok(()),
    }
}

/// A text to a text.
pub fn text_to_text(args: &[Type]) -> Result<Typed, Misfit> {
    count(args, 1, "one argument")?;
    all_text(args)?;
    typed(vec![Type::Text], Type::Text)
}

/// Texts to a text.
pub fn texts(args: &[Type]) -> Result<Typed, Misfit> {
    if args.is_empty() {
        return Err(Misfit::Count("at least one argument"));
    }
    all_text(args)?;
    typed(vec![Type::Text; args.len()], Type::Text)
}

/// A text to a number.
pub fn text_to_number(args: &[Type]) -> Result<Typed, Misfit> {
    text_to_text(args).map(|typed| Typed { result: Type::Number(0), ..typed })
}

/// Two texts to a flag.
pub fn two_texts(args: &[Type]) -> Result<Typed, Misfit> {
    count(args, 2, "two arguments")?;
    all_text(args)?;
    typed(vec![Type::Text; 2], Type::Flag)
}

/// A text and a whole number to a text.
pub fn text_and_number(args: &[Type]) -> Result<Typed, Misfit> {
    count(args, 2, "two arguments")?;
    all_text(args.get(..1).unwrap_or(&[]))?;
    match args.get(1) {
        Some(Type::Number(0)) => typed(vec![Type::Text, Type::Number(0)], Type::Text),
        _ => Err(Misfit::Argument(1, "a whole number")),
    }
}
