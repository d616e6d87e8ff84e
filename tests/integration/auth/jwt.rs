//! Makes tokens, good ones and bad ones.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::{
    encoding::AsDer as _,
    hmac,
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
        EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA512,
        RSA_PSS_SHA256, RsaEncoding, RsaKeyPair, RsaPublicKeyComponents,
    },
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL};
use serde_json::{Value, json};

pub const RESOURCE: &str = "https://api.example.com/mcp";

/// A private key of the tests, and of nothing else.
pub enum Key {
    P256(EcdsaKeyPair),
    P384(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
    Secret(Vec<u8>),
}

impl Key {
    pub fn p256() -> Self {
        Self::P256(ecdsa(&ECDSA_P256_SHA256_FIXED_SIGNING))
    }

    pub fn p384() -> Self {
        Self::P384(ecdsa(&ECDSA_P384_SHA384_FIXED_SIGNING))
    }

    pub fn ed25519() -> Self {
        Self::Ed25519(Ed25519KeyPair::generate().expect("a key"))
    }

    pub fn rsa() -> Self {
        Self::Rsa(RsaKeyPair::from_pkcs8(include_bytes!("rsa-2048.der")).expect("a key"))
    }

    /// The algorithm that it is used with, unless a test wants another.
    pub fn algorithm(&self) -> &'static str {
        match self {
            Self::P256(_) => "ES256",
            Self::P384(_) => "ES384",
            Self::Ed25519(_) => "EdDSA",
            Self::Rsa(_) => "RS256",
            Self::Secret(_) => "HS256",
        }
    }

    pub fn jwk(&self, id: &str) -> Value {
        let text = |bytes: &[u8]| BASE64URL.encode(bytes);
        let mut jwk = match self {
            Self::P256(key) => {
                let (x, y) = key.public_key().as_ref()[1..].split_at(32);
                json!({ "kty": "EC", "crv": "P-256", "x": text(x), "y": text(y) })
            }
            Self::P384(key) => {
                let (x, y) = key.public_key().as_ref()[1..].split_at(48);
                json!({ "kty": "EC", "crv": "P-384", "x": text(x), "y": text(y) })
            }
            Self::Ed25519(key) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "x": text(key.public_key().as_ref()) })
            }
            Self::Rsa(key) => {
                let key = RsaPublicKeyComponents::<Vec<u8>>::from(key.public_key());
                json!({ "kty": "RSA", "n": text(&key.n), "e": text(&key.e) })
            }
            Self::Secret(secret) => json!({ "kty": "oct", "k": text(secret) }),
        };
        if !id.is_empty() {
            jwk["kid"] = id.into();
        }
        jwk
    }

    /// As a `SubjectPublicKeyInfo`.
    pub fn public_der(&self) -> Vec<u8> {
        match self {
            Self::Rsa(key) => key.public_key().as_der().expect("a key").as_ref().to_vec(),
            _ => panic!("no test needs it"),
        }
    }

    fn sign(&self, algorithm: &str, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::P256(key) | Self::P384(key) => {
                key.sign(&random, message).expect("signed").as_ref().to_vec()
            }
            Self::Ed25519(key) => key.sign(message).as_ref().to_vec(),
            Self::Rsa(key) => {
                let encoding: &'static dyn RsaEncoding = match algorithm {
                    "PS256" => &RSA_PSS_SHA256,
                    "RS512" => &RSA_PKCS1_SHA512,
                    _ => &RSA_PKCS1_SHA256,
                };
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(encoding, &random, message, &mut signature).expect("signed");
                signature
            }
            Self::Secret(secret) => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
                hmac::sign(&key, message).as_ref().to_vec()
            }
        }
    }

    /// A token with this header and these claims, word for word.
    pub fn token_of(&self, header: &Value, claims: &str) -> String {
        self.signed_by(header["alg"].as_str().unwrap_or_default(), header, claims)
    }

    /// One whose header need not say how it is signed.
    pub fn signed_by(&self, algorithm: &str, header: &Value, claims: &str) -> String {
        let message =
            format!("{}.{}", BASE64URL.encode(header.to_string()), BASE64URL.encode(claims));
        let signature = self.sign(algorithm, message.as_bytes());
        format!("{message}.{}", BASE64URL.encode(signature))
    }

    /// A good token of the key `kid`, if the claims are good.
    pub fn token(&self, kid: &str, claims: &Value) -> String {
        let header = json!({ "alg": self.algorithm(), "kid": kid, "typ": "at+jwt" });
        self.token_of(&header, &claims.to_string())
    }
}

fn ecdsa(algorithm: &'static EcdsaSigningAlgorithm) -> EcdsaKeyPair {
    EcdsaKeyPair::generate(algorithm).expect("a key")
}

pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs()
}

/// The claims of a good token for alice.
pub fn claims(issuer: &str) -> Value {
    json!({
        "iss": issuer,
        "sub": "alice",
        "aud": RESOURCE,
        "exp": now() + 600,
        "iat": now(),
        "client_id": "app",
        "scope": "mcp:use files:read",
        "jti": "1",
    })
}

/// The claims with others in place of some; `null` removes one.
pub fn claims_with(issuer: &str, changes: Value) -> Value {
    let mut claims = claims(issuer);
    for (name, value) in changes.as_object().expect("an object") {
        if value.is_null() {
            claims.as_object_mut().expect("an object").remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}

pub fn sha256(text: &str) -> String {
    BASE64URL.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes()))
}
