//! Key proofs: REG-14, REG-15.

use crate::registry::{Algorithm, PrivateKey};

// RFC 8032, section 7.1, test 2.
const ED25519: &str = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";

#[test]
fn a_signature_of_ed25519_is_that_of_the_standard() {
    let key = PrivateKey::parse(Algorithm::Ed25519, ED25519).expect("a key");
    assert_eq!(
        key.proof_record(),
        "v=MCPv1; k=ed25519; p=PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw="
    );
    assert_eq!(
        crate::registry::hex(&key.sign(b"\x72")),
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
         085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    );
}

// RFC 6979, appendix A.2.6.
const P384: &str = "6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D8\
                    96D5724E4C70A825F872C9EA60D2EDF5";

#[test]
fn a_signature_of_p384_is_that_of_the_standard() {
    let key = PrivateKey::parse(Algorithm::EcdsaP384, P384).expect("a key");
    assert!(key.proof_record().starts_with("v=MCPv1; k=ecdsap384; p=A"), "{key:?}");
    assert_eq!(
        crate::registry::hex(&key.sign(b"sample")).to_uppercase(),
        "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C\
         81A648152E44ACF96E36DD1E80FABE46\
         99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94F\
         A329C145786E679E7B82C71A38628AC8"
    );
}

#[test]
fn pem_is_a_key_as_well() {
    // RFC 8410, section 10.3.
    let pem = "-----BEGIN PRIVATE KEY-----\n\
               MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
               -----END PRIVATE KEY-----\n";
    let key = PrivateKey::parse(Algorithm::Ed25519, pem).expect("a key");
    let record = "v=MCPv1; k=ed25519; p=Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";
    assert_eq!(key.proof_record(), record);
    assert!(PrivateKey::parse(Algorithm::EcdsaP384, pem).is_err());
}

#[test]
fn what_is_no_key_is_refused_and_not_repeated() {
    for text in ["", "secret", &ED25519[2..], &format!("{ED25519}00"), &"+1".repeat(32), "ü"] {
        for algorithm in [Algorithm::Ed25519, Algorithm::EcdsaP384] {
            let error = PrivateKey::parse(algorithm, text).expect_err("no key").to_string();
            assert!(text.is_empty() || !error.contains(text), "{error}");
        }
    }
    assert!(PrivateKey::parse(Algorithm::EcdsaP384, &"00".repeat(48)).is_err());
    let key = PrivateKey::parse(Algorithm::Ed25519, ED25519).expect("a key");
    assert!(!format!("{key:?}").contains(&ED25519[..8]));
}
