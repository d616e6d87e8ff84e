//! What a real server has in a database.

use schemars::JsonSchema;
use serde::Serialize;

const SERIES: [(&str, &[f64]); 2] =
    [("rainfall", &[48.0, 52.0, 61.0, 39.0]), ("sunshine", &[120.0, 98.0, 77.0, 142.0])];

const HANDBOOK: [(&str, &str); 2] = [
    ("rainfall", "Millimetres a month. The mean of many years is 45."),
    ("sunshine", "Hours a month. The mean of many years is 110."),
];

/// The figures of a series.
#[derive(Debug, JsonSchema, PartialEq, Serialize)]
pub(crate) struct Summary {
    count: usize,
    least: f64,
    mean: f64,
    greatest: f64,
}

pub(crate) fn names() -> String {
    SERIES.map(|(name, _)| name).join(" and ")
}

pub(crate) fn summary(series: &str) -> Option<Summary> {
    let (_, values) = SERIES.iter().find(|(name, _)| *name == series)?;
    Some(Summary {
        count: values.len(),
        least: values.iter().copied().fold(f64::INFINITY, f64::min),
        mean: values.iter().sum::<f64>() / values.len() as f64,
        greatest: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
    })
}

pub(crate) fn reference(word: &str) -> Option<&'static str> {
    HANDBOOK.iter().find(|(it, _)| it.eq_ignore_ascii_case(word)).map(|(_, text)| *text)
}
