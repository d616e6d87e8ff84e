//! Types of other crates that are text in a form, each behind the feature of its crate's name.

use serde_json::Value;

use super::{Field, FieldType, for_macros::TextDefault};

/// A type with its field, and the ways from text and to it.
macro_rules! text_types {
    ($($feature:literal $ty:ty: $field:expr, $parse:expr, $write:expr, $expected:literal;)*) => {$(
        #[cfg(feature = $feature)]
        #[cfg_attr(docsrs, doc(cfg(feature = $feature)))]
        impl FieldType for $ty {
            fn field() -> Field {
                $field
            }

            fn from_value(value: &Value) -> Result<Self, String> {
                let parse: fn(&str) -> Option<Self> = $parse;
                value.as_str().and_then(parse).ok_or_else(|| concat!("must be ", $expected).to_owned())
            }

            fn to_value(&self) -> Value {
                let write: fn(&Self) -> String = $write;
                write(self).into()
            }
        }

        #[cfg(feature = $feature)]
        impl TextDefault for $ty {}
    )*};
}

text_types! {
    "chrono" chrono::NaiveDate:
        date(), |text| text.parse().ok(), Self::to_string, "a date such as 2026-12-31";
    "chrono" chrono::DateTime<chrono::FixedOffset>:
        date_time(),
        |text| Self::parse_from_rfc3339(text).ok(),
        Self::to_rfc3339,
        "a date and time such as 2026-12-31T23:59:59Z";
    "chrono" chrono::DateTime<chrono::Utc>:
        date_time(),
        |text| chrono::DateTime::parse_from_rfc3339(text).ok().map(Into::into),
        Self::to_rfc3339,
        "a date and time such as 2026-12-31T23:59:59Z";
    "time" time::Date:
        date(),
        |text| Self::parse(text, &time::format_description::well_known::Iso8601::DATE).ok(),
        Self::to_string,
        "a date such as 2026-12-31";
    "time" time::OffsetDateTime:
        date_time(),
        |text| Self::parse(text, &time::format_description::well_known::Rfc3339).ok(),
        |it| it.format(&time::format_description::well_known::Rfc3339).unwrap_or_default(),
        "a date and time such as 2026-12-31T23:59:59Z";
    "url" url::Url:
        Field::text().format(super::TextFormat::Uri),
        |text| Self::parse(text).ok(),
        Self::to_string,
        "a URL such as https://example.com/a";
    "uuid" uuid::Uuid:
        Field::text().rule(crate::Rule::MinLength(36)).rule(crate::Rule::MaxLength(36)),
        |text| Self::parse_str(text).ok(),
        Self::to_string,
        "a UUID such as 123e4567-e89b-12d3-a456-426614174000";
}

#[cfg(any(feature = "chrono", feature = "time"))]
fn date() -> Field {
    Field::text().format(super::TextFormat::Date)
}

#[cfg(any(feature = "chrono", feature = "time"))]
fn date_time() -> Field {
    Field::text().format(super::TextFormat::DateTime)
}
