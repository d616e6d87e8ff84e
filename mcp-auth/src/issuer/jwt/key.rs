//! Public keys as JSON (RFC 7517), and which of them are good.

use jsonwebtoken::{
    Algorithm, AlgorithmFamily, DecodingKey, DecodingKeyKind, Validation, decode,
    errors::Error,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse},
};
use serde::{
    Deserialize,
    de::{DeserializeOwned, IgnoredAny},
};

/// A key that is public, of a known kind and strong enough.
#[derive(Debug)]
pub(crate) struct PublicKey {
    jwk: Jwk,
    key: DecodingKey,
}

impl PublicKey {
    /// `None` when it is of no use. A shared secret is none that anyone should publish.
    pub(crate) fn parse(json: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Private {
            d: Option<IgnoredAny>,
        }
        let jwk: Jwk = serde_json::from_str(json).ok()?;
        let Private { d: None } = serde_json::from_str(json).ok()? else { return None };
        let key = DecodingKey::from_jwk(&jwk).ok()?;
        let is_good = match (&jwk.algorithm, key.kind()) {
            (AlgorithmParameters::RSA(_), DecodingKeyKind::RsaModulusExponent { n, e }) => {
                is_strong(n, e)
            }
            // Both coordinates in full; whether it is on the curve, the verification finds out.
            (AlgorithmParameters::EllipticCurve(it), _) => match it.curve {
                EllipticCurve::P256 => is_number(&it.x, 32) && is_number(&it.y, 32),
                EllipticCurve::P384 => is_number(&it.x, 48) && is_number(&it.y, 48),
                _ => false,
            },
            (AlgorithmParameters::OctetKeyPair(it), _) => {
                it.curve == EllipticCurve::Ed25519 && is_number(&it.x, 32)
            }
            _ => false,
        };
        is_good.then_some(Self { jwk, key })
    }

    pub(super) fn has_id(&self, id: &str) -> bool {
        self.jwk.common.key_id.as_deref() == Some(id)
    }

    /// Whether it is for signatures, and those of this algorithm.
    pub(crate) fn fits(&self, algorithm: Algorithm) -> bool {
        let common = &self.jwk.common;
        let is_of_kind = match &self.jwk.algorithm {
            AlgorithmParameters::EllipticCurve(it) if it.curve == EllipticCurve::P256 => {
                algorithm == Algorithm::ES256
            }
            AlgorithmParameters::EllipticCurve(_) => algorithm == Algorithm::ES384,
            AlgorithmParameters::OctetKeyPair(_) => algorithm == Algorithm::EdDSA,
            _ => algorithm.family() == AlgorithmFamily::Rsa,
        };
        is_of_kind
            && common.public_key_use.as_ref().is_none_or(|it| *it == PublicKeyUse::Signature)
            && common.key_operations.as_ref().is_none_or(|it| it.contains(&KeyOperations::Verify))
            && common.key_algorithm.is_none_or(|it| it == algorithm.into())
    }

    /// The claims of a token, which this key has signed and that agree with the validation.
    pub(crate) fn claims<T: DeserializeOwned>(
        &self,
        token: &str,
        validation: &Validation,
    ) -> Result<T, Error> {
        decode(token, &self.key, validation).map(|it| it.claims)
    }

    /// The SHA-256 thumbprint (RFC 7638).
    #[cfg(feature = "dpop")]
    pub(crate) fn thumbprint(&self) -> Option<String> {
        self.jwk.thumbprint(jsonwebtoken::jwk::ThumbprintHash::SHA256).ok()
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

/// Whether it has the length of so many bytes in Base64.
fn is_number(text: &str, bytes: usize) -> bool {
    text.len() == (bytes * 4).div_ceil(3)
}

#[cfg(test)]
#[path = "key_tests.rs"]
mod tests;
