//! JWTs as access tokens (RFC 9068, RFC 8725).
//!
//! `jsonwebtoken` reads them and verifies their signatures. Left to itself it takes a missing
//! audience or issuer for good, several issuers, times with a fraction, and any `crit` and `typ`; it
//! makes secrets of published `oct` keys, and takes weak and private ones. What stands here around it
//! does not.

mod algorithm;
mod key;
mod key_set;
mod token;

use std::sync::Arc;

use http::Uri;
use jsonwebtoken::{
    Validation, crypto,
    errors::{Error, ErrorKind},
};
use serde_json::value::RawValue;

pub use algorithm::Algorithm;
use key::PublicKey;
#[cfg(feature = "introspection")]
pub(crate) use token::issuer;
#[cfg(feature = "dpop")]
pub(crate) use token::{Kind, embedded_key, header};

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
    algorithms: Vec<jsonwebtoken::Algorithm>,
    keys: Arc<Keys>,
    /// What was verified, and with which keys.
    cache: TokenCache<(Arc<KeySet>, VerifiedToken)>,
}

/// How many keys of one id are tried: a set has each id once, but for mistakes.
const MAX_TRIED_KEYS: usize = 4;

/// Says which cryptography `jsonwebtoken` uses. It panics where it has the choice, because another
/// part of the program has brought another along.
pub(crate) fn install_cryptography() {
    // Where the program has made the choice itself, it stands.
    let _ = crypto::aws_lc::DEFAULT_PROVIDER.install_default();
}

impl JwtVerifier {
    pub(super) fn new(
        about: Arc<About>,
        algorithms: Vec<Algorithm>,
        location: Option<Uri>,
    ) -> Self {
        install_cryptography();
        Self {
            cache: TokenCache::new(about.limits.cached_tokens),
            keys: Arc::new(Keys::new(Arc::clone(&about), location)),
            about,
            algorithms: algorithms.into_iter().map(Into::into).collect(),
        }
    }

    async fn verify_jwt(&self, token: &str) -> Result<VerifiedToken, VerifyError> {
        let hash = token_cache::hash(token);
        let known = self.cache.get(&hash);
        if known.is_none() && token::issuer(token).as_deref() != Some(self.about.name.as_str()) {
            return Err(VerifyError::Unknown);
        }
        let mut keys = self.keys.current().await?;
        // Keys that were replaced since may have been taken away for a reason.
        if let Some((used, verified)) = known
            && Arc::ptr_eq(&used, &keys)
        {
            return Ok(verified);
        }
        let header = token::header(token, token::Kind::AccessToken)?;
        if !self.algorithms.contains(&header.alg) {
            return Err(VerifyError::Invalid("its algorithm is not allowed"));
        }
        let key_id = header.kid.as_deref();
        let mut candidates = keys.find(key_id, header.alg);
        if candidates.is_empty() {
            keys = self.keys.newer_than(&keys).await?;
            candidates = keys.find(key_id, header.alg);
        }
        // Without an id, the key must be certain all the same.
        if candidates.is_empty() || (key_id.is_none() && candidates.len() > 1) {
            return Err(VerifyError::Invalid("its key is unknown"));
        }
        let validation = self.validation(header.alg);
        let mut signed = Err(ErrorKind::InvalidSignature.into());
        for key in candidates.iter().take(MAX_TRIED_KEYS) {
            signed = key.claims::<Box<RawValue>>(token, &validation);
            if !signed.as_ref().is_err_and(|it| *it.kind() == ErrorKind::InvalidSignature) {
                break;
            }
        }
        let claims = signed.map_err(|error| VerifyError::Invalid(reason(&error)))?;
        let (claims, all) = Claims::read(claims.get())?;
        let verified = self.about.accept(claims, all)?;
        self.cache.insert(hash, (keys, verified.clone()));
        Ok(verified)
    }

    fn validation(&self, algorithm: jsonwebtoken::Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.set_issuer(&[&self.about.name]);
        validation.validate_nbf = true;
        validation.leeway = self.about.limits.leeway.as_secs();
        // Compared by the resource server, whoever has verified the token.
        validation.validate_aud = false;
        validation
    }
}

fn reason(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::InvalidSignature => "its signature is wrong",
        ErrorKind::InvalidIssuer => "it is of another issuer",
        ErrorKind::MissingRequiredClaim(_) => "it lacks a claim",
        ErrorKind::ExpiredSignature => "it has expired",
        ErrorKind::ImmatureSignature => "it is not valid yet",
        _ => "it cannot be read",
    }
}

impl TokenVerifier for JwtVerifier {
    fn verify<'a>(&'a self, token: AccessToken<'a>) -> Verifying<'a> {
        Box::pin(self.verify_jwt(token.expose()))
    }
}
