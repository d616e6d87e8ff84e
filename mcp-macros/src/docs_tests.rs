use syn::{ItemFn, parse_quote};

use super::text;

#[test]
fn one_line_loses_the_space_after_the_slashes() {
    let function: ItemFn = parse_quote! {
        /// Add two numbers.
        fn add() {}
    };
    assert_eq!(text(&function.attrs).as_deref(), Some("Add two numbers."));
}

#[test]
fn paragraphs_lists_and_indented_code_stay() {
    let function: ItemFn = parse_quote! {
        ///
        /// Search.
        ///
        /// * by name
        ///   or alias
        ///
        ///     code
        ///
        fn search() {}
    };
    assert_eq!(
        text(&function.attrs).as_deref(),
        Some("Search.\n\n* by name\n  or alias\n\n    code")
    );
}

#[test]
fn other_attributes_and_computed_docs_say_nothing() {
    let function: ItemFn = parse_quote! {
        #[must_use]
        #[doc(hidden)]
        #[doc = concat!("a", "b")]
        fn quiet() {}
    };
    assert_eq!(text(&function.attrs), None);
}
