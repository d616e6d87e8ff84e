//! Public keys as JSON (RFC 7517, RFC 7518 section 6, RFC 8037).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL};
use serde::Deserialize;

use super::algorithm::{Algorithm, PublicKey};

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Jwk {
    kty: String,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
    pub(super) kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    /// Part of a private key, which must not be published.
    d: Option<serde::de::IgnoredAny>,
}

impl Jwk {
    /// Whether it is for signatures, and says of which algorithm, if it does.
    pub(super) fn is_for(&self, algorithm: Algorithm) -> bool {
        self.usage.as_deref().is_none_or(|usage| usage == "sig")
            && self.key_ops.as_ref().is_none_or(|ops| ops.iter().any(|it| it == "verify"))
            && self.alg.as_deref().is_none_or(|alg| Algorithm::parse(alg) == Some(algorithm))
    }

    /// The key, if it is public, of a known kind and strong enough. One with a shared secret is of
    /// no such kind.
    pub(crate) fn public_key(&self) -> Option<PublicKey> {
        if self.d.is_some() {
            return None;
        }
        let bytes = |part: &Option<String>| BASE64URL.decode(part.as_deref()?).ok();
        let curve = self.crv.as_deref();
        match (self.kty.as_str(), curve) {
            ("RSA", _) => {
                let (n, e) = (bytes(&self.n)?, bytes(&self.e)?);
                is_strong(&n, &e).then_some(PublicKey::Rsa { n, e })
            }
            ("EC", Some("P-256")) => {
                point(&bytes(&self.x)?, &bytes(&self.y)?, 32).map(PublicKey::P256)
            }
            ("EC", Some("P-384")) => {
                point(&bytes(&self.x)?, &bytes(&self.y)?, 48).map(PublicKey::P384)
            }
            ("OKP", Some("Ed25519")) => {
                bytes(&self.x).filter(|x| x.len() == 32).map(PublicKey::Ed25519)
            }
            _ => None,
        }
    }

    /// The SHA-256 thumbprint (RFC 7638).
    #[cfg(feature = "dpop")]
    pub(crate) fn thumbprint(&self) -> Option<String> {
        let part = |name: &str, value: &Option<String>| {
            serde_json::to_string(value.as_ref()?).ok().map(|value| format!("\"{name}\":{value}"))
        };
        let kty = format!("\"kty\":\"{}\"", self.kty);
        let parts = match self.kty.as_str() {
            "RSA" => vec![part("e", &self.e)?, kty, part("n", &self.n)?],
            "EC" => vec![part("crv", &self.crv)?, kty, part("x", &self.x)?, part("y", &self.y)?],
            "OKP" => vec![part("crv", &self.crv)?, kty, part("x", &self.x)?],
            _ => return None,
        };
        let canonical = format!("{{{}}}", parts.join(","));
        let hash = ring::digest::digest(&ring::digest::SHA256, canonical.as_bytes());
        Some(BASE64URL.encode(hash))
    }
}

/// At least 2048 bits, at most 8192, and an exponent of the usual size (RFC 8725 section 3.5).
fn is_strong(n: &[u8], e: &[u8]) -> bool {
    let n_bits = n.iter().position(|byte| *byte != 0).map_or(0, |zeros| {
        let leading = n.get(zeros).map_or(8, |byte| byte.leading_zeros() as usize);
        (n.len() - zeros) * 8 - leading
    });
    let e = e.iter().try_fold(0_u64, |e, byte| e.checked_mul(256)?.checked_add((*byte).into()));
    (2048..=8192).contains(&n_bits)
        && e.is_some_and(|e| e % 2 == 1 && (65537..1 << 33).contains(&e))
}

/// An uncompressed point. Whether it is on the curve, the verification finds out.
fn point(x: &[u8], y: &[u8], len: usize) -> Option<Vec<u8>> {
    (x.len() == len && y.len() == len).then(|| [&[4], x, y].concat())
}

#[cfg(test)]
#[path = "jwk_tests.rs"]
mod tests;
