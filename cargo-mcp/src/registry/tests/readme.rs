//! The README of a crate: REG-6.

use crate::registry::{readme_line, readme_names};

const NAME: &str = "io.github.user/weather";

#[test]
fn the_recommended_line_names_the_server() {
    assert!(readme_names(&readme_line(NAME), NAME));
}

#[test]
fn the_name_ends_at_a_boundary() {
    for end in ["", "\n", " ", "\t", "`", "</p>", "**", "|"] {
        assert!(readme_names(&format!("mcp-name: {NAME}{end}"), NAME), "{end:?}");
    }
    for end in [".", "-evil", "/x", "2", ",", ")", ":"] {
        assert!(!readme_names(&format!("mcp-name: {NAME}{end}"), NAME), "{end:?}");
    }
}

#[test]
fn a_longer_name_before_it_hides_nothing() {
    assert!(readme_names(&format!("mcp-name: {NAME}-evil\nmcp-name: {NAME}\n"), NAME));
}

#[test]
fn what_a_comment_says_is_not_shown() {
    assert!(!readme_names(&format!("<!-- mcp-name: {NAME} -->"), NAME));
    assert!(!readme_names(&format!("<!-- mcp-name: {NAME}"), NAME));
    assert!(readme_names(&format!("<!-- a -->\nmcp-name: {NAME} <!-- b -->"), NAME));
}
