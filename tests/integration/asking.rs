//! Functions that ask their client: in sessions by real requests, in 2026-07-28 by running again.

mod authors;
mod by_hand;
mod live;
mod rounds;
mod server;
mod state;
mod steps;
