//! From the start of a program to its first answer over stdio.

use std::time::Instant;

use bench_tools::OWN_TOOLS;

use crate::{
    drive::{Cell, Pipe, Transport},
    machine::Cores,
    request::{Era, Work},
    server::Target,
};

/// Milliseconds.
pub(crate) fn first_answer(target: &Target, cores: &Cores) -> anyhow::Result<f64> {
    let cell = Cell {
        work: Work::Echo,
        era: Era::Modern,
        transport: Transport::Stdio(1),
        tools: OWN_TOOLS,
        requests: 1,
    };
    let started = Instant::now();
    let mut process = target.start_stdio(cores, OWN_TOOLS)?;
    Pipe::open(&mut process, &cell)?.exchange(1, 1)?;
    Ok(started.elapsed().as_secs_f64() * 1e3)
}
