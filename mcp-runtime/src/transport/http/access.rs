//! Who sends a request, and what their token means for the reply.

#[cfg(feature = "auth")]
use http::StatusCode;
use http::{Response, request::Parts};
use mcp_auth::{InsufficientScope, Principal};

use super::{
    guards::{self, Guards},
    reply::{Reply, ReplyBody},
};
use crate::server::HttpOptions;

/// What stands in front of every route of a server.
#[derive(Debug)]
pub(super) struct Gate {
    guards: Guards,
    #[cfg(feature = "auth")]
    auth: Option<mcp_auth::AuthLayer>,
}

impl Gate {
    pub(super) fn new(options: &HttpOptions) -> Self {
        Self {
            guards: Guards::new(options),
            #[cfg(feature = "auth")]
            auth: options.auth.clone(),
        }
    }

    /// Answers a request that is let through, by `answer`.
    pub(super) async fn answer<F>(
        &self,
        mut parts: Parts,
        answer: impl FnOnce(Parts) -> F,
    ) -> Response<ReplyBody>
    where
        F: Future<Output = Reply>,
    {
        let origin = match self.guards.check(&parts) {
            Ok(origin) => origin,
            Err(refusal) => return refusal.into_reply().into_response(),
        };
        let mut reply = if guards::is_preflight(&parts.method, &parts.headers) {
            guards::preflight(&parts.headers)
        } else {
            match self.authenticate(&mut parts).await {
                Ok(()) => {
                    let expires_at =
                        parts.extensions.get::<Principal>().and_then(Principal::expires_at);
                    let mut reply = answer(parts).await;
                    reply.end_at(expires_at);
                    self.challenge(&mut reply);
                    reply
                }
                Err(refused) => refused,
            }
        };
        if let Some(origin) = origin {
            guards::allow_origin(reply.headers_mut(), origin);
        }
        reply.into_response()
    }

    #[cfg(feature = "auth")]
    async fn authenticate(&self, parts: &mut Parts) -> Result<(), Reply> {
        let Some(auth) = &self.auth else { return Ok(()) };
        #[cfg(feature = "testing")]
        if parts.extensions.get::<Vouched>().is_some() {
            return Ok(());
        }
        // An identity from elsewhere must not stand in for the one of the token.
        parts.extensions.remove::<Principal>();
        match auth.authenticate(parts).await {
            Ok(_) => Ok(()),
            Err(refusal) => Err(Reply::from(refusal.into_response())),
        }
    }

    #[cfg(not(feature = "auth"))]
    #[expect(clippy::unused_async, reason = "with the feature `auth` it waits")]
    async fn authenticate(&self, _: &mut Parts) -> Result<(), Reply> {
        Ok(())
    }

    /// Tells a caller with too few scopes how to get more. Without a resource server of its own,
    /// the one in front of the server finds what is missing in the extensions.
    #[cfg_attr(not(feature = "auth"), allow(unused_variables))]
    fn challenge(&self, reply: &mut Reply) {
        #[cfg(feature = "auth")]
        if let Some(auth) = &self.auth
            && let Some(insufficient) = reply.extensions_mut().remove::<InsufficientScope>()
        {
            auth.challenge(&insufficient).write_headers(reply.headers_mut());
        }
    }

    /// Answers a request for the metadata of the resource server, which is for everyone.
    #[cfg(feature = "auth")]
    pub(super) fn metadata(&self, parts: &Parts) -> Response<ReplyBody> {
        if let Err(refusal) = self.guards.check_host(parts) {
            return refusal.into_reply().into_response();
        }
        self.auth
            .as_ref()
            .and_then(|auth| auth.metadata(parts))
            .unwrap_or_else(|| Reply::empty(StatusCode::NOT_FOUND).into_response())
    }
}

/// A client for tests sends the request, which has no token and says itself who calls.
#[cfg(all(feature = "auth", feature = "testing"))]
#[derive(Clone, Debug)]
pub(crate) struct Vouched;

impl Reply {
    /// Says what the caller needs, to whoever makes a challenge of it.
    pub(super) fn need_scope(&mut self, insufficient: InsufficientScope) {
        self.extensions_mut().insert(insufficient);
    }
}
