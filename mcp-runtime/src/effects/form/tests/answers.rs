use super::*;
use serde_json::json;

#[test]
fn x() {
    println!(
        "{:#?}",
        read::<Booking>(
            &json!({"name": "Anna", "window": true, "extra-wishes": ["Cake"], "guests": 3.0})
        )
    );
    println!("{}", read::<Booking>(&json!({"name": "anna", "window": 1, "extra-wishes": ["Cake","Cake"], "guests": "3", "offset": 1.5, "menu": "x", "more":[1], "date": "2026-13-01"})).unwrap_err());
    println!("{}", read_json::<Booking>("[1]").unwrap_err());
    println!("{}", read_json::<Booking>("{\"window\":true,\"window\":true}").unwrap_err());
    println!(
        "{}",
        read_json::<Booking>(
            "{\"name\":\"Anna\", \"extra-wishes\": [\"Cake\"],\"window\":true,\"guests\":1e400}"
        )
        .unwrap_err()
    );
}
