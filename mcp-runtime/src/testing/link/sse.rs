/// One event of a stream (HTML Living Standard, "Server-sent events").
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct SseEvent {
    pub(super) id: Option<String>,
    /// In milliseconds.
    pub(super) retry: Option<u64>,
    pub(super) name: Option<String>,
    pub(super) data: String,
}

/// Reads events out of bytes that come in pieces.
#[derive(Debug, Default)]
pub(super) struct SseReader {
    buffer: Vec<u8>,
    event: SseEvent,
    is_empty: bool,
}

impl SseReader {
    pub(super) fn new() -> Self {
        Self { is_empty: true, ..Self::default() }
    }

    /// The events that are complete with these bytes.
    ///
    /// # Errors
    ///
    /// What is no such stream.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Result<Vec<SseEvent>, String> {
        self.buffer.extend_from_slice(bytes);
        let mut events = Vec::new();
        while let Some(end) = self.buffer.iter().position(|&byte| byte == b'\n') {
            let line: Vec<u8> = self.buffer.drain(..=end).collect();
            let line = std::str::from_utf8(&line).map_err(|error| error.to_string())?;
            let line = line.trim_end_matches(['\r', '\n']);
            if line.is_empty() {
                let event = std::mem::take(&mut self.event);
                if !std::mem::replace(&mut self.is_empty, true) {
                    events.push(event);
                }
            } else if !line.starts_with(':') {
                self.field(line)?;
            }
        }
        Ok(events)
    }

    fn field(&mut self, line: &str) -> Result<(), String> {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        self.is_empty = false;
        match name {
            "id" => self.event.id = Some(value.to_owned()),
            "event" => self.event.name = Some(value.to_owned()),
            "data" => {
                if !self.event.data.is_empty() {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(value);
            }
            "retry" => {
                let milliseconds = value.parse().map_err(|_| "`retry` is no count".to_owned())?;
                self.event.retry = Some(milliseconds);
            }
            stranger => return Err(format!("`{stranger}` is no field of an event")),
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "sse_tests.rs"]
mod tests;
