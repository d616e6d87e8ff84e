//! Calls that run as tasks, as clients see them.

mod asking;
mod extension;
mod server;
mod sessions;
mod worker;
