//! What stores keep, as it is written: other versions of the server read it.

use mcp_runtime::{
    protocol::Revision,
    tasks::{Outcome, Owner, TaskRecord, TaskStatus},
};

/// Never changed: a record of format 1 as the first version has written it.
const GOLDEN: &str = include_str!("record-1.json");

fn golden() -> serde_json::Value {
    serde_json::from_str(GOLDEN).expect("it is JSON")
}

#[test]
fn the_first_format_is_read_and_written_as_it_was() {
    let record: TaskRecord = serde_json::from_str(GOLDEN).expect("it is read");
    assert_eq!(
        record.request.owner,
        Owner::Principal {
            issuer: "https://auth.example.com".into(),
            subject: "alice".into(),
            client: Some("app".into()),
        }
    );
    assert_eq!(record.request.revision, Revision::V2025_11_25);
    assert_eq!(record.request.arguments.get(), r#"{"epochs":10}"#);
    assert_eq!(record.status, TaskStatus::Completed);
    assert!(matches!(record.outcome, Some(Outcome::Result { is_error: true, .. })));
    assert_eq!(record.journal.as_ref(), [0, 1, 255]);
    assert_eq!(record.created.to_string(), "2026-11-22T12:00:00.000Z");
    assert_eq!(serde_json::to_value(&record).expect("it is written"), golden());
}

#[test]
fn a_newer_format_is_not_read() {
    let mut record = golden();
    record["format"] = 2.into();
    let error = serde_json::from_str::<TaskRecord>(&record.to_string()).expect_err("it is newer");
    assert!(error.to_string().contains("newer format 2"), "{error}");
}

#[test]
fn a_member_of_a_later_version_is_passed_over() {
    let mut record = golden();
    record["later"] = 1.into();
    assert!(serde_json::from_str::<TaskRecord>(&record.to_string()).is_ok());
}
