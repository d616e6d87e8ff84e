use std::{
    collections::{BTreeSet, HashSet},
    hash::{BuildHasher, Hash},
};

use serde_json::{Number, Value};

use super::{Choice, Field};
use crate::{Rule, schema};

/// A type that a field of a derived form can have.
///
/// | type | field |
/// | --- | --- |
/// | `String` | a text |
/// | integers and floats of all widths | a number |
/// | `bool` | yes or no |
/// | an enum of unit variants that derives `Elicit` | one of the variants |
/// | `Vec`, `BTreeSet` or `HashSet` of such an enum | some of the variants, none twice |
/// | `Option` of these | the same, and it can be left out |
///
/// | feature | types |
/// | --- | --- |
/// | `chrono` | `NaiveDate`, `DateTime<Utc>`, `DateTime<FixedOffset>` |
/// | `time` | `Date`, `OffsetDateTime` |
/// | `url` | `Url` |
/// | `uuid` | `Uuid` |
///
/// A type of the author's own can implement it:
///
/// ```
/// use mcp_runtime::{Elicit, Field, FieldType, Rule};
/// use serde_json::Value;
///
/// struct Even(u32);
///
/// impl FieldType for Even {
///     fn field() -> Field {
///         Field::integer().rule(Rule::Minimum(0.into())).description("An even number.")
///     }
///
///     fn from_value(value: &Value) -> Result<Self, String> {
///         let number = u32::from_value(value)?;
///         if number % 2 == 0 { Ok(Self(number)) } else { Err("must be even".to_owned()) }
///     }
///
///     fn to_value(&self) -> Value {
///         self.0.into()
///     }
/// }
///
/// #[derive(Elicit)]
/// struct Pairs {
///     socks: Even,
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a field of a form",
    label = "not a type that a user can fill in",
    note = "a form is flat: its fields are `String`, numbers, `bool`, enums of unit variants that derive `Elicit`, `Vec`, `BTreeSet` or `HashSet` of such an enum, and `Option` of these",
    note = "types of `chrono`, `time`, `url` and `uuid` need the feature of that name of `mcp-runtime`"
)]
pub trait FieldType: Sized + Send + 'static {
    /// The field, before what the form says of it.
    fn field() -> Field;

    /// The value that a user gave, which fits the field's rules.
    ///
    /// # Errors
    ///
    /// When the type does not take the value. The text goes on after the name of the field and tells
    /// no value: `must be even`.
    fn from_value(value: &Value) -> Result<Self, String>;

    /// What [`from_value`](Self::from_value) would make this of.
    fn to_value(&self) -> Value;

    /// What it is when the field is left out, if it can be.
    #[must_use]
    fn when_left_out() -> Option<Self> {
        None
    }
}

impl FieldType for String {
    fn field() -> Field {
        Field::text()
    }

    fn from_value(value: &Value) -> Result<Self, String> {
        value.as_str().map(str::to_owned).ok_or_else(|| "must be a string".to_owned())
    }

    fn to_value(&self) -> Value {
        self.as_str().into()
    }
}

impl FieldType for bool {
    fn field() -> Field {
        Field::boolean()
    }

    fn from_value(value: &Value) -> Result<Self, String> {
        value.as_bool().ok_or_else(|| "must be a boolean".to_owned())
    }

    fn to_value(&self) -> Value {
        (*self).into()
    }
}

impl<T: FieldType> FieldType for Option<T> {
    fn field() -> Field {
        T::field().optional()
    }

    fn from_value(value: &Value) -> Result<Self, String> {
        T::from_value(value).map(Some)
    }

    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::to_value)
    }

    fn when_left_out() -> Option<Self> {
        Some(None)
    }
}

/// Integers, with the bounds that clients are told: of 64 bits and more, JavaScript does not know
/// the exact ones.
macro_rules! integers {
    ($($ty:ident $($bound:ident)*;)*) => {$(
        impl FieldType for $ty {
            fn field() -> Field {
                Field::integer()$(.rule(integers!($bound $ty)))*
            }

            fn from_value(value: &Value) -> Result<Self, String> {
                let integer = value.as_number().and_then(schema::integer);
                integer.and_then(|integer| integer.try_into().ok()).ok_or_else(|| {
                    format!("must be an integer from {} to {}", $ty::MIN, $ty::MAX)
                })
            }

            fn to_value(&self) -> Value {
                serde_json::to_value(self).unwrap_or_default()
            }
        }
    )*};
    (min $ty:ident) => { Rule::Minimum($ty::MIN.into()) };
    (max $ty:ident) => { Rule::Maximum($ty::MAX.into()) };
    (zero $ty:ident) => { Rule::Minimum(0.into()) };
}

integers! {
    i8 min max;
    i16 min max;
    i32 min max;
    i64;
    i128;
    isize;
    u8 min max;
    u16 min max;
    u32 min max;
    u64 zero;
    u128 zero;
    usize zero;
}

impl FieldType for f64 {
    fn field() -> Field {
        Field::number()
    }

    fn from_value(value: &Value) -> Result<Self, String> {
        value.as_f64().ok_or_else(|| "must be a number".to_owned())
    }

    fn to_value(&self) -> Value {
        Number::from_f64(*self).map_or(Value::Null, Value::Number)
    }
}

impl FieldType for f32 {
    fn field() -> Field {
        Field::number()
    }

    fn from_value(value: &Value) -> Result<Self, String> {
        let number = f64::from_value(value)? as Self;
        if number.is_finite() {
            return Ok(number);
        }
        Err(format!("must be a number from {:e} to {:e}", Self::MIN, Self::MAX))
    }

    fn to_value(&self) -> Value {
        // By way of its digits: 0.1 stays 0.1.
        serde_json::to_value(self).unwrap_or_default()
    }
}

fn choices<T: Choice, C: FromIterator<T>>(value: &Value) -> Result<C, String> {
    let items = value.as_array().ok_or("must be an array")?;
    items.iter().map(T::from_value).collect()
}

fn names<'c, T: Choice>(choices: impl IntoIterator<Item = &'c T>) -> Value {
    choices.into_iter().map(T::name).collect()
}

impl<T: Choice> FieldType for Vec<T> {
    fn field() -> Field {
        Field::choices(T::options())
    }

    fn from_value(value: &Value) -> Result<Self, String> {
        choices(value)
    }

    fn to_value(&self) -> Value {
        names(self)
    }

    fn when_left_out() -> Option<Self> {
        Some(Self::default())
    }
}

impl<T: Choice + Ord> FieldType for BTreeSet<T> {
    fn field() -> Field {
        Field::choices(T::options())
    }

    fn from_value(value: &Value) -> Result<Self, String> {
        choices(value)
    }

    fn to_value(&self) -> Value {
        names(self)
    }

    fn when_left_out() -> Option<Self> {
        Some(Self::default())
    }
}

impl<T, S> FieldType for HashSet<T, S>
where
    T: Choice + Eq + Hash,
    S: BuildHasher + Default + Send + 'static,
{
    fn field() -> Field {
        Field::choices(T::options())
    }

    fn from_value(value: &Value) -> Result<Self, String> {
        choices(value)
    }

    /// In the order of the options: a form is the same each time it is sent.
    fn to_value(&self) -> Value {
        let chosen = self.iter().map(T::name).collect::<HashSet<_>>();
        let options = T::options().into_iter().map(|option| option.name);
        options.filter(|name| chosen.contains(&**name)).map(Value::from).collect()
    }

    fn when_left_out() -> Option<Self> {
        Some(Self::default())
    }
}
