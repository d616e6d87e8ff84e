use super::{closest, enumerate};

#[test]
fn a_slip_of_the_finger_has_a_suggestion() {
    let keys = ["name", "title", "read_only", "idempotent"];
    assert_eq!(closest("naem", keys), Some("name"));
    assert_eq!(closest("readonly", keys), Some("read_only"));
    assert_eq!(closest("idempotant", keys), Some("idempotent"));
}

#[test]
fn another_word_has_none() {
    assert_eq!(closest("scopes", ["name", "title"]), None);
    assert_eq!(closest("q", ["name", "id"]), None);
}

#[test]
fn words_are_listed_as_in_a_sentence() {
    assert_eq!(enumerate([]), "nothing");
    assert_eq!(enumerate(["a"]), "`a`");
    assert_eq!(enumerate(["a", "b", "c"]), "`a`, `b` and `c`");
}
