//! What a derived form is made with. Each key asks something of the field's type, so that a key on a
//! wrong type is an error of the compiler.

use serde_json::Value;

use super::{Choice, Field, FieldType, FormAnswer, FormFaults, TextFormat};
use crate::Rule;

/// What a field's type does for it. One function gives all of it, so that the compiler complains once
/// of a type that cannot be a field.
#[derive(Debug)]
pub struct FieldOf<T> {
    field: fn() -> Field,
    read: fn(&FormAnswer, &str) -> Result<T, FormFaults>,
    write: fn(&T) -> Value,
}

pub fn of<T: FieldType>() -> FieldOf<T> {
    FieldOf { field: T::field, read: FormAnswer::get, write: T::to_value }
}

impl<T> FieldOf<T> {
    pub fn field(&self) -> Field {
        (self.field)()
    }

    pub fn read(&self, answer: &FormAnswer, name: &str) -> Result<T, FormFaults> {
        (self.read)(answer, name)
    }

    pub fn default(&self, value: &T) -> Value {
        (self.write)(value)
    }
}

/// A number, or an `Option` of one; `N` is the type of the ends of its range.
#[diagnostic::on_unimplemented(
    message = "`range` is for numbers, not for `{Self}`",
    label = "not for a field of type `{Self}`",
    note = "`length` limits a text, `items` a list"
)]
pub trait NumberField<N> {}

/// A `String`, or an `Option` of one.
#[diagnostic::on_unimplemented(
    message = "`length`, `format` and `pattern` are for `String`, not for `{Self}`",
    label = "not for a field of type `{Self}`",
    note = "`range` limits a number, `items` a list"
)]
pub trait TextField {}

/// A list of options, or an `Option` of one.
#[diagnostic::on_unimplemented(
    message = "`items` is for lists, not for `{Self}`",
    label = "not for a field of type `{Self}`",
    note = "`range` limits a number, `length` a text"
)]
pub trait ListField {}

/// A type that is text in JSON, or an `Option` of one.
#[diagnostic::on_unimplemented(
    message = "the default of a field of type `{Self}` is no text",
    label = "not a `{Self}`"
)]
pub trait TextDefault {}

macro_rules! numbers {
    ($($ty:ty)*) => {$(
        impl NumberField<Self> for $ty {}
    )*};
}

numbers! { i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 }

impl TextField for String {}
impl TextDefault for String {}
impl<T: Choice> ListField for Vec<T> {}
impl<T: Choice> ListField for std::collections::BTreeSet<T> {}
impl<T: Choice, S> ListField for std::collections::HashSet<T, S> {}

impl<T: NumberField<N>, N> NumberField<N> for Option<T> {}
impl<T: TextField> TextField for Option<T> {}
impl<T: ListField> ListField for Option<T> {}
impl<T: TextDefault> TextDefault for Option<T> {}

/// The rules of both ends. An `impl Trait` in their place would make the compiler complain twice.
pub type Ends = [Option<Rule>; 2];

/// `maximum` is the rule of the greater end.
pub fn range<T: NumberField<N>, N: FieldType>(
    min: Option<N>,
    max: Option<N>,
    maximum: fn(Value) -> Rule,
) -> Ends {
    [min.map(|min| Rule::Minimum(min.to_value())), max.map(|max| maximum(max.to_value()))]
}

pub fn length<T: TextField>(min: Option<usize>, max: Option<usize>) -> Ends {
    [min.map(Rule::MinLength), max.map(Rule::MaxLength)]
}

pub fn items<T: ListField>(min: Option<usize>, max: Option<usize>) -> Ends {
    [min.map(Rule::MinLength), max.map(Rule::MaxLength)]
}

pub fn pattern<T: TextField>(pattern: &'static str) -> Rule {
    Rule::Pattern(pattern)
}

pub fn format<T: TextField>(format: TextFormat) -> TextFormat {
    format
}

pub fn text_default<T: TextDefault>(text: &str) -> Value {
    text.into()
}
