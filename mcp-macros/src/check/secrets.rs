//! Names of what a form must not ask for.

use crate::case::words;

/// Each is one word or several in a row.
const SECRETS: [&[&str]; 30] = [
    &["password"],
    &["passwd"],
    &["passphrase"],
    &["passcode"],
    &["pwd"],
    &["secret"],
    &["token"],
    &["credential"],
    &["credentials"],
    &["apikey"],
    &["api", "key"],
    &["access", "key"],
    &["private", "key"],
    &["privatekey"],
    &["secret", "key"],
    &["signing", "key"],
    &["encryption", "key"],
    &["ssh", "key"],
    &["ssn"],
    &["social", "security"],
    &["card", "number"],
    &["cardnumber"],
    &["credit", "card"],
    &["debit", "card"],
    &["cvv"],
    &["cvc"],
    &["pin"],
    &["otp"],
    &["totp"],
    &["iban"],
];

/// Whether a name reads like that of a secret.
pub(super) fn names(name: &str) -> bool {
    let words = words(name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    SECRETS.iter().any(|secret| words.windows(secret.len()).any(|window| window == *secret))
}

#[cfg(test)]
#[path = "secrets_tests.rs"]
mod tests;
