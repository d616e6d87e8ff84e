use std::borrow::Cow;

use super::{Elicit, Field, FieldType, Form, FormAnswer, FormFaults};

/// A type whose values are options to choose from: an enum of unit variants that derives
/// [`Elicit`](macro@crate::Elicit).
///
/// ```
/// use mcp_runtime::{Choice, Elicit};
///
/// #[derive(Elicit)]
/// #[elicit(rename_all = "snake_case")]
/// enum Seating {
///     Inside,
///     OnTheTerrace,
/// }
///
/// assert_eq!(Seating::OnTheTerrace.name(), "on_the_terrace");
/// assert!(Seating::from_name("on the roof").is_none());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of options to choose from",
    label = "not an enum that derives `Elicit`",
    note = "a list in a form is a list of options: `Vec`, `BTreeSet` or `HashSet` of an enum of unit variants that derives `Elicit`"
)]
pub trait Choice: Sized + Send + 'static {
    /// All options, in their order.
    fn options() -> Vec<ChoiceOption>;

    /// The name of this option.
    fn name(&self) -> &'static str;

    /// The option of this name.
    fn from_name(name: &str) -> Option<Self>;
}

/// One option of a choice: a name for the program and perhaps a title for people.
///
/// ```
/// use mcp_runtime::ChoiceOption;
///
/// let small = ChoiceOption::new("s").title("Small");
/// assert_eq!(small, ("s", "Small").into());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct ChoiceOption {
    pub(super) name: Cow<'static, str>,
    pub(super) title: Option<Cow<'static, str>>,
}

impl ChoiceOption {
    /// An option without a title: people read the name.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), title: None }
    }

    /// What people read.
    pub fn title(mut self, title: impl Into<Cow<'static, str>>) -> Self {
        self.title = Some(title.into());
        self
    }

    pub(super) fn title_or_name(&self) -> &str {
        self.title.as_deref().unwrap_or(&self.name)
    }
}

impl From<&'static str> for ChoiceOption {
    fn from(name: &'static str) -> Self {
        Self::new(name)
    }
}

impl From<String> for ChoiceOption {
    fn from(name: String) -> Self {
        Self::new(name)
    }
}

impl<N: Into<Cow<'static, str>>, T: Into<Cow<'static, str>>> From<(N, T)> for ChoiceOption {
    fn from((name, title): (N, T)) -> Self {
        Self::new(name).title(title)
    }
}

/// The name of the only field of a form that is one choice.
const ONLY_FIELD: &str = "choice";

#[diagnostic::do_not_recommend]
impl<T: Choice> Elicit for T {
    fn form() -> Form {
        Form::new().field(ONLY_FIELD, Field::choice(T::options()))
    }

    fn from_answer(answer: &FormAnswer) -> Result<Self, FormFaults> {
        answer.get(ONLY_FIELD)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Choice> FieldType for T {
    fn field() -> Field {
        Field::choice(T::options())
    }

    fn from_value(value: &serde_json::Value) -> Result<Self, String> {
        let name = value.as_str().ok_or("must be a string")?;
        T::from_name(name).ok_or_else(|| "must be one of the options".to_owned())
    }

    fn to_value(&self) -> serde_json::Value {
        self.name().into()
    }
}
