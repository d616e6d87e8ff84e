use serde_json::json;

use super::*;
use crate::{Field, Form, Rule, TextFormat};

/// An answer with all that must be filled in, and this besides.
fn booking(filled_in: Value) -> Result<Booking, FormFaults> {
    let mut content = json!({ "name": "Anna", "window": true, "extra-wishes": ["Cake"] });
    let members = filled_in.as_object().expect("an object").clone();
    content.as_object_mut().expect("an object").extend(members);
    read(&content)
}

fn faults<T: std::fmt::Debug>(result: Result<T, FormFaults>) -> String {
    let message = result.expect_err("the answer is wrong").to_string();
    let faults = message.strip_prefix("the answer does not fit the form: ");
    faults.unwrap_or_else(|| panic!("{message}")).to_owned()
}

/// What is wrong with one value of a field.
fn fault(field: &Field, value: &str) -> Option<String> {
    let form = Form::new().field("it", field.clone());
    let result = form.check(Some(&raw(&format!("{{\"it\":{value}}}"))));
    result.is_err().then(|| faults(result))
}

#[test]
fn what_is_filled_in_becomes_the_value() {
    let content = json!({
        "name": "Anna",
        "contact": "anna@example.com",
        "date": "2028-02-29",
        "guests": 12,
        "offset": -1.5,
        "window": false,
        "child_seat": true,
        "seating": "beside_the_bar",
        "menu": "Large",
        "extra-wishes": ["Music", "Flowers"],
        "more": [],
    });
    let expected = Booking {
        name: "Anna".to_owned(),
        contact: Some("anna@example.com".to_owned()),
        date: "2028-02-29".to_owned(),
        guests: 12,
        offset: Some(-1.5),
        window: false,
        child_seat: true,
        seating: Seating::BesideTheBar,
        menu: Some(Menu::Large),
        extras: BTreeSet::from([Extra::Flowers, Extra::Music]),
        more: Vec::new(),
    };
    assert_eq!(read(&content), Ok(expected));
}

#[test]
fn what_is_left_out_has_its_default() {
    let expected = Booking {
        name: "Anna".to_owned(),
        contact: None,
        date: "2026-12-26".to_owned(),
        guests: 2,
        offset: None,
        window: true,
        child_seat: false,
        seating: Seating::Inside,
        menu: None,
        extras: BTreeSet::from([Extra::Cake]),
        more: vec![Menu::Small],
    };
    assert_eq!(booking(json!({})), Ok(expected));
}

#[test]
fn null_is_left_out_where_that_is_possible() {
    let answer = booking(json!({ "contact": null, "guests": null, "menu": null, "more": null }));
    assert_eq!(answer, booking(json!({})));
    assert_eq!(
        faults(booking(json!({ "window": null }))),
        "`window` must be true or false, got null"
    );
}

#[test]
fn what_is_no_field_is_dropped() {
    let answer = booking(json!({ "Name": "Bob", "guest": -1, "deep": { "a": [[[null]]] } }));
    assert_eq!(answer, booking(json!({})));
    let form = Form::new().field("size", Field::text());
    let answer = form.check(Some(&raw(r#"{"size":"s","other":1}"#))).expect("it fits");
    assert_eq!(answer.value("other"), None);
}

#[test]
fn an_answer_without_content_leaves_everything_out() {
    let required = Booking::form().check(None).map(drop);
    assert_eq!(
        faults(required),
        "`name` is required; `window` is required; `extra-wishes` is required"
    );
    let empty = Form::new().check(None).expect("nothing is asked");
    assert_eq!(empty.value("name"), None);
}

#[test]
fn all_faults_are_told_at_once_and_no_value() {
    let content = json!({
        "name": "secret-1",
        "contact": "secret-2",
        "date": "secret-3",
        "guests": 987,
        "offset": 1.5,
        "window": "secret-4",
        "seating": "secret-5",
        "extra-wishes": ["Cake", "secret-6", "Cake"],
        "more": "secret-7",
    });
    let faults = faults(read::<Booking>(&content));
    let expected = "`name` must match the regular expression `^[A-Z]`; \
                    `contact` must be an email address; \
                    `date` must be a date such as 2026-12-31; \
                    `guests` must be at most 12; \
                    `offset` must be less than 1.5; \
                    `window` must be true or false, got a string; \
                    `seating` must be one of \"inside\", \"terrace\", \"beside_the_bar\"; \
                    `extra-wishes[1]` must be one of \"Flowers\", \"Cake\", \"Music\"; \
                    `extra-wishes[2]` is the same as an item before it; \
                    `extra-wishes` must have at most 2 items; \
                    `more` must be an array, got a string";
    assert_eq!(faults, expected);
    assert!(!faults.contains("secret") && !faults.contains("987"));
}

#[test]
fn values_of_other_types_are_refused() {
    let kinds = [
        ("null", "null"),
        ("true", "a boolean"),
        ("1", "a number"),
        ("1.5", "a number with a fraction"),
        ("\"a\"", "a string"),
        ("[]", "an array"),
        ("{}", "an object"),
    ];
    for (field, takes) in [
        (Field::text(), &["\"a\""][..]),
        (Field::integer(), &["1"]),
        (Field::number(), &["1", "1.5"]),
        (Field::boolean(), &["true"]),
        (Field::choice(["a"]), &["\"a\""]),
        (Field::choices(["a"]).rule(Rule::MinLength(0)), &["[]", "null"]),
    ] {
        for (value, kind) in kinds {
            let fault = fault(&field, value);
            if takes.contains(&value) {
                assert_eq!(fault, None, "{field:?} of {value}");
            } else {
                let fault = fault.unwrap_or_else(|| panic!("{field:?} took {value}"));
                assert!(fault.starts_with("`it` must be "), "{fault}");
                assert!(fault.ends_with(&format!(", got {kind}")), "{fault}");
            }
        }
    }
}

#[test]
fn values_that_break_a_rule_are_refused() {
    let range = || Field::integer().rule(Rule::Minimum(1.into())).rule(Rule::Maximum(9.into()));
    let length = || Field::text().rule(Rule::MinLength(2)).rule(Rule::MaxLength(3));
    let days = || Field::choices(["sat", "sun"]).rule(Rule::MinLength(1)).rule(Rule::MaxLength(1));
    for (field, value, expected) in [
        (range(), "1", None),
        (range(), "9.0", None),
        (range(), "0", Some("at least 1")),
        (range(), "10", Some("at most 9")),
        (range(), "-1e300", Some("an integer, got a number")),
        (range(), "18446744073709551616", Some("at most 9")),
        (Field::integer().rule(Rule::ExclusiveMaximum(9.into())), "9", Some("at most 8")),
        (Field::number().rule(Rule::ExclusiveMaximum(1.0.into())), "1", Some("less than 1")),
        (Field::number().rule(Rule::ExclusiveMaximum(1.0.into())), "0.999", None),
        (length(), "\"ab\"", None),
        (length(), "\"äöü\"", None),
        (length(), "\"a\"", Some("at least 2 characters")),
        (length(), "\"äöüß\"", Some("at most 3 characters")),
        (length(), "\"\"", Some("at least 2 characters")),
        (Field::text().rule(Rule::Pattern("^[A-Z]{2}$")), "\"AB\"", None),
        (Field::text().rule(Rule::Pattern("^[A-Z]{2}$")), "\"ABC\"", Some("regular expression")),
        (Field::choice(["s", "m"]), "\"S\"", Some("one of \"s\", \"m\"")),
        (Field::choice([("s", "Small")]), "\"Small\"", Some("\"s\"")),
        (days(), "[\"sun\"]", None),
        (days(), "[]", Some("at least 1 item")),
        (days(), "[\"sun\",\"sat\"]", Some("at most 1 item")),
        (days(), "[\"mon\"]", Some("one of")),
        (days(), "[1]", Some("one of")),
        (Field::choices(["sat", "sun"]), "[\"sun\",\"sun\"]", Some("same as an item before")),
    ] {
        let fault = fault(&field, value);
        match (expected, fault) {
            (None, None) => {}
            (Some(expected), Some(fault)) => assert!(fault.contains(expected), "{value}: {fault}"),
            (expected, fault) => panic!("{field:?} of {value}: {fault:?}, and not {expected:?}"),
        }
    }
}

#[test]
fn texts_that_are_not_what_they_should_be_are_refused() {
    for (format, right, wrong) in [
        (
            TextFormat::Date,
            &["2026-12-31", "2028-02-29"][..],
            &["", "2026-02-29", "2026-13-01", "31.12.2026", "2026-12-31T00:00:00Z", "2026-1-1"][..],
        ),
        (
            TextFormat::DateTime,
            &["2026-12-31T23:59:59Z", "2026-12-31T23:59:59.5+01:00"],
            &["", "2026-12-31", "2026-12-31T23:59:59", "2026-12-31T24:00:00Z", "yesterday"],
        ),
        (
            TextFormat::Email,
            &["anna@example.com", "a.b+c@example.co.uk"],
            &["", "anna", "@example.com", "anna@", "an na@example.com"],
        ),
        (
            TextFormat::Uri,
            &["https://example.com/a?b#c", "mailto:anna@example.com"],
            &["", "example.com", "/a/b", "https://exam ple.com", "1http://a"],
        ),
    ] {
        let field = Field::text().format(format);
        for text in right {
            assert_eq!(fault(&field, &json!(text).to_string()), None, "{format:?}: {text}");
        }
        for text in wrong {
            let fault = fault(&field, &json!(text).to_string());
            assert!(fault.is_some_and(|it| it.starts_with("`it` must be a")), "{format:?}: {text}");
        }
    }
}

#[test]
fn numbers_that_the_type_does_not_take_are_refused() {
    fn of<T: FieldType>(json: &str) -> bool {
        let form = Form::new().field("it", T::field());
        let answer = form.check(Some(&raw(&format!("{{\"it\":{json}}}"))));
        answer.and_then(|answer| answer.get::<T>("it")).is_ok()
    }
    for (takes, expected) in [
        (of::<u8>("255"), true),
        (of::<u8>("256"), false),
        (of::<u8>("-1"), false),
        (of::<u8>("7.0"), true),
        (of::<u8>("7.5"), false),
        (of::<i8>("-128"), true),
        (of::<i8>("-129"), false),
        (of::<u32>("4294967296"), false),
        (of::<i64>("9223372036854775807"), true),
        (of::<i64>("9223372036854775808"), false),
        (of::<i64>("-9223372036854775808"), true),
        (of::<i64>("1e30"), false),
        (of::<u64>("18446744073709551615"), true),
        (of::<u64>("18446744073709551616"), false),
        (of::<u64>("-1"), false),
        (of::<i128>("1e30"), true),
        (of::<u128>("-1"), false),
        (of::<u128>("1e300"), false),
        (of::<f32>("3e38"), true),
        (of::<f32>("-4e38"), false),
        (of::<f64>("1e308"), true),
        (of::<f64>("1e999"), false),
        (of::<f64>("5"), true),
    ] {
        assert_eq!(takes, expected);
    }
}

#[test]
fn content_that_is_no_form_is_refused() {
    for (content, expected) in [
        ("[]", "must be an object, got an array"),
        ("null", "must be an object, got null"),
        ("\"name\"", "must be an object, got a string"),
        (r#"{"name":"Anna","name":"Bob"}"#, "a field occurs twice"),
    ] {
        let form = Form::new().field("name", Field::text());
        assert_eq!(faults(form.check(Some(&raw(content)))), expected);
    }
}

#[test]
fn an_answer_of_the_greatest_size_is_checked() {
    let name = "é".repeat(1_000_000);
    let field = Field::text().rule(Rule::MaxLength(10));
    let fault = fault(&field, &json!(name).to_string());
    assert_eq!(fault.as_deref(), Some("`it` must have at most 10 characters"));
    let days = json!(vec!["sun"; 100_000]).to_string();
    let refused = self::fault(&Field::choices(["sat", "sun"]), &days);
    assert!(refused.is_some_and(|it| it.len() < 2_000));
}

#[test]
fn an_option_is_read_by_its_name() {
    let content = |it: &str| json!({ "choice": it });
    assert_eq!(read(&content("terrace")), Ok(Seating::Outside));
    assert_eq!(
        faults(read::<Seating>(&content("Outside"))),
        "`choice` must be one of \"inside\", \"terrace\", \"beside_the_bar\""
    );
}

#[test]
fn an_answer_to_another_form_is_no_value() {
    let answer = Menu::form().check(Some(&raw(r#"{"choice":"Small"}"#))).expect("it fits");
    assert_eq!(
        faults(Booking::from_answer(&answer)),
        "`name` is required; `date` is required; `guests` is required; `window` is required; \
         `child_seat` is required; `seating` is required"
    );
    assert_eq!(answer.get::<Menu>("choice"), Ok(Menu::Small));
    assert_eq!(faults(answer.get::<bool>("choice")), "`choice` must be a boolean");
}

#[test]
fn values_are_written_as_they_are_read() {
    fn survives<T: FieldType + PartialEq + std::fmt::Debug>(value: T) {
        assert_eq!(T::from_value(&value.to_value()), Ok(value));
    }
    survives("text".to_owned());
    survives(true);
    survives(u64::MAX);
    survives(i128::from(i64::MIN));
    survives(0.1_f32);
    survives(1e-300);
    survives(Seating::Outside);
    survives(vec![Extra::Music, Extra::Cake]);
    survives(Some(7_u8));
}
