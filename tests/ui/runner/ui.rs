//! What the compiler says of mistakes, word for word, and that what is right compiles.
//!
//! `UI_TEST_ONLY=uri cargo test -p ui-tests` runs the tests with `uri` in their name;
//! `TRYBUILD=overwrite` writes what the compiler says now.

use std::env;

#[test]
fn ui() {
    let only = env::var("UI_TEST_ONLY").map_or_else(|_| "*".to_owned(), |it| format!("*{it}*"));
    let tests = trybuild::TestCases::new();
    tests.compile_fail(format!("{only}.rs"));
    tests.pass(format!("pass/{only}.rs"));
}
