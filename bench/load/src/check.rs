//! Is it the right answer? Every answer is checked: its id, and its result byte for byte against one that was decoded
//! and compared with what the tool must compute. Now and then an answer is decoded again all the same.

use std::{collections::BTreeSet, fmt::Debug};

use anyhow::{Context as _, bail, ensure};
use bench_tools::{Report, Sum};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, value::RawValue};

use crate::request::{Era, VARIANTS, Work, addends, echo_text, report_rows};

#[cfg(test)]
mod tests;

const DECODE_EVERY: u64 = 512;

#[derive(Deserialize)]
struct Answer<'a> {
    jsonrpc: &'a str,
    id: u64,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

/// The id of an answer.
pub(crate) fn id(answer: &[u8]) -> anyhow::Result<u64> {
    Ok(decode(answer)?.id)
}

fn decode(answer: &[u8]) -> anyhow::Result<Answer<'_>> {
    serde_json::from_slice(answer)
        .with_context(|| format!("not an answer: {}", String::from_utf8_lossy(answer)))
}

/// The result of an answer that is no error, whatever it holds.
pub(crate) fn result(id: u64, answer: &[u8]) -> anyhow::Result<&RawValue> {
    let decoded = decode(answer)?;
    ensure!(decoded.jsonrpc == "2.0", "jsonrpc is {:?}", decoded.jsonrpc);
    ensure!(decoded.id == id, "asked with id {id}, answered with id {}", decoded.id);
    match decoded {
        Answer { result: Some(result), error: None, .. } => Ok(result),
        _ => bail!("no result: {}", String::from_utf8_lossy(answer)),
    }
}

/// Knows the right results of one workload.
pub(crate) struct Checker {
    work: Work,
    era: Era,
    tools: usize,
    right: [Option<Box<str>>; VARIANTS],
    checked: u64,
}

impl Checker {
    /// `tools` is how many tools the server has.
    pub(crate) fn new(work: Work, era: Era, tools: usize) -> Self {
        Self { work, era, tools, right: Default::default(), checked: 0 }
    }

    pub(crate) fn check(&mut self, id: u64, variant: usize, answer: &[u8]) -> anyhow::Result<()> {
        let result = result(id, answer)?.get();
        self.checked += 1;
        let known = self.right[variant].as_deref() == Some(result);
        if !known || self.checked.is_multiple_of(DECODE_EVERY) {
            self.compare(variant, result)
                .with_context(|| format!("{:?}, a wrong result: {result}", self.work))?;
            self.right[variant] = Some(result.into());
        }
        Ok(())
    }

    fn compare(&self, variant: usize, result: &str) -> anyhow::Result<()> {
        let result: Value = serde_json::from_str(result)?;
        let result_type = result.get("resultType").and_then(Value::as_str);
        match self.era {
            Era::Modern if self.work == Work::Ask => {
                return question(&result).map(drop);
            }
            Era::Modern => ensure!(result_type == Some("complete"), "resultType {result_type:?}"),
            Era::Legacy => ensure!(result_type.is_none(), "resultType in an older revision"),
        }
        match self.work {
            Work::Echo | Work::KnownToken | Work::NewToken => {
                let text = text(&result)?;
                ensure!(text == echo_text(variant), "the text is {text:?}");
                Ok(())
            }
            Work::Add => {
                let (a, b) = addends(variant);
                structured::<Sum>(&result, &bench_tools::add(a, b))
            }
            Work::Report => {
                structured::<Report>(&result, &bench_tools::report(report_rows(variant)))
            }
            Work::List => self.list(&result),
            Work::Ask => question(&result).map(drop),
            Work::Answer => {
                let text = &result["messages"][0]["content"]["text"];
                ensure!(text == "sure: true", "the text is {text}");
                Ok(())
            }
        }
    }

    fn list(&self, result: &Value) -> anyhow::Result<()> {
        let tools = result["tools"].as_array().context("no tools")?;
        ensure!(tools.len() == self.tools, "{} tools, not {}", tools.len(), self.tools);
        let mut names = BTreeSet::new();
        for tool in tools {
            let name = tool["name"].as_str().context("a tool without a name")?;
            ensure!(
                tool["description"].as_str().is_some_and(|text| !text.is_empty()),
                "{name} has no description"
            );
            ensure!(
                tool["inputSchema"]["properties"].as_object().is_some_and(|map| !map.is_empty()),
                "{name} has no parameters"
            );
            names.insert(name.to_owned());
        }
        let fillers = (0..self.tools - bench_tools::OWN_TOOLS).map(bench_tools::filler_name);
        let expected: BTreeSet<_> =
            ["echo", "add", "report"].map(str::to_owned).into_iter().chain(fillers).collect();
        ensure!(names == expected, "other tools than expected: {names:?}");
        Ok(())
    }
}

/// The key and the state of the one question that a result asks.
pub(crate) fn question(result: &Value) -> anyhow::Result<(&str, &str)> {
    ensure!(result["resultType"] == "input_required", "resultType {}", result["resultType"]);
    let requests = result["inputRequests"].as_object().context("no questions")?;
    let mut requests = requests.iter();
    let (key, request) = requests.next().context("no question")?;
    ensure!(requests.next().is_none(), "more than one question");
    ensure!(request["method"] == "elicitation/create", "it asks {}", request["method"]);
    Ok((key, result["requestState"].as_str().context("no state")?))
}

fn text(result: &Value) -> anyhow::Result<&str> {
    ensure!(result["isError"] != Value::Bool(true), "isError");
    match result["content"].as_array().map(Vec::as_slice) {
        Some([content]) if content["type"] == "text" => {
            content["text"].as_str().context("the text is no string")
        }
        _ => bail!("not one text"),
    }
}

/// Both copies of a structured result are right.
fn structured<T: DeserializeOwned + PartialEq + Debug>(
    result: &Value,
    expected: &T,
) -> anyhow::Result<()> {
    let copy: T = serde_json::from_str(text(result)?).context("the text copy")?;
    ensure!(copy == *expected, "the text copy is {copy:?}");
    let content: T =
        serde_json::from_value(result["structuredContent"].clone()).context("structuredContent")?;
    ensure!(content == *expected, "structuredContent is {content:?}");
    Ok(())
}
