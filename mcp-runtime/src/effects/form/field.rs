use std::borrow::Cow;

use serde_json::Value;

use super::ChoiceOption;
use crate::Rule;

/// A field of a [`Form`](super::Form). It is required, unless it is [optional](Self::optional), has a
/// [default](Self::default), or is a list that can be empty.
///
/// ```
/// use mcp_runtime::{Field, Rule};
///
/// let seats = Field::integer()
///     .title("Seats")
///     .description("How many people come.")
///     .rule(Rule::Minimum(1.into()))
///     .rule(Rule::Maximum(12.into()));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Field {
    pub(super) kind: FieldKind,
    pub(super) rules: Vec<Rule>,
    pub(super) title: Option<Cow<'static, str>>,
    pub(super) description: Option<Cow<'static, str>>,
    pub(super) optional: bool,
    pub(super) enum_names: bool,
    default: Option<Value>,
}

#[derive(Clone, Debug)]
pub(super) enum FieldKind {
    Text(Option<TextFormat>),
    Integer,
    Number,
    Boolean,
    /// One of these.
    Choice(Vec<ChoiceOption>),
    /// Some of these.
    Choices(Vec<ChoiceOption>),
}

/// What the text of a field is.
///
/// ```
/// use mcp_runtime::{Field, TextFormat};
///
/// let email = Field::text().format(TextFormat::Email);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TextFormat {
    /// An email address.
    Email,
    /// A URI, with its scheme.
    Uri,
    /// A date: `2026-12-31` (`full-date` of RFC 3339).
    Date,
    /// A date and time with its offset: `2026-12-31T23:59:59Z` (`date-time` of RFC 3339).
    DateTime,
}

impl TextFormat {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Uri => "uri",
            Self::Date => "date",
            Self::DateTime => "date-time",
        }
    }
}

impl Field {
    fn new(kind: FieldKind) -> Self {
        Self {
            kind,
            rules: Vec::new(),
            title: None,
            description: None,
            optional: false,
            enum_names: false,
            default: None,
        }
    }

    /// A text.
    ///
    /// ```
    /// use mcp_runtime::{Field, Rule};
    ///
    /// let city = Field::text().rule(Rule::MinLength(1)).rule(Rule::MaxLength(80));
    /// ```
    pub fn text() -> Self {
        Self::new(FieldKind::Text(None))
    }

    /// A whole number.
    ///
    /// ```
    /// use mcp_runtime::{Field, Rule};
    ///
    /// let guests = Field::integer().rule(Rule::Minimum(1.into()));
    /// ```
    pub fn integer() -> Self {
        Self::new(FieldKind::Integer)
    }

    /// A number, perhaps with a fraction.
    ///
    /// ```
    /// use mcp_runtime::{Field, Rule};
    ///
    /// let share = Field::number().rule(Rule::Minimum(0.0.into())).rule(Rule::Maximum(1.0.into()));
    /// ```
    pub fn number() -> Self {
        Self::new(FieldKind::Number)
    }

    /// Yes or no.
    ///
    /// ```
    /// use mcp_runtime::Field;
    ///
    /// let overwrite = Field::boolean().default(false);
    /// ```
    pub fn boolean() -> Self {
        Self::new(FieldKind::Boolean)
    }

    /// One of some options.
    ///
    /// ```
    /// use mcp_runtime::Field;
    ///
    /// let bare = Field::choice(["s", "m"]);
    /// let titled = Field::choice([("s", "Small"), ("m", "Medium")]);
    /// ```
    pub fn choice(options: impl IntoIterator<Item = impl Into<ChoiceOption>>) -> Self {
        Self::new(FieldKind::Choice(options.into_iter().map(Into::into).collect()))
    }

    /// Any number of some options, none twice; [`Rule::MinLength`] and [`Rule::MaxLength`] limit how
    /// many. Clients of 2025-06-18 cannot be asked this.
    ///
    /// ```
    /// use mcp_runtime::{Field, Rule};
    ///
    /// let days = Field::choices(["sat", "sun"]).rule(Rule::MinLength(1));
    /// ```
    pub fn choices(options: impl IntoIterator<Item = impl Into<ChoiceOption>>) -> Self {
        Self::new(FieldKind::Choices(options.into_iter().map(Into::into).collect()))
    }

    /// The field's name for people.
    ///
    /// ```
    /// use mcp_runtime::Field;
    ///
    /// let city = Field::text().title("City");
    /// ```
    pub fn title(mut self, title: impl Into<Cow<'static, str>>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// What to fill in.
    ///
    /// ```
    /// use mcp_runtime::Field;
    ///
    /// let city = Field::text().description("Where the trip starts.");
    /// ```
    pub fn description(mut self, description: impl Into<Cow<'static, str>>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Tells clients the titles of the options as `enumNames`, which JSON Schema does not know, and
    /// not as `oneOf`: for clients of 2025-11-25 and later that know the older way only. Of other
    /// fields than choices with titles, it says nothing.
    ///
    /// ```
    /// use mcp_runtime::Field;
    ///
    /// let size = Field::choice([("s", "Small"), ("m", "Medium")]).enum_names();
    /// ```
    pub fn enum_names(mut self) -> Self {
        self.enum_names = true;
        self
    }

    /// It can be left out.
    ///
    /// ```
    /// use mcp_runtime::Field;
    ///
    /// let comment = Field::text().optional();
    /// ```
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// What counts when it is left out, and what clients show at first (since 2025-11-25; in
    /// 2025-06-18, of booleans alone).
    ///
    /// ```
    /// use mcp_runtime::Field;
    ///
    /// let size = Field::choice(["s", "m"]).default("m");
    /// ```
    pub fn default(mut self, default: impl Into<Value>) -> Self {
        self.default = Some(default.into());
        self
    }

    /// Adds a rule: bounds for numbers, a length for a text or for the choices, a pattern for a text.
    ///
    /// Clients know no patterns, nor bounds that do not belong to the range: these are checked when
    /// the answer comes, so say in the description what is wanted.
    ///
    /// ```
    /// use mcp_runtime::{Field, Rule};
    ///
    /// let code = Field::text().description("Two letters.").rule(Rule::Pattern("^[A-Z]{2}$"));
    /// ```
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }

    #[doc(hidden)]
    pub fn ends(mut self, ends: [Option<Rule>; 2]) -> Self {
        self.rules.extend(ends.into_iter().flatten());
        self
    }

    /// What the text is. Of other fields than texts, it says nothing.
    ///
    /// ```
    /// use mcp_runtime::{Field, TextFormat};
    ///
    /// let day = Field::text().format(TextFormat::Date);
    /// ```
    pub fn format(mut self, format: TextFormat) -> Self {
        if let FieldKind::Text(own) = &mut self.kind {
            *own = Some(format);
        }
        self
    }

    pub(super) fn is_required(&self) -> bool {
        !self.optional && self.default.is_none() && !self.can_be_empty_list()
    }

    /// Whether leaving it out says that nothing was chosen.
    fn can_be_empty_list(&self) -> bool {
        let is_minimum = |rule: &Rule| matches!(rule, Rule::MinLength(1..));
        matches!(self.kind, FieldKind::Choices(_)) && !self.rules.iter().any(is_minimum)
    }

    /// The default, where there is one: `null` for an optional field is none.
    pub(super) fn default_value(&self) -> Option<&Value> {
        self.default.as_ref().filter(|default| !(self.optional && default.is_null()))
    }
}
