//! The MCP server's side.

use std::time::Duration;

use mcp_runtime::{UrlElicited, prelude::*};

use crate::{payments::Payments, web::Base};

/// Pay in the browser.
#[mcp_tool(requires(elicitation_url))]
pub(crate) async fn secure_payment(
    /// In dollars.
    #[arg(range = 1..=1000)]
    amount: u32,
    State(payments): State<Payments>,
    State(Base(base)): State<Base>,
    ctx: Context,
) -> Result<&'static str> {
    let page = |id: &str| {
        // Not in the URL, where the user could change it.
        payments.ask(id, amount);
        format!("{base}/pay/{id}")
    };
    let paid = ctx
        .elicit_url(format!("Please pay ${amount}"), page)
        .timeout(Duration::from_secs(300))
        .await?;
    Ok(match paid {
        UrlElicited::Completed => "Payment successful",
        UrlElicited::Declined | UrlElicited::Cancelled => "Payment cancelled",
        UrlElicited::TimedOut => "Payment timed out",
    })
}
