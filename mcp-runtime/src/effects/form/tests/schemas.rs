use super::*;
use crate::protocol::Revision;

#[test]
fn x() {
    for r in [Revision::V2025_11_25] {
        println!(
            "{}",
            serde_json::to_string_pretty(&Booking::form().requested_schema(r).unwrap()).unwrap()
        );
    }
}
