use super::names;

#[test]
fn secrets_are_known_by_their_names() {
    for name in [
        "password",
        "userPassword",
        "new_passwd",
        "passphrase",
        "SECRET",
        "github_token",
        "apiKey",
        "api_key",
        "apikey",
        "API_KEY_2",
        "private-key",
        "credentials",
        "ssn",
        "social_security_number",
        "card_number",
        "credit_card",
        "cvv",
        "cvc",
        "pin",
        "pin_code",
        "otp",
    ] {
        assert!(names(name), "{name}");
    }
}

#[test]
fn other_names_are_no_secrets() {
    for name in [
        "spinner",
        "pinned",
        "tokens",
        "max_tokens",
        "keyboard",
        "key",
        "card",
        "number",
        "opinion",
        "secretary",
        "passport",
        "shipping",
        "api",
        "cardinal_number",
    ] {
        assert!(!names(name), "{name}");
    }
}
