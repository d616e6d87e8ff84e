//! What an application's own web pages need to know of those who are sent to them.

use std::{fmt, sync::Arc};

use mcp_auth::Principal;

use super::{UrlElicitationRecord, UrlElicitationStore, UrlElicited};
use crate::{primitives::Result, server::ServerHandle};

impl ServerHandle {
    /// The users whom [`Context::elicit_url`](crate::Context::elicit_url) has sent to a page: for
    /// the page.
    #[must_use]
    pub fn url_elicitations(&self) -> UrlElicitations {
        UrlElicitations { store: Arc::clone(&self.core.url_elicitations) }
    }
}

/// The users whom [`Context::elicit_url`](crate::Context::elicit_url) has sent to a page, for the
/// application that serves the page. Cloning is cheap.
///
/// ```
/// use axum::{Router, extract::{Path, State}, http::StatusCode, routing::post};
/// use mcp_runtime::{Server, UrlElicitations};
///
/// async fn paid(State(payments): State<UrlElicitations>, Path(id): Path<String>) -> StatusCode {
///     // An application that knows its users passes the one who is signed in.
///     let Ok(Some(payment)) = payments.find(&id, None).await else {
///         return StatusCode::NOT_FOUND;
///     };
///     match payment.complete().await {
///         Ok(true) => StatusCode::NO_CONTENT,
///         _ => StatusCode::CONFLICT,
///     }
/// }
///
/// # fn main() -> mcp_runtime::Result<()> {
/// let server = Server::new("shop", "1.0.0").build()?;
/// let app: Router = Router::new()
///     .route("/pay/{id}", post(paid))
///     .with_state(server.url_elicitations())
///     .route_service("/mcp", server.http_service());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct UrlElicitations {
    store: Arc<dyn UrlElicitationStore>,
}

impl UrlElicitations {
    /// The elicitation of this id, if it is open and `opener` is the user who was asked.
    ///
    /// Who was asked is known where the call had a [`Principal`]: then `opener` has the same issuer
    /// and subject. The OAuth client may be another one, because a page is opened by a browser. A
    /// page finds out its user by means of its own, such as a cookie, and never from the URL: a URL
    /// can be passed on (client/elicitation, "Phishing"). Without a principal, whoever knows the id
    /// is taken for who was asked.
    ///
    /// An id that is unknown, expired, closed or somebody else's is `None` alike.
    ///
    /// # Errors
    ///
    /// When the store cannot be reached.
    pub async fn find(
        &self,
        id: &str,
        opener: Option<&Principal>,
    ) -> Result<Option<UrlElicitation>> {
        let Some(record) = self.store.get(id).await? else { return Ok(None) };
        if record.has_expired()
            || !record.is_open_to(opener)
            || self.store.outcome(id).await?.is_some()
        {
            return Ok(None);
        }
        Ok(Some(UrlElicitation { store: Arc::clone(&self.store), id: id.to_owned(), record }))
    }
}

/// A user who has been sent to a page, and is there. Found by [`UrlElicitations::find`].
#[derive(Clone)]
#[must_use = "a call waits until it is completed or cancelled"]
pub struct UrlElicitation {
    store: Arc<dyn UrlElicitationStore>,
    id: String,
    record: UrlElicitationRecord,
}

impl UrlElicitation {
    /// The id that is a part of the URL.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What the user was told; of a long message, its first 1,000 characters.
    #[must_use]
    pub fn message(&self) -> &str {
        self.record.message()
    }

    /// Tells the call that the user has done what the page is for. `false` when the call does not
    /// take it any more: it has ended, its time is over, or it was told before.
    ///
    /// Only one can get `true`, so that this also guards what must be done once.
    ///
    /// # Errors
    ///
    /// When the store cannot be reached.
    #[must_use = "a call that does not take it does not know of it"]
    pub async fn complete(&self) -> Result<bool> {
        self.close(UrlElicited::Completed).await
    }

    /// Tells the call that the user does not want to. `false` when the call does not take it any
    /// more.
    ///
    /// # Errors
    ///
    /// When the store cannot be reached.
    pub async fn cancel(&self) -> Result<bool> {
        self.close(UrlElicited::Cancelled).await
    }

    async fn close(&self, outcome: UrlElicited) -> Result<bool> {
        Ok(!self.record.has_expired() && self.store.close(&self.id, outcome).await?)
    }
}

/// Without the id, which is all that a page without users asks for.
impl fmt::Debug for UrlElicitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UrlElicitation").field("record", &self.record).finish_non_exhaustive()
    }
}
