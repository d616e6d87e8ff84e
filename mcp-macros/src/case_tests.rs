use super::{Case, words};

#[test]
fn names_fall_into_words() {
    for (name, expected) in [
        ("city", &["city"][..]),
        ("card_number", &["card", "number"]),
        ("CardNumber", &["card", "number"]),
        ("cardNumber", &["card", "number"]),
        ("CARD_NUMBER", &["card", "number"]),
        ("card-number", &["card", "number"]),
        ("__card__number__", &["card", "number"]),
        ("APIKey", &["api", "key"]),
        ("userID", &["user", "id"]),
        ("Étage2", &["étage2"]),
        ("_", &[]),
    ] {
        assert_eq!(words(name), expected, "{name}");
    }
}

#[test]
fn each_case_writes_its_own_name() {
    for (name, case) in Case::ALL {
        let spoken = match name {
            "lowercase" => "Lowercase",
            "UPPERCASE" => "Uppercase",
            name => name,
        };
        assert_eq!(case.apply(spoken), name);
    }
}

#[test]
fn variants_are_renamed() {
    let renamed = Case::ALL.map(|(_, case)| case.apply("OnTheTerrace"));
    assert_eq!(
        renamed,
        [
            "ontheterrace",
            "ONTHETERRACE",
            "OnTheTerrace",
            "onTheTerrace",
            "on_the_terrace",
            "ON_THE_TERRACE",
            "on-the-terrace",
            "ON-THE-TERRACE",
        ]
    );
}
