use serde_json::json;

use super::*;
use crate::{Form, protocol::Revision};

/// A type's field as clients are told it, and what becomes of texts.
fn check<T: FieldType>(told: &Value, right: &[&str], wrong: &[&str]) {
    let form = Form::new().field("it", T::field());
    let schema = form.requested_schema(Revision::LATEST).expect("the form is right");
    let schema: Value = serde_json::from_str(schema.get()).expect("a schema is JSON");
    assert_eq!(&schema["properties"]["it"], told);
    let read = |text: &str| {
        let content = raw(&json!({ "it": text }).to_string());
        form.check(Some(&content))?.get::<T>("it")
    };
    for text in right {
        let value = read(text).unwrap_or_else(|faults| panic!("{text}: {faults}"));
        assert_eq!(value.to_value(), json!(text));
    }
    for text in wrong {
        let faults = read(text).err().unwrap_or_else(|| panic!("{text} was taken")).to_string();
        assert!(text.is_empty() || !faults.contains(text), "{faults}");
    }
}

const DATES: (&[&str], &[&str]) =
    (&["2027-01-31", "2028-02-29"], &["", "2027-02-29", "2027-W01-1", "20270131", "tomorrow"]);
const WRONG_TIMES: &[&str] = &["", "2027-01-31", "2027-01-31T23:59:59", "2027-01-31T25:00:00Z"];

#[test]
fn dates_of_chrono() {
    let told = json!({ "type": "string", "format": "date" });
    check::<chrono::NaiveDate>(&told, DATES.0, DATES.1);
    let told = json!({ "type": "string", "format": "date-time" });
    check::<chrono::DateTime<chrono::FixedOffset>>(
        &told,
        &["2026-12-31T23:59:59+01:00"],
        WRONG_TIMES,
    );
    check::<chrono::DateTime<chrono::Utc>>(&told, &["2026-12-31T23:59:59+00:00"], WRONG_TIMES);
}

#[test]
fn dates_of_time() {
    let told = json!({ "type": "string", "format": "date" });
    check::<time::Date>(&told, DATES.0, DATES.1);
    let told = json!({ "type": "string", "format": "date-time" });
    check::<time::OffsetDateTime>(&told, &["2026-12-31T23:59:59+01:00"], WRONG_TIMES);
}

#[test]
fn urls() {
    let told = json!({ "type": "string", "format": "uri" });
    check::<url::Url>(
        &told,
        &["https://example.com/a"],
        &["", "/here", "https://:81", "http://[::1"],
    );
}

#[test]
fn uuids() {
    let told = json!({ "type": "string", "minLength": 36, "maxLength": 36 });
    check::<uuid::Uuid>(
        &told,
        &["123e4567-e89b-12d3-a456-426614174000"],
        &["", "123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400g"],
    );
}

#[derive(crate::Elicit)]
#[elicit(crate = mcp_runtime)]
struct Stay {
    #[elicit(default = "2026-12-26")]
    from: chrono::NaiveDate,
    #[elicit(default = "2026-12-27")]
    to: Option<time::Date>,
    site: Option<url::Url>,
}

#[test]
fn their_defaults_are_texts() {
    let stay: Stay = read(&json!({})).expect("everything can be left out");
    assert_eq!(stay.from.to_string(), "2026-12-26");
    assert_eq!(stay.to.map(|to| to.to_string()).as_deref(), Some("2026-12-27"));
    assert_eq!(stay.site, None);
}
