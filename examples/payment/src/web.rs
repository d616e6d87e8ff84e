//! The page on which a user pays.

use axum::{
    Extension,
    extract::{Path, State},
    http::StatusCode,
    response::Html,
};
use mcp_runtime::{Principal, UrlElicitation, UrlElicitations};

use crate::payments::{Payment, Payments};

/// Where the application is, for its users' browsers.
#[derive(Clone, Debug)]
pub(crate) struct Base(pub(crate) String);

#[derive(Clone, Debug)]
pub(crate) struct Pages {
    pub(crate) asked: UrlElicitations,
    pub(crate) payments: Payments,
}

type Page = (StatusCode, Html<String>);

impl Pages {
    /// What this user is to pay.
    async fn find(&self, id: &str, user: &Principal) -> Result<(UrlElicitation, Payment), Page> {
        let asked = self.asked.find(id, Some(user)).await.map_err(|_| failed())?;
        asked
            .zip(self.payments.get(id))
            .ok_or_else(|| page(StatusCode::NOT_FOUND, "There is nothing to pay here."))
    }
}

pub(crate) async fn show(
    State(pages): State<Pages>,
    Path(id): Path<String>,
    Extension(user): Extension<Principal>,
) -> Result<Page, Page> {
    let (_, Payment { amount, .. }) = pages.find(&id, &user).await?;
    let form = format!(r#"Pay ${amount}? <form method="post"><button>Pay</button></form>"#);
    Ok(page(StatusCode::OK, &form))
}

pub(crate) async fn pay(
    State(pages): State<Pages>,
    Path(id): Path<String>,
    Extension(user): Extension<Principal>,
) -> Result<Page, Page> {
    let (asked, _) = pages.find(&id, &user).await?;
    // Only one gets `true`, and only while the call waits: nobody pays twice, or for nothing.
    if !asked.complete().await.map_err(|_| failed())? {
        return Err(page(StatusCode::CONFLICT, "It is too late to pay."));
    }
    pages.payments.take(&id);
    Ok(page(StatusCode::OK, "Thank you. You can go back to your assistant."))
}

fn failed() -> Page {
    page(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong. Try again later.")
}

fn page(status: StatusCode, text: &str) -> Page {
    (status, Html(format!("<!doctype html><title>Payment</title><p>{text}</p>")))
}
