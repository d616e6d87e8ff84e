//! Keys by which the owner of a domain proves to be the owner.

use std::fmt;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use ed25519_dalek::{Signer as _, pkcs8::DecodePrivateKey as _};

use crate::error::{Error, Result};

/// The kinds of keys that the registry knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Algorithm {
    /// Ed25519 (RFC 8032).
    #[value(name = "ed25519")]
    Ed25519,
    /// ECDSA on the curve P-384 with SHA-384 (FIPS 186-5).
    #[value(name = "ecdsap384")]
    EcdsaP384,
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ed25519 => "ed25519",
            Self::EcdsaP384 => "ecdsap384",
        })
    }
}

/// A private key, which signs the time to prove who owns a domain.
///
/// # Examples
///
/// ```
/// use cargo_mcp::registry::{Algorithm, PrivateKey};
///
/// let key = PrivateKey::parse(Algorithm::Ed25519, &"07".repeat(32))?;
/// assert!(key.proof_record().starts_with("v=MCPv1; k=ed25519; p="));
/// assert_eq!(key.sign(b"2026-07-28T00:00:00Z").len(), 64);
/// # Ok::<_, cargo_mcp::Error>(())
/// ```
pub struct PrivateKey(Kind);

enum Kind {
    Ed25519(ed25519_dalek::SigningKey),
    EcdsaP384(p384::ecdsa::SigningKey),
}

impl PrivateKey {
    /// Reads a key: the digits of the raw key (32 bytes for Ed25519, 48 for P-384), or PEM of
    /// PKCS #8 as `openssl genpkey` writes it.
    ///
    /// # Errors
    ///
    /// When the text is no such key. The error says nothing of the text.
    pub fn parse(algorithm: Algorithm, text: &str) -> Result<Self> {
        let text = text.trim();
        let key = if text.starts_with("-----BEGIN") {
            match algorithm {
                Algorithm::Ed25519 => {
                    ed25519_dalek::SigningKey::from_pkcs8_pem(text).ok().map(Kind::Ed25519)
                }
                Algorithm::EcdsaP384 => {
                    p384::ecdsa::SigningKey::from_pkcs8_pem(text).ok().map(Kind::EcdsaP384)
                }
            }
        } else {
            let bytes = from_hex(text);
            match algorithm {
                Algorithm::Ed25519 => bytes
                    .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
                    .map(|seed| Kind::Ed25519(ed25519_dalek::SigningKey::from_bytes(&seed))),
                Algorithm::EcdsaP384 => bytes
                    .filter(|bytes| bytes.len() == 48)
                    .and_then(|bytes| p384::ecdsa::SigningKey::from_slice(&bytes).ok())
                    .map(Kind::EcdsaP384),
            }
        };
        key.map(Self).ok_or_else(|| {
            let digits = match algorithm {
                Algorithm::Ed25519 => 64,
                Algorithm::EcdsaP384 => 96,
            };
            Error::new(format!(
                "this is no private key of {algorithm}: give {digits} hexadecimal digits, or PEM \
                 of PKCS #8"
            ))
        })
    }

    /// Signs a message: 64 bytes for Ed25519, and 96 bytes (R and S) for P-384.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.0 {
            Kind::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
            Kind::EcdsaP384(key) => {
                let signature: p384::ecdsa::Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
        }
    }

    /// What the owner of the domain publishes: as a TXT record of the domain, or at
    /// `https://<domain>/.well-known/mcp-registry-auth`.
    #[must_use]
    pub fn proof_record(&self) -> String {
        let (algorithm, public) = match &self.0 {
            Kind::Ed25519(key) => (Algorithm::Ed25519, key.verifying_key().to_bytes().to_vec()),
            Kind::EcdsaP384(key) => {
                (Algorithm::EcdsaP384, key.verifying_key().to_sec1_point(true).as_bytes().to_vec())
            }
        };
        format!("v=MCPv1; k={algorithm}; p={}", BASE64_STANDARD.encode(public))
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PrivateKey").field(&self.proof_record()).finish()
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.is_ascii().then_some(text.as_bytes())?;
    let (pairs, rest) = digits.as_chunks::<2>();
    let byte = |pair: &[u8; 2]| {
        let pair = std::str::from_utf8(pair).ok().filter(|pair| !pair.contains('+'))?;
        u8::from_str_radix(pair, 16).ok()
    };
    rest.is_empty().then(|| pairs.iter().map(byte).collect())?
}
