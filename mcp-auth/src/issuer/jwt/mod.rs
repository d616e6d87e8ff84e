//! JWTs as access tokens (RFC 9068, RFC 8725).
//!
//! The compact form is read here, and signatures are checked by `ring`, with which TLS comes. That
//! is less code than it takes to hold `jsonwebtoken` to RFC 8725, which takes the missing audience
//! and issuer for good, ignores `crit`, makes secrets of published `oct` keys, and panics where
//! other parts of a program choose another of its backends. Those cost three to four times the
//! build of `ring` besides.

mod algorithm;
mod compact;
mod jwk;
mod key_set;

use std::sync::Arc;

use http::Uri;

pub use algorithm::Algorithm;
pub(crate) use compact::{Jws, Kind};
#[cfg(feature = "dpop")]
pub(crate) use jwk::Jwk;

use self::key_set::{KeySet, Keys};
use super::{
    About,
    claims::Claims,
    token_cache::{self, TokenCache},
};
use crate::verify::{AccessToken, TokenVerifier, VerifiedToken, VerifyError, Verifying};

/// Verifies the JWTs of one issuer.
#[derive(Debug)]
pub(super) struct JwtVerifier {
    about: Arc<About>,
    algorithms: Vec<Algorithm>,
    keys: Keys,
    /// What was verified, and with which keys.
    cache: TokenCache<(Arc<KeySet>, VerifiedToken)>,
}

/// How many keys of one id are tried: a set has each id once, but for mistakes.
const MAX_TRIED_KEYS: usize = 4;

impl JwtVerifier {
    pub(super) fn new(
        about: Arc<About>,
        algorithms: Vec<Algorithm>,
        location: Option<Uri>,
    ) -> Self {
        Self {
            cache: TokenCache::new(about.limits.cached_tokens),
            keys: Keys::new(Arc::clone(&about), location),
            about,
            algorithms,
        }
    }

    async fn verify_jwt(&self, token: &str) -> Result<VerifiedToken, VerifyError> {
        let jws = Jws::parse(token, Kind::AccessToken).ok_or(VerifyError::Unknown)?;
        if jws.issuer().as_deref() != Some(self.about.name.as_str()) {
            return Err(VerifyError::Unknown);
        }
        let hash = token_cache::hash(token);
        let keys = self.keys.current().await?;
        // Keys that were replaced since may have been taken away for a reason.
        if let Some((known, verified)) = self.cache.get(&hash)
            && Arc::ptr_eq(&known, &keys)
        {
            return Ok(verified);
        }
        let jws = jws.check_header()?;
        let algorithm = jws.algorithm.filter(|it| self.algorithms.contains(it));
        let algorithm = algorithm.ok_or(VerifyError::Invalid("its algorithm is not allowed"))?;
        let mut keys = keys;
        let mut candidates = keys.find(jws.key_id.as_deref(), algorithm);
        if candidates.is_empty() {
            keys = self.keys.newer_than(&keys).await?;
            candidates = keys.find(jws.key_id.as_deref(), algorithm);
        }
        // Without an id, the key must be certain all the same.
        if candidates.is_empty() || (jws.key_id.is_none() && candidates.len() > 1) {
            return Err(VerifyError::Invalid("its key is unknown"));
        }
        let is_signed =
            candidates.iter().take(MAX_TRIED_KEYS).any(|key| jws.is_signed_by(key, algorithm));
        if !is_signed {
            return Err(VerifyError::Invalid("its signature is wrong"));
        }
        let claims: Claims = jws.claims()?;
        if claims.iss.as_deref() != Some(self.about.name.as_str()) {
            return Err(VerifyError::Invalid("it is of another issuer"));
        }
        if claims.exp.is_none() {
            return Err(VerifyError::Invalid("it never expires"));
        }
        let verified = self.about.accept(claims, jws.claims()?)?;
        self.cache.insert(hash, (keys, verified.clone()));
        Ok(verified)
    }
}

impl TokenVerifier for JwtVerifier {
    fn verify<'a>(&'a self, token: AccessToken<'a>) -> Verifying<'a> {
        Box::pin(self.verify_jwt(token.expose()))
    }
}
