//! The MCP server.

use mcp_runtime::{Item, prelude::*};

use crate::{
    auth::Region,
    orders::{Order, Orders},
};

pub(crate) fn server(orders: Orders) -> Server {
    Server::new("shop", env!("CARGO_PKG_VERSION"))
        .state(orders)
        .tools(tools![place_order, my_orders, all_orders])
        .visible(|caller, item| {
            item != Item::Tool("all_orders") || caller.is_some_and(|it| it.has_scope("admin"))
        })
}

/// Order something.
#[mcp_tool]
async fn place_order(
    /// What to order.
    item: String,
    principal: Principal,
    #[inject] region: Region,
    State(orders): State<Orders>,
) -> Order {
    let order = Order { customer: principal.subject().to_owned(), item, region: region.0 };
    orders.add(order.clone());
    order
}

/// List what the caller has ordered.
#[mcp_tool(read_only)]
async fn my_orders(principal: Principal, State(orders): State<Orders>) -> Vec<Order> {
    orders.of(principal.subject())
}

/// List what anyone has ordered. Administrators see this tool, and for others it does not exist.
#[mcp_tool(read_only)]
async fn all_orders(State(orders): State<Orders>) -> Vec<Order> {
    orders.all()
}

#[cfg(test)]
#[path = "tools_tests.rs"]
mod tests;
