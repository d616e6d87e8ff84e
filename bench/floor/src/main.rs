//! The floor: the same answers as the measured servers give, with nothing that an MCP framework adds. It decodes the
//! envelope and the arguments, builds the result and serialises it; it validates nothing.
//!
//! `floor --stdio`, or `floor --http 127.0.0.1:8000`.

mod answer;
mod http;
mod stdio;
mod wire;

use anyhow::{Context as _, bail};

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("--stdio") => stdio::serve(),
        Some("--http") => http::serve(&arguments.next().context("--http needs an address")?),
        other => bail!("expected --stdio or --http ADDRESS, got {other:?}"),
    }
}
