//! Proofs that a client holds the key to which its token is bound (RFC 9449).

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL};
use http::{Uri, request::Parts};
use jsonwebtoken::Validation;
use serde::Deserialize;
use tokio::time::Instant;

use crate::{
    AuthLimits,
    issuer::jwt::{self, Kind},
    uri,
    verify::{AccessToken, VerifyError},
};

/// By which algorithms proofs may be signed.
pub(crate) const ALGORITHMS: &str = "ES256 ES384 EdDSA RS256 RS384 RS512 PS256 PS384 PS512";

/// The proofs of the last minutes, each of which is good once.
#[derive(Debug)]
pub(crate) struct Proofs {
    /// From the configuration: what a request calls itself proves nothing.
    origin: String,
    seen: Mutex<HashMap<[u8; 32], Instant>>,
}

#[derive(Deserialize)]
struct Claims {
    jti: String,
    htm: String,
    htu: String,
    iat: u64,
    ath: String,
}

impl Proofs {
    pub(crate) fn new(resource: &Uri) -> Self {
        jwt::install_cryptography();
        Self { origin: uri::origin(resource), seen: Mutex::default() }
    }

    /// Checks the proof of a request (section 4.3).
    pub(crate) fn check(
        &self,
        request: &Parts,
        token: AccessToken<'_>,
        thumbprint: &str,
        limits: &AuthLimits,
    ) -> Result<(), VerifyError> {
        let invalid = VerifyError::Invalid;
        let mut proofs = request.headers.get_all("dpop").iter();
        let (Some(proof), None) = (proofs.next(), proofs.next()) else {
            return Err(invalid("the request has not one proof"));
        };
        let proof = proof.to_str().ok().filter(|it| it.len() <= limits.token_bytes);
        let proof = proof.ok_or(invalid("the proof cannot be read"))?;
        let algorithm = jwt::header(proof, Kind::Proof)?.alg;
        let key = jwt::embedded_key(proof).filter(|key| key.fits(algorithm));
        let key = key.ok_or(invalid("the proof's key is not good"))?;
        if key.thumbprint().as_deref() != Some(thumbprint) {
            return Err(invalid("the proof is of another key"));
        }
        // It has its own claims in place of the registered ones.
        let mut validation = Validation::new(algorithm);
        validation.required_spec_claims.clear();
        validation.validate_aud = false;
        let claims: Claims = key
            .claims(proof, &validation)
            .map_err(|_| invalid("the proof is not signed, or its claims cannot be read"))?;
        if claims.htm != request.method.as_str() || !self.is_for(&claims.htu, &request.uri) {
            return Err(invalid("the proof is for another request"));
        }
        let hash = digest::digest(&digest::SHA256, token.expose().as_bytes());
        if claims.ath != BASE64URL.encode(hash) {
            return Err(invalid("the proof is for another token"));
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let (made, leeway) = (Duration::from_secs(claims.iat), limits.leeway);
        if made > now + leeway || made.saturating_add(limits.proof_age + leeway) < now {
            return Err(invalid("the proof is not of now"));
        }
        self.take(thumbprint, &claims.jti, limits)
    }

    /// Compared without query and fragment, with the host in lower case.
    fn is_for(&self, htu: &str, target: &Uri) -> bool {
        let plain = htu.split(['?', '#']).next().unwrap_or(htu);
        let Ok(htu) = plain.parse::<Uri>() else { return false };
        uri::origin(&htu) == self.origin && htu.path() == target.path()
    }

    fn take(&self, thumbprint: &str, id: &str, limits: &AuthLimits) -> Result<(), VerifyError> {
        let mut hash = [0; 32];
        let both = format!("{thumbprint} {id}");
        hash.copy_from_slice(digest::digest(&digest::SHA256, both.as_bytes()).as_ref());
        let now = Instant::now();
        // As long as its `iat` could be taken.
        let until = now + limits.proof_age + limits.leeway * 2;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= limits.tracked_proofs {
            seen.retain(|_, until| *until > now);
            if seen.len() >= limits.tracked_proofs {
                return Err(VerifyError::Unavailable { retry_after: limits.proof_age });
            }
        }
        match seen.insert(hash, until) {
            Some(until) if until > now => Err(VerifyError::Invalid("the proof was used before")),
            _ => Ok(()),
        }
    }
}
