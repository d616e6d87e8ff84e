use super::*;

#[test]
fn a_timestamp_is_shown_as_iso_8601() {
    for (millis, shown) in [
        (0, "1970-01-01T00:00:00.000Z"),
        (951_782_399_999, "2000-02-28T23:59:59.999Z"),
        (951_868_800_000, "2000-03-01T00:00:00.000Z"),
        (1_735_689_599_001, "2024-12-31T23:59:59.001Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ] {
        assert_eq!(Timestamp::from_millis(millis).to_string(), shown);
    }
}

#[test]
fn no_duration_is_too_long() {
    let end = Timestamp::now() + Duration::MAX;
    assert_eq!(end.as_millis(), u64::MAX);
    assert!(!end.to_string().is_empty());
    assert_eq!(Timestamp::from_millis(1).since(end), Duration::ZERO);
}
