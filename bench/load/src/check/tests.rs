use bench_tools::OWN_TOOLS;
use serde_json::{Value, json};

use super::Checker;
use crate::request::{Era, Work};

const ID: u64 = 1_000_001;
const VARIANT: usize = 1;

fn check(work: Work, era: Era, id: u64, result: &Value) -> anyhow::Result<()> {
    let answer = json!({"jsonrpc": "2.0", "id": id, "result": result}).to_string();
    Checker::new(work, era, OWN_TOOLS).check(ID, VARIANT, answer.as_bytes())
}

fn sum(text: &str, structured: f64) -> Value {
    json!({
        "content": [{"type": "text", "text": text}],
        "structuredContent": {"sum": structured},
        "resultType": "complete",
    })
}

#[test]
fn a_right_answer_passes() {
    let result = sum(r#"{"sum": 1.75}"#, 1.75);
    check(Work::Add, Era::Modern, ID, &result).expect("right");
}

#[test]
fn either_copy_may_be_wrong() {
    for result in [sum(r#"{"sum": 1.5}"#, 1.75), sum(r#"{"sum": 1.75}"#, 1.5)] {
        check(Work::Add, Era::Modern, ID, &result).expect_err("wrong");
    }
}

#[test]
fn another_id_is_wrong() {
    let result = sum(r#"{"sum": 1.75}"#, 1.75);
    check(Work::Add, Era::Modern, ID + 1, &result).expect_err("another id");
}

#[test]
fn result_type_belongs_to_one_era() {
    let mut result = sum(r#"{"sum": 1.75}"#, 1.75);
    check(Work::Add, Era::Legacy, ID, &result).expect_err("resultType");
    result.as_object_mut().expect("object").remove("resultType");
    check(Work::Add, Era::Legacy, ID, &result).expect("none");
    check(Work::Add, Era::Modern, ID, &result).expect_err("none");
}

#[test]
fn an_error_is_no_result() {
    let mut failed = sum(r#"{"sum": 1.75}"#, 1.75);
    failed["isError"] = json!(true);
    check(Work::Add, Era::Modern, ID, &failed).expect_err("isError");

    let answer = json!({"jsonrpc": "2.0", "id": ID, "error": {"code": -32603, "message": ""}});
    Checker::new(Work::Add, Era::Modern, OWN_TOOLS)
        .check(ID, VARIANT, answer.to_string().as_bytes())
        .expect_err("an error");
}

#[test]
fn every_answer_counts_not_only_the_first() {
    let mut checker = Checker::new(Work::Add, Era::Modern, OWN_TOOLS);
    let answer = |text: &str| {
        let result = sum(text, 1.75);
        json!({"jsonrpc": "2.0", "id": ID, "result": result}).to_string()
    };
    for _ in 0..3 {
        let right = answer(r#"{"sum": 1.75}"#);
        checker.check(ID, VARIANT, right.as_bytes()).expect("right");
    }
    let wrong = answer(r#"{"sum": 1.76}"#);
    checker.check(ID, VARIANT, wrong.as_bytes()).expect_err("wrong");
}

#[test]
fn a_list_lacks_no_tool() {
    let tool =
        |name| json!({"name": name, "description": "-", "inputSchema": {"properties": {"a": {}}}});
    let mut result = json!({
        "tools": [tool("add"), tool("echo"), tool("report")],
        "resultType": "complete",
    });
    check(Work::List, Era::Modern, ID, &result).expect("all");
    result["tools"][2] = tool("other");
    check(Work::List, Era::Modern, ID, &result).expect_err("another tool");
}
