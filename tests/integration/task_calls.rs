//! Calls that run as tasks, as clients see them.

mod asking;
mod extension;
mod handles;
mod official;
mod server;
mod sessions;
mod telling;
mod worker;
