//! Forms: what a user fills in, as the author writes it, as each revision's clients are told it, and
//! how an answer is checked.

mod answer;
mod choice;
#[cfg(any(feature = "chrono", feature = "time", feature = "url", feature = "uuid"))]
mod external;
mod faults;
mod field;
mod field_type;
#[doc(hidden)]
pub mod for_macros;
mod schema;

use std::borrow::Cow;

pub use answer::FormAnswer;
pub use choice::{Choice, ChoiceOption};
pub use faults::FormFaults;
pub use field::{Field, TextFormat};
pub use field_type::FieldType;

/// A form that a user fills in, and the value that comes of it. It is derived.
///
/// A struct is a form with a field for each of its own; an enum of unit variants is a form with one
/// choice, and a type of a field in other forms. See [`macro@crate::Elicit`].
///
/// ```
/// use mcp_runtime::prelude::*;
///
/// #[derive(Elicit)]
/// struct Trip {
///     /// Where to go.
///     #[elicit(length = 1..=80)]
///     city: String,
///     #[elicit(default = 2, range = 1..=14)]
///     days: u8,
///     class: Option<Class>,
/// }
///
/// #[derive(Elicit)]
/// enum Class {
///     Economy,
///     Business,
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no form that a user can fill in",
    label = "not a form",
    note = "derive `Elicit` for it: `#[derive(mcp_runtime::Elicit)]`"
)]
pub trait Elicit: Sized + Send + 'static {
    /// The form.
    fn form() -> Form;

    /// The value that an answer gives.
    ///
    /// # Errors
    ///
    /// When the answer is one to another form, or holds a value that fits the schema and not the
    /// type: a number with too many digits, say.
    fn from_answer(answer: &FormAnswer) -> Result<Self, FormFaults>;
}

/// A form: fields in their order.
///
/// For forms that are known while the program is written, [`Elicit`] is shorter.
///
/// ```
/// use mcp_runtime::{Field, Form, Rule};
///
/// let sizes = vec!["s".to_owned(), "m".to_owned()];
/// let form = Form::new()
///     .field("size", Field::choice(sizes).title("Size"))
///     .field("count", Field::integer().rule(Rule::Minimum(1.into())).default(1))
///     .field("gift", Field::boolean().default(false));
/// ```
///
/// What is wrong with a form is an error when it is sent: two fields of one name, a choice without
/// options, a rule that is not for the kind of field, a default that breaks the rules.
///
/// Do not ask for secrets in a form: the specification forbids it, because the client's program
/// sees the answer.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Form {
    fields: Vec<(Cow<'static, str>, Field)>,
}

impl Form {
    /// A form without fields: all that is asked is whether the user accepts.
    ///
    /// ```
    /// use mcp_runtime::Form;
    ///
    /// let form = Form::new();
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field. `name` is for the program; the user reads the field's title, where it has one.
    ///
    /// ```
    /// use mcp_runtime::{Field, Form};
    ///
    /// let form = Form::new().field("city", Field::text().title("City"));
    /// ```
    pub fn field(mut self, name: impl Into<Cow<'static, str>>, field: Field) -> Self {
        self.fields.push((name.into(), field));
        self
    }
}

#[cfg(test)]
mod tests;
