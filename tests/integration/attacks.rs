//! What a hostile or careless client sends, and what stays as it was.

mod authors;
mod batches;
mod connections;
#[cfg(unix)]
mod depth;
#[cfg(unix)]
mod descriptors;
mod growth;
mod health;
mod inputs;
#[cfg(unix)]
mod memory;
#[cfg(unix)]
mod mutations;
mod names;
mod races;
mod random;
mod readers;
mod streams;
#[cfg(unix)]
mod writers;
