//! A tool that asks the user: for another date when there is no table, and before money is spent.
//!
//! Several processes can serve one endpoint, if they have the same keys in the environment variable
//! `MCP_KEYS`: each can go on with a call that another has begun.

mod restaurant;

use mcp_runtime::{KeyRing, prelude::*};
use restaurant::{Booking, Restaurant, Seating};

const CANCELLED: &str = "nothing is booked";

#[derive(Elicit)]
struct BookingPreferences {
    /// Try another date?
    check_alternative: bool,
    /// The date to try instead.
    #[elicit(default = "2026-12-26", format = "date")]
    alternative_date: String,
    /// Where to sit.
    seating: Seating,
}

/// Book a table. The user is asked before a deposit is paid.
#[mcp_tool(destructive = false, open_world = false, requires(elicitation))]
async fn book_table(
    /// The day, as in 2026-12-26.
    #[arg(pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    date: String,
    /// How many people come.
    #[arg(range = 1..=12)]
    party_size: u32,
    ctx: Context,
    State(restaurant): State<Restaurant>,
) -> Result<String> {
    let mut booking = Booking { date, party_size, seating: Seating::Inside };

    // A step: the function can run again, and then asks the same, whoever has booked meanwhile.
    if !ctx.step("look for a table", || restaurant.has_table(&booking)).await? {
        let question = format!("No table for {party_size} on {}. Another date?", booking.date);
        match ctx.elicit::<BookingPreferences>(question).await? {
            Elicited::Accepted(wish) if wish.check_alternative => {
                booking.date = wish.alternative_date;
                booking.seating = wish.seating;
            }
            _ => return Ok(CANCELLED.into()),
        }
    }
    let deposit = 10 * party_size;
    if !ctx.confirm(format!("Pay a deposit of ${deposit} for {}?", booking.date)).await? {
        return Ok(CANCELLED.into());
    }

    // Once, however often the function runs, and whichever process runs it.
    let key = ctx.idempotency_key("booking")?;
    ctx.step("book", || restaurant.book(&key, &booking)).await?;
    ctx.step("charge deposit", || restaurant.charge(&key, deposit)).await?;

    // The table is booked, whatever becomes of this question.
    let remind = ctx.confirm("Booked. Remind you the day before?").await.unwrap_or(false);
    let reminder = if remind { "with a reminder" } else { "without a reminder" };
    Ok(format!("a table for {party_size} is booked on {}, {reminder}", booking.date))
}

/// List what is booked, and the deposits that are paid.
#[mcp_tool(read_only, open_world = false)]
async fn list_bookings(State(restaurant): State<Restaurant>) -> restaurant::Ledger {
    restaurant.ledger()
}

fn server(restaurant: Restaurant) -> Server {
    Server::new("booking", env!("CARGO_PKG_VERSION"))
        .state(restaurant)
        .tools(tools![book_table, list_bookings])
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut server = server(Restaurant::default());
    if std::env::var_os("MCP_KEYS").is_some() {
        server = server.keys(KeyRing::from_env("MCP_KEYS")?);
    }
    server.run().await
}

#[cfg(test)]
mod tests;
