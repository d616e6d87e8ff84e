use serde_json::{Value, json};

use super::header_params;

fn annotated(kind: &str, header: &str) -> Value {
    json!({ "type": kind, "x-mcp-header": header })
}

#[test]
fn annotated_properties_are_found_with_their_paths() {
    let schema = json!({
        "type": "object",
        "properties": {
            "region": annotated("string", "Region"),
            "place": { "type": "object", "properties": {
                "zip": annotated("integer", "X-Zip"),
                "open": annotated("boolean", "open"),
            } },
            "other": { "default": { "x-mcp-header": "data, no annotation" } },
        },
    });
    let path = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        header_params(&schema),
        Ok(vec![
            (path(&["region"]), "Region".to_owned()),
            (path(&["place", "zip"]), "X-Zip".to_owned()),
            (path(&["place", "open"]), "open".to_owned()),
        ])
    );
    assert_eq!(header_params(&json!({ "type": "object" })), Ok(vec![]));
}

#[track_caller]
fn check_refused(schema: Value, place: &str, rule: &str) {
    match header_params(&schema) {
        Ok(found) => panic!("{schema} is not refused: {found:?}"),
        Err(error) => assert!(error.contains(place) && error.contains(rule), "{error}"),
    }
}

#[test]
fn a_header_has_the_name_of_a_header() {
    for name in ["", "a b", "a:b", "é", "a\n", "a\0"] {
        let schema = json!({ "properties": { "a": annotated("string", name) } });
        check_refused(schema, "`a`", "no name of a header");
    }
    check_refused(
        json!({ "properties": { "a": { "type": "string", "x-mcp-header": 5 } } }),
        "`a`",
        "no name of a header",
    );
}

#[test]
fn two_headers_do_not_share_a_name() {
    let schema = json!({ "properties": {
        "a": annotated("string", "Region"),
        "b": { "properties": { "c": annotated("string", "REGION") } },
    } });
    check_refused(schema, "`b.c`", "another");
}

#[test]
fn only_strings_booleans_and_safe_integers_go_into_headers() {
    for kind in
        [json!("number"), json!("object"), json!("array"), json!(["string", "null"]), json!(null)]
    {
        let schema = json!({ "properties": { "a": { "type": kind, "x-mcp-header": "A" } } });
        check_refused(schema, "`a`", "type other than");
    }
    let large = json!({ "type": "integer", "maximum": 1_u64 << 54, "x-mcp-header": "A" });
    check_refused(json!({ "properties": { "a": large } }), "`a`", "2^53-1");
}

#[test]
fn an_annotation_that_properties_alone_do_not_lead_to_is_refused() {
    let inner = || json!({ "properties": { "a": annotated("string", "A") } });
    for keyword in ["items", "not", "if", "then", "else", "additionalProperties", "contains"] {
        check_refused(json!({ (keyword): inner() }), keyword, "is not on a property");
    }
    for keyword in ["allOf", "anyOf", "oneOf", "prefixItems"] {
        check_refused(json!({ (keyword): [inner()] }), keyword, "is not on a property");
    }
    for keyword in ["$defs", "patternProperties", "dependentSchemas"] {
        check_refused(json!({ (keyword): { "d": inner() } }), keyword, "is not on a property");
    }
    let list = json!({ "properties": { "list": { "items": annotated("string", "A") } } });
    check_refused(list, "`items` of `list`", "is not on a property");
    check_refused(annotated("string", "A"), "the root", "is not on a property");
}
