use serde_json::json;

use super::*;

fn filled(template: &str, arguments: Value) -> String {
    fill(template, arguments.as_object().expect("an object"))
}

#[test]
fn gaps_are_filled_by_name() {
    let arguments = json!({ "name": "Ada", "count": 3 });
    assert_eq!(filled("Dear {name}, {count} letters.", arguments), "Dear Ada, 3 letters.");
}

#[test]
fn what_fills_a_gap_is_not_filled_again() {
    assert_eq!(filled("{a}{b}", json!({ "a": "{b}", "b": "c" })), "{b}c");
}

#[test]
fn a_gap_without_an_argument_is_empty() {
    assert_eq!(filled("Dear {name}.", json!({})), "Dear .");
}

#[test]
fn a_brace_that_is_never_closed_is_text() {
    assert_eq!(filled("{a} {", json!({ "a": "b" })), "b {");
}
