//! What a derived form is made with. Each function asks of the field's type what the key in its name
//! is for, so that a key on a wrong type is an error at the key.

use serde_json::Value;

use super::{Choice, Field, FieldType, TextFormat};
use crate::Rule;

/// A number, or an `Option` of one.
#[diagnostic::on_unimplemented(
    message = "`range` is for numbers, not for `{Self}`",
    label = "not for a field of type `{Self}`",
    note = "`length` limits a text, `items` a list"
)]
pub trait NumberField {
    /// The type of the ends of a range.
    type Number: FieldType;
}

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
        impl NumberField for $ty {
            type Number = Self;
        }
    )*};
}

numbers! { i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 }

impl TextField for String {}
impl TextDefault for String {}
impl<T: Choice> ListField for Vec<T> {}
impl<T: Choice> ListField for std::collections::BTreeSet<T> {}
impl<T: Choice, S> ListField for std::collections::HashSet<T, S> {}

impl<T: NumberField> NumberField for Option<T> {
    type Number = T::Number;
}
impl<T: TextField> TextField for Option<T> {}
impl<T: ListField> ListField for Option<T> {}
impl<T: TextDefault> TextDefault for Option<T> {}

/// The field of a type.
pub fn field<T: FieldType>() -> Field {
    T::field()
}

pub fn minimum<T: NumberField>(value: T::Number) -> Rule {
    Rule::Minimum(value.to_value())
}

pub fn maximum<T: NumberField>(value: T::Number) -> Rule {
    Rule::Maximum(value.to_value())
}

pub fn exclusive_maximum<T: NumberField>(value: T::Number) -> Rule {
    Rule::ExclusiveMaximum(value.to_value())
}

pub fn text_rule<T: TextField>(rule: Rule) -> Rule {
    rule
}

pub fn text_format<T: TextField>(format: TextFormat) -> TextFormat {
    format
}

pub fn list_rule<T: ListField>(rule: Rule) -> Rule {
    rule
}

pub fn default<T: FieldType>(value: T) -> Value {
    value.to_value()
}

pub fn text_default<T: TextDefault>(text: &str) -> Value {
    text.into()
}
