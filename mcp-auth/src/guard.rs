use std::{
    fmt,
    hash::{BuildHasher as _, RandomState},
    net::IpAddr,
    sync::Arc,
    time::{Duration, SystemTime},
};

use http::{header, request::Parts};

use crate::{
    AuthLimits, InsufficientScope, Principal,
    credentials::{self, Scheme},
    metadata::Metadata,
    rate::{Limited, Rate, network},
    refusal::{Challenges, Refusal},
    scope::ScopeRule,
    verify::{AccessToken, Binding, TokenVerifier, VerifiedToken, VerifyError},
};

/// A resource server that is ready.
pub(crate) struct Guard {
    pub(crate) host: String,
    /// The resource identifier, and the other names by which issuers know it.
    pub(crate) audiences: Vec<String>,
    pub(crate) metadata: Metadata,
    pub(crate) challenges: Challenges,
    pub(crate) scope_rule: Option<ScopeRule>,
    pub(crate) verifiers: Vec<Arc<dyn TokenVerifier>>,
    pub(crate) client_address: Arc<ClientAddressOf>,
    pub(crate) limits: AuthLimits,
    pub(crate) requests: Rate<u64>,
    pub(crate) failures: Rate<IpAddr>,
    pub(crate) hasher: RandomState,
    #[cfg(feature = "dpop")]
    pub(crate) proofs: crate::dpop::Proofs,
}

pub(crate) type ClientAddressOf = dyn Fn(&Parts) -> Option<IpAddr> + Send + Sync;

impl Guard {
    pub(crate) async fn authenticate(&self, parts: &mut Parts) -> Result<Principal, Refusal> {
        let address = (self.client_address)(parts).map(network);
        let Some((scheme, token)) = credentials::token(&parts.headers)? else {
            return Err(Refusal::unauthorized(self.challenges.for_token(None)));
        };
        if let Some(address) = &address {
            self.failures.check(address).map_err(refuse)?;
        }
        let principal = match self.verify(parts, scheme, token).await {
            Ok(principal) => principal,
            Err(VerifyError::Unavailable { retry_after }) => {
                return Err(Refusal::unavailable(retry_after));
            }
            Err(error) => {
                tracing::debug!(%error, "a request is refused");
                if let Some(address) = address {
                    self.failures.take(address).map_err(refuse)?;
                }
                let challenges = self.challenges.for_token(Some("invalid_token"));
                return Err(Refusal::unauthorized(challenges));
            }
        };
        self.requests.take(self.key(&principal)).map_err(refuse)?;
        if let Err(insufficient) = principal.require(&self.challenges.scopes) {
            return Err(self.insufficient(&insufficient));
        }
        // Whatever runs behind cannot pass them on.
        parts.headers.remove(header::AUTHORIZATION);
        parts.headers.remove("dpop");
        parts.extensions.insert(principal.clone());
        Ok(principal)
    }

    async fn verify(
        &self,
        parts: &Parts,
        scheme: Scheme,
        token: AccessToken<'_>,
    ) -> Result<Principal, VerifyError> {
        if token.expose().len() > self.limits.token_bytes {
            return Err(VerifyError::Invalid("it is too long"));
        }
        if !credentials::is_well_formed(token.expose()) {
            return Err(VerifyError::Invalid("it has characters that no token has"));
        }
        let VerifiedToken { principal, audience, binding } = self.ask(token).await?;
        if !audience.iter().any(|it| self.audiences.contains(it)) {
            return Err(VerifyError::Invalid("it is for another audience"));
        }
        if principal.expires_at().is_some_and(|at| at <= SystemTime::now()) {
            return Err(VerifyError::Invalid("it has expired"));
        }
        self.check_binding(parts, scheme, token, &binding)?;
        Ok(self.with_scope_rule(principal))
    }

    pub(crate) fn with_scope_rule(&self, principal: Principal) -> Principal {
        match &self.scope_rule {
            Some(rule) => principal.with_rule(rule.clone()),
            None => principal,
        }
    }

    async fn ask(&self, token: AccessToken<'_>) -> Result<VerifiedToken, VerifyError> {
        for verifier in &self.verifiers {
            match verifier.verify(token).await {
                Err(VerifyError::Unknown) => {}
                verified => return verified,
            }
        }
        Err(VerifyError::Unknown)
    }

    #[cfg_attr(not(feature = "dpop"), allow(unused_variables))]
    fn check_binding(
        &self,
        parts: &Parts,
        scheme: Scheme,
        token: AccessToken<'_>,
        binding: &Binding,
    ) -> Result<(), VerifyError> {
        match (scheme, binding) {
            (Scheme::Bearer, Binding::Bearer) => Ok(()),
            #[cfg(feature = "dpop")]
            (Scheme::DPoP, Binding::Key(thumbprint)) => {
                self.proofs.check(parts, token, thumbprint, &self.limits)
            }
            (Scheme::DPoP, Binding::Bearer) => {
                Err(VerifyError::Invalid("it is not bound to a key"))
            }
            _ => Err(VerifyError::Invalid("it is bound, and the binding is not proven")),
        }
    }

    pub(crate) fn insufficient(&self, insufficient: &InsufficientScope) -> Refusal {
        let (scope, challenges) = self.challenges.for_scope(insufficient.scope());
        Refusal::insufficient_scope(&scope, challenges)
    }

    fn key(&self, principal: &Principal) -> u64 {
        self.hasher.hash_one((principal.issuer(), principal.subject(), principal.client()))
    }
}

fn refuse(limited: Limited) -> Refusal {
    match limited {
        Limited::Wait(wait) => Refusal::too_many_requests(wait),
        Limited::Full => Refusal::unavailable(Duration::from_secs(60)),
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard")
            .field("audiences", &self.audiences)
            .field("verifiers", &self.verifiers)
            .finish_non_exhaustive()
    }
}
