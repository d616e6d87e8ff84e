use std::{collections::HashSet, env, fs, path::Path};

use serde_json::json;

use super::*;
use crate::{Field, Form, Result, Rule, TextFormat, protocol::Revision};

/// The revisions that have forms.
const REVISIONS: [Revision; 3] =
    [Revision::V2025_06_18, Revision::V2025_11_25, Revision::V2026_07_28];

fn told(form: &Form, revision: Revision) -> Result<Value> {
    Ok(serde_json::from_str(form.requested_schema(revision)?.get()).expect("a schema is JSON"))
}

/// What clients are told of one field.
fn property(field: Field, revision: Revision) -> Value {
    let schema = told(&Form::new().field("it", field), revision).expect("the form is right");
    schema["properties"]["it"].clone()
}

fn fault(form: &Form) -> String {
    told(form, Revision::LATEST).expect_err("the form is wrong").to_string()
}

#[test]
fn a_derived_form_tells_all_that_the_author_wrote() {
    for revision in [Revision::V2025_11_25, Revision::V2026_07_28] {
        let schema = told(&Booking::form(), revision).expect("the form is right");
        let expected = json!({
            "type": "object",
            "properties": {
                "name": {
                    "type": "string",
                    "title": "Name",
                    "description": "Who comes.\n\nAs it is on the passport.",
                    "minLength": 2,
                    "maxLength": 10,
                },
                "contact": { "type": "string", "format": "email" },
                "date": {
                    "type": "string",
                    "description": "Which day.",
                    "format": "date",
                    "default": "2026-12-26",
                },
                "guests": { "type": "integer", "minimum": 1, "maximum": 12, "default": 2 },
                "offset": { "type": "number", "minimum": -1.5, "maximum": 1.5 },
                "window": { "type": "boolean" },
                "child_seat": { "type": "boolean", "default": false },
                "seating": {
                    "type": "string",
                    "oneOf": [
                        { "const": "inside", "title": "In the house" },
                        { "const": "terrace", "title": "On the terrace" },
                        { "const": "beside_the_bar", "title": "beside_the_bar" },
                    ],
                    "default": "inside",
                },
                "menu": { "type": "string", "enum": ["Small", "Large"] },
                "extra-wishes": {
                    "type": "array",
                    "items": { "anyOf": [
                        { "const": "Flowers", "title": "Flowers" },
                        { "const": "Cake", "title": "A cake" },
                        { "const": "Music", "title": "Music" },
                    ] },
                    "minItems": 1,
                    "maxItems": 2,
                },
                "more": {
                    "type": "array",
                    "items": { "type": "string", "enum": ["Small", "Large"] },
                    "default": ["Small"],
                },
            },
            "required": ["name", "window", "extra-wishes"],
        });
        assert_eq!(schema, expected, "{revision}");
    }
}

#[test]
fn fields_have_the_order_of_the_struct() {
    let schema = told(&Booking::form(), Revision::LATEST).expect("the form is right");
    let names: Vec<_> = schema["properties"].as_object().expect("an object").keys().collect();
    assert_eq!(names[..4], ["name", "contact", "date", "guests"]);
}

#[test]
fn an_old_client_is_told_titles_beside_the_names() {
    let seating = property(Seating::field().default("terrace"), Revision::V2025_06_18);
    let expected = json!({
        "type": "string",
        "enum": ["inside", "terrace", "beside_the_bar"],
        "enumNames": ["In the house", "On the terrace", "beside_the_bar"],
    });
    assert_eq!(seating, expected);
    let menu = property(Menu::field(), Revision::V2025_06_18);
    assert_eq!(menu, json!({ "type": "string", "enum": ["Small", "Large"] }));
}

#[test]
fn an_old_client_is_told_the_default_of_a_boolean_and_no_other() {
    for (field, expected) in [
        (Field::boolean().default(true), Some(json!(true))),
        (Field::text().default("a"), None),
        (Field::integer().default(1), None),
        (Field::number().default(0.5), None),
        (Field::choice(["a"]).default("a"), None),
    ] {
        let property = property(field.clone(), Revision::V2025_06_18);
        assert_eq!(property.get("default"), expected.as_ref(), "{field:?}");
    }
}

#[test]
fn a_default_that_is_not_told_counts_all_the_same() {
    let form = Form::new().field("size", Field::choice(["s", "m"]).default("m"));
    let schema = told(&form, Revision::V2025_06_18).expect("the form is right");
    assert_eq!(schema.get("required"), None);
    let answer = form.check(None).expect("nothing is required");
    assert_eq!(answer.value("size"), Some(&json!("m")));
}

#[test]
fn an_old_client_cannot_be_asked_for_several_choices() {
    let form = Form::new().field("days", Field::choices(["sat", "sun"]));
    let error = told(&form, Revision::V2025_06_18).expect_err("there is no way");
    assert_eq!(
        error.to_string(),
        "the client speaks revision 2025-06-18 of the protocol, in which a form cannot ask for \
         several choices (`days`)"
    );
}

#[test]
fn revisions_without_elicitation_have_no_forms() {
    for revision in [Revision::V2024_11_05, Revision::V2025_03_26] {
        let error = told(&Form::new(), revision).expect_err("there is no way");
        assert!(error.to_string().ends_with("which has no forms"), "{error}");
    }
}

#[test]
fn a_choice_alone_is_a_form() {
    let schema = told(&Menu::form(), Revision::LATEST).expect("the form is right");
    let expected = json!({
        "type": "object",
        "properties": { "choice": { "type": "string", "enum": ["Small", "Large"] } },
        "required": ["choice"],
    });
    assert_eq!(schema, expected);
}

#[test]
fn what_clients_do_not_know_is_not_told() {
    let code = Field::text().rule(Rule::Pattern("^[A-Z]{2}$"));
    assert_eq!(property(code, Revision::LATEST), json!({ "type": "string" }));
    let below = Field::integer().rule(Rule::ExclusiveMaximum(10.into()));
    assert_eq!(property(below, Revision::LATEST), json!({ "type": "integer", "maximum": 9 }));
    let share = Field::number().rule(Rule::ExclusiveMaximum(1.0.into()));
    assert_eq!(property(share, Revision::LATEST), json!({ "type": "number", "maximum": 1.0 }));
}

#[test]
fn of_two_rules_for_one_end_the_stricter_counts() {
    for (rules, expected) in [
        (
            vec![Rule::Minimum(0.into()), Rule::Minimum(5.into()), Rule::Minimum(1.into())],
            json!({ "type": "integer", "minimum": 5 }),
        ),
        (
            vec![Rule::Maximum(9.into()), Rule::Maximum(5.into()), Rule::Maximum(7.into())],
            json!({ "type": "integer", "maximum": 5 }),
        ),
    ] {
        let field = rules.into_iter().fold(Field::integer(), Field::rule);
        assert_eq!(property(field, Revision::LATEST), expected);
    }
}

#[test]
fn a_set_is_told_in_the_order_of_its_options() {
    for _ in 0..20 {
        let chosen = HashSet::from([Extra::Music, Extra::Cake, Extra::Flowers]);
        assert_eq!(chosen.to_value(), json!(["Flowers", "Cake", "Music"]));
    }
}

#[test]
fn the_width_of_a_number_bounds_it() {
    fn bounds<T: FieldType>() -> Value {
        let mut property = property(T::field(), Revision::LATEST);
        property.as_object_mut().expect("an object").shift_remove("type");
        property
    }
    for (bounds, expected) in [
        (bounds::<i8>(), json!({ "minimum": -128, "maximum": 127 })),
        (bounds::<u16>(), json!({ "minimum": 0, "maximum": 65_535 })),
        (bounds::<u32>(), json!({ "minimum": 0, "maximum": 4_294_967_295_u32 })),
        (bounds::<u64>(), json!({ "minimum": 0 })),
        (bounds::<i64>(), json!({})),
        (bounds::<f32>(), json!({})),
    ] {
        assert_eq!(bounds, expected);
    }
}

#[test]
fn a_form_that_is_wrong_is_never_sent() {
    let text = || Field::text();
    for (form, expected) in [
        (Form::new().field("a", text()).field("a", text()), "two fields are named `a`"),
        (Form::new().field("a", Field::choice([""; 0])), "`a` has no options"),
        (Form::new().field("a", Field::choice(["x", "x"])), "`a` has two options of one name"),
        (
            Form::new().field("a", text().rule(Rule::Minimum(1.into()))),
            "`a` has a rule that is not for its kind: Minimum(Number(1))",
        ),
        (
            Form::new().field("a", text().rule(Rule::MinLength(3)).rule(Rule::MaxLength(2))),
            "`a` has a `minLength` above its `maxLength`",
        ),
        (
            Form::new().field("a", Field::choices(["x", "y"]).rule(Rule::MinLength(3))),
            "`a` has a `minItems` above its `maxItems`",
        ),
        (
            Form::new().field("a", Field::integer().default(1.5)),
            "`a` has a default that must be an integer, got a number with a fraction",
        ),
        (
            Form::new().field("a", Field::integer().default(9).rule(Rule::Maximum(8.into()))),
            "`a` has a default that must be at most 8",
        ),
        (
            Form::new().field("a", Field::choice(["x"]).default("y")),
            "`a` has a default that must be \"x\"",
        ),
        (
            Form::new().field("a", text().format(TextFormat::Date).default("2026-02-30")),
            "`a` has a default that must be a date such as 2026-12-31",
        ),
    ] {
        assert_eq!(fault(&form), format!("a form is wrong: {expected}"));
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
fn schemas_fit_the_official_ones() {
    let Some(directory) = env::var_os("MCP_SCHEMAS") else {
        println!("skipped: MCP_SCHEMAS does not name the directory of the official schemas");
        return;
    };
    let mut forms = vec![
        Form::new(),
        Seating::form(),
        Menu::form(),
        Form::new()
            .field("a", Field::text().title("A").description("a").default("x").optional())
            .field("b", Field::text().format(TextFormat::Uri).rule(Rule::MaxLength(9)))
            .field("c", Field::text().format(TextFormat::DateTime))
            .field("d", Field::number().rule(Rule::ExclusiveMaximum(1.5.into())).default(1.0))
            .field("e", Field::integer().title("E").description("e"))
            .field("f", Field::boolean().title("F").description("f").default(true)),
    ];
    for revision in REVISIONS {
        if revision == Revision::V2025_11_25 {
            forms.push(Booking::form());
        }
        let definition = closed_definition(Path::new(&directory), revision);
        let validator = crate::schema::Validator::new(&definition)
            .unwrap_or_else(|error| panic!("{revision}: {error}"));
        for form in &forms {
            let schema = form.requested_schema(revision).expect("the form is right");
            let violations = validator.violations(schema.get());
            assert!(violations.is_empty(), "{revision}: {schema}: {violations:?}");
        }
    }
}

/// The official schema of `requestedSchema`, with nothing allowed that it does not name.
fn closed_definition(directory: &Path, revision: Revision) -> Value {
    let path = directory.join(format!("{revision}.json"));
    let text = fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{} cannot be read: {error}", path.display()));
    let document: Value = serde_json::from_str(&text).expect("a schema is JSON");
    let key = if document.get("$defs").is_some() { "$defs" } else { "definitions" };
    let mut definitions = document[key].clone();
    for definition in definitions.as_object_mut().expect("an object").values_mut() {
        if definition.get("properties").is_some() {
            definition["additionalProperties"] = json!(false);
        }
    }
    let pointer = match revision {
        Revision::V2025_06_18 => "/ElicitRequest/properties/params/properties/requestedSchema",
        _ => "/ElicitRequestFormParams/properties/requestedSchema",
    };
    let mut schema = definitions.pointer(pointer).expect("there are forms").clone();
    schema["additionalProperties"] = json!(false);
    schema[key] = definitions;
    schema
}
