//! What the measured tools compute. Every server calls these functions, so that all of them do the same work and the
//! load generator knows each answer beforehand.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The environment variable that says how many tools a server registers in all.
pub const TOOLS_VARIABLE: &str = "BENCH_TOOLS";

/// The tools that every server has: `echo`, `add` and `report`.
pub const OWN_TOOLS: usize = 3;

/// How many tools to register beside [`OWN_TOOLS`], so that there are [`TOOLS_VARIABLE`] in all.
#[must_use]
pub fn filler_tools() -> usize {
    std::env::var(TOOLS_VARIABLE)
        .ok()
        .and_then(|value| value.parse::<usize>().ok())
        .map_or(0, |total| total.saturating_sub(OWN_TOOLS))
}

/// The name of a tool that only makes the table longer.
#[must_use]
pub fn filler_name(index: usize) -> String {
    format!("filler_{index:03}")
}

/// The description of a tool that only makes the table longer.
#[must_use]
pub fn filler_description(index: usize) -> String {
    format!("Return the given text; number {index} of the tools that make the table longer.")
}

/// The result of `add`.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct Sum {
    /// The sum of both addends.
    pub sum: f64,
}

/// The result of `report`: about 4 KB of JSON for 40 rows.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct Report {
    /// What the report is about.
    pub title: String,
    /// How many rows there are.
    pub count: u32,
    /// The rows.
    pub rows: Vec<Row>,
}

/// One row of a [`Report`].
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct Row {
    /// The number of the row.
    pub id: u32,
    /// Who it is about.
    pub name: String,
    /// Where that is.
    pub region: String,
    /// How much.
    pub amount: f64,
    /// Whether it is settled.
    pub settled: bool,
}

/// `add`.
#[must_use]
pub fn add(a: f64, b: f64) -> Sum {
    Sum { sum: a + b }
}

/// `report`.
#[must_use]
pub fn report(n: u32) -> Report {
    const REGIONS: [&str; 4] = ["north \"upper\"", "east", "south", "west"];
    Report {
        title: format!("Accounts, {n} rows"),
        count: n,
        rows: (0..n)
            .map(|id| Row {
                id,
                name: format!("customer {id:05} of this report"),
                region: REGIONS[id as usize % REGIONS.len()].to_owned(),
                amount: f64::from(id) * 1.25 + 0.5,
                settled: id % 3 == 0,
            })
            .collect(),
    }
}
