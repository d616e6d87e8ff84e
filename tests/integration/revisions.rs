//! What clients of each revision see of one server, in memory and over HTTP.

mod authors;
mod calls;
mod changes;
mod client;
mod features;
mod lists;
mod negotiation;
mod principals;
mod server;
