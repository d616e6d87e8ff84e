use serde_json::json;

use super::find_json;

#[test]
fn json_is_found_among_words() {
    for text in [
        r#"{"a":[1]}"#,
        " \n{\"a\": [1]}\n",
        "```json\n{\"a\": [1]}\n```",
        "Here it is:\n```\n{\"a\":[1]}\n```\nDone.",
        "Sure: {\"a\":[1]} as you asked {or not}.",
    ] {
        assert_eq!(find_json(text), Some(json!({ "a": [1] })), "{text}");
    }
    assert_eq!(find_json("7"), Some(json!(7)));
    assert_eq!(find_json("The list is [1, 2]."), Some(json!([1, 2])));
}

#[test]
fn words_are_no_json() {
    for text in ["", "None.", "{", "``` ```", "{not json}", "```json"] {
        assert_eq!(find_json(text), None, "{text}");
    }
}
