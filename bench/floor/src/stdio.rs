//! A bare loop: read a line, answer it, write out once nothing more is waiting to be read.

use std::io::{self, BufRead as _, BufReader, BufWriter, Write as _};

use anyhow::Context as _;

use crate::{answer, wire::Request};

const BUFFER: usize = 64 * 1024;

pub(crate) fn serve() -> anyhow::Result<()> {
    let tools = answer::tools()?;
    let mut input = BufReader::with_capacity(BUFFER, io::stdin().lock());
    let mut output = BufWriter::with_capacity(BUFFER, io::stdout().lock());
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        let request: Request<'_> = serde_json::from_slice(&line).context("reading a request")?;
        if let Some(answer) = answer::answer(&request, &tools)? {
            output.write_all(&answer)?;
            output.write_all(b"\n")?;
        }
        if input.buffer().is_empty() {
            output.flush()?;
        }
        line.clear();
    }
    Ok(output.flush()?)
}
