use jsonwebtoken::Algorithm;

use super::PublicKey;

/// The example of RFC 7638 section 3.1.
const RSA: &str = r#"{
    "kty": "RSA",
    "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
    "e": "AQAB",
    "alg": "RS256",
    "kid": "2011-04-29"
}"#;

#[test]
#[cfg(feature = "dpop")]
fn the_thumbprint_is_that_of_the_rfc() {
    super::super::install_cryptography();
    let key = PublicKey::parse(RSA).expect("a key");
    assert_eq!(
        key.thumbprint().expect("a thumbprint"),
        "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    );
}

#[test]
fn a_key_is_for_the_algorithm_that_it_names() {
    let key = PublicKey::parse(RSA).expect("a key");
    assert!(key.fits(Algorithm::RS256) && !key.fits(Algorithm::PS256));
    let any = RSA.replace("\"alg\": \"RS256\",", "");
    assert!(PublicKey::parse(&any).expect("a key").fits(Algorithm::PS256));
}

#[test]
fn the_size_of_a_key_is_that_of_its_number() {
    // 1024 bits behind as many zeros.
    let padded = format!(
        r#"{{ "kty": "RSA", "n": "{}{}", "e": "AQAB" }}"#,
        "A".repeat(172),
        "_".repeat(171)
    );
    assert!(PublicKey::parse(&padded).is_none());
}
