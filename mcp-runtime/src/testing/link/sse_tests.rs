use super::{SseEvent, SseReader};

#[test]
fn events_come_in_pieces() {
    let mut reader = SseReader::new();
    assert_eq!(reader.read(b"id: 1-0\nretry: 30").unwrap_or_default(), []);
    let events = reader.read(b"00\ndata:\n\n: comment\n\nevent: message\ndata: {\"a\":\r\n");
    let primed = SseEvent { id: Some("1-0".into()), retry: Some(3000), ..SseEvent::default() };
    assert_eq!(events.unwrap_or_default(), [primed]);
    let message = SseEvent {
        name: Some("message".into()),
        data: "{\"a\":\n1}".into(),
        ..SseEvent::default()
    };
    assert_eq!(reader.read(b"data: 1}\n\n").unwrap_or_default(), [message]);
}

#[test]
fn unknown_fields_are_faults() {
    assert!(SseReader::new().read(b"dat: 1\n").is_err());
}
