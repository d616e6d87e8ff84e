//! Which cells are measured, how often, and with how many requests.

use bench_tools::OWN_TOOLS;

use crate::{
    drive::{Cell, Transport},
    request::{Era, Work},
};

/// How many tools `tools/list` lists.
const MANY_TOOLS: usize = 500;

pub(crate) struct Plan {
    /// How often each figure is taken; the least counts.
    pub(crate) rounds: usize,
    /// How many sessions, connections and streams are held.
    pub(crate) held: usize,
    /// How many tasks are begun and followed to their ends.
    pub(crate) tasks: usize,
    /// How often a program is started to see when it first answers.
    pub(crate) starts: usize,
    divisor: usize,
}

impl Plan {
    pub(crate) const FULL: Self =
        Self { rounds: 5, held: 1000, tasks: 10_000, starts: 21, divisor: 1 };

    /// A smoke test: the figures mean little, the checks are the same.
    pub(crate) const QUICK: Self = Self { rounds: 1, held: 50, tasks: 200, starts: 1, divisor: 50 };

    pub(crate) fn cells(&self) -> Vec<Cell> {
        let mut cells = Vec::new();
        for (work, tools) in [
            (Work::Echo, OWN_TOOLS),
            (Work::Echo, MANY_TOOLS),
            (Work::Add, OWN_TOOLS),
            (Work::Report, OWN_TOOLS),
            (Work::List, MANY_TOOLS),
        ] {
            for transport in [
                Transport::Http(1),
                Transport::Http(16),
                Transport::Http(64),
                Transport::Stdio(1),
                Transport::Stdio(64),
            ] {
                for era in [Era::Modern, Era::Legacy] {
                    cells.push(Cell { work, era, transport, tools, requests: self.requests(work) });
                }
            }
        }
        for work in [Work::Ask, Work::Answer, Work::KnownToken, Work::NewToken] {
            let requests = self.requests(work);
            let (era, transport) = (Era::Modern, Transport::Http(16));
            cells.push(Cell { work, era, transport, tools: OWN_TOOLS, requests });
        }
        // A long table is of interest where it is looked up, not once more for each number of connections.
        cells.retain(|cell| {
            cell.work != Work::Echo
                || cell.tools == OWN_TOOLS
                || matches!(cell.transport, Transport::Http(16) | Transport::Stdio(64))
        });
        cells
    }

    fn requests(&self, work: Work) -> usize {
        let requests = match work {
            Work::Report => 4_000,
            Work::List => 500,
            _ => 10_000,
        };
        requests / self.divisor
    }
}

/// What the table calls a cell.
pub(crate) fn label(cell: &Cell) -> String {
    let work = cell.work.label();
    let revision = cell.era.revision();
    let tools = match cell.tools {
        OWN_TOOLS => String::new(),
        tools => format!(" of {tools} tools"),
    };
    match cell.transport {
        Transport::Http(1) => format!("{work}{tools}, HTTP {revision}, 1 connection"),
        Transport::Http(count) => format!("{work}{tools}, HTTP {revision}, {count} connections"),
        Transport::Stdio(window) => format!("{work}{tools}, stdio {revision}, {window} in flight"),
    }
}
