use rmcp::model::ElicitationSchema;
use serde_json::{Value, json};

use super::Field;

fn fields(schema: Value) -> Vec<Field> {
    // From text, as from the wire: the order of the fields is that of the server.
    let form: ElicitationSchema = serde_json::from_str(&schema.to_string()).expect("a form");
    Field::all(&form)
}

fn field(schema: Value) -> Field {
    let mut fields = fields(json!({ "type": "object", "properties": { "it": schema } }));
    fields.pop().expect("a field")
}

#[track_caller]
fn takes(schema: Value, answers: &[(&str, Value)]) {
    let field = field(schema);
    for (text, value) in answers {
        assert_eq!(field.read(text).as_ref(), Ok(value), "{text}");
    }
}

#[track_caller]
fn refuses(schema: Value, answers: &[(&str, &str)]) {
    let field = field(schema);
    for (text, wanted) in answers {
        assert_eq!(field.read(text), Err((*wanted).to_owned()), "{text}");
    }
}

#[test]
fn fields_are_in_the_order_of_the_form() {
    let form = json!({
        "type": "object",
        "properties": {
            "when": { "type": "string", "description": "When\nto leave." },
            "again": { "type": "boolean", "title": "Again" },
        },
        "required": ["again"],
    });
    let fields = fields(form);
    let told: Vec<_> =
        fields.iter().map(|it| (it.name.as_str(), it.label.as_str(), it.is_required)).collect();
    assert_eq!(told, [("when", "When to leave.", false), ("again", "Again", true)]);
}

#[test]
fn texts_are_bounded_and_have_formats() {
    takes(json!({ "type": "string", "maxLength": 3 }), &[(" äöü ", json!("äöü"))]);
    refuses(
        json!({ "type": "string", "minLength": 2, "maxLength": 3 }),
        &[("a", "at least 2 characters"), ("abcd", "at most 3 characters")],
    );
    takes(json!({ "type": "string", "format": "date" }), &[("2026-12-26", json!("2026-12-26"))]);
    let date = "a date, as in 2026-12-26";
    refuses(json!({ "type": "string", "format": "date" }), &[("2026-13-01", date), ("now", date)]);
    refuses(
        json!({ "type": "string", "format": "date-time" }),
        &[("2026-12-26", "a date and time, as in 2026-12-26T18:30:00Z")],
    );
    refuses(json!({ "type": "string", "format": "email" }), &[("@", "an address")]);
    refuses(json!({ "type": "string", "format": "uri" }), &[("there", "a URI")]);
}

#[test]
fn numbers_are_whole_where_they_have_to_be() {
    takes(json!({ "type": "number" }), &[("2.5", json!(2.5)), ("-3", json!(-3))]);
    refuses(json!({ "type": "number" }), &[("NaN", "a number"), ("two", "a number")]);
    let seats = json!({ "type": "integer", "minimum": 1, "maximum": 9 });
    takes(seats.clone(), &[("9", json!(9))]);
    refuses(
        seats,
        &[
            ("1.5", "a whole number"),
            ("0", "at least 1 as a number"),
            ("10", "at most 9 as a number"),
        ],
    );
}

#[test]
fn yes_and_no_have_several_spellings() {
    let kind = json!({ "type": "boolean" });
    takes(kind.clone(), &[("y", json!(true)), ("No", json!(false)), ("true", json!(true))]);
    refuses(kind, &[("perhaps", "`y` or `n`"), ("", "`y` or `n`")]);
}

#[test]
fn one_is_chosen_by_its_number_value_or_title_in_every_form_of_an_enum() {
    for schema in [
        json!({ "type": "string", "enum": ["s", "l"], "enumNames": ["Small", "Large"] }),
        json!({ "type": "string", "oneOf": [
            { "const": "s", "title": "Small" }, { "const": "l", "title": "Large" },
        ] }),
    ] {
        takes(schema.clone(), &[("2", json!("l")), ("s", json!("s")), ("Large", json!("l"))]);
        refuses(schema, &[("3", "one of s, l"), ("0", "one of s, l"), ("", "one of s, l")]);
    }
    takes(json!({ "type": "string", "enum": ["s", "l"] }), &[("1", json!("s"))]);
}

#[test]
fn many_are_chosen_with_commas() {
    for items in [
        json!({ "type": "string", "enum": ["a", "b", "c"] }),
        json!({ "anyOf": [
            { "const": "a", "title": "A" }, { "const": "b", "title": "B" },
            { "const": "c", "title": "C" },
        ] }),
    ] {
        let schema = json!({ "type": "array", "items": items, "minItems": 1, "maxItems": 2 });
        takes(schema.clone(), &[("1, c", json!(["a", "c"])), ("b,", json!(["b"]))]);
        refuses(
            schema,
            &[("", "at least 1 of them"), ("1,2,3", "at most 2 of them"), ("d", "one of a, b, c")],
        );
    }
}

#[test]
fn defaults_are_shown_as_they_are_typed() {
    for (schema, shown) in [
        (json!({ "type": "boolean", "default": true }), "y"),
        (json!({ "type": "integer", "default": 3 }), "3"),
        (json!({ "type": "string", "default": "\u{1b}[31mred" }), "[31mred"),
        (
            json!({
                "type": "array",
                "items": { "type": "string", "enum": ["a", "b"] },
                "default": ["a", "b"],
            }),
            "a,b",
        ),
    ] {
        assert_eq!(field(schema).shown_default().as_deref(), Some(shown));
    }
    assert_eq!(field(json!({ "type": "string" })).shown_default(), None);
}
