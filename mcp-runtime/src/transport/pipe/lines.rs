use bytes::{Bytes, BytesMut};
use memchr::memchr;

/// Splits what comes in into lines, without a copy and within bounds.
///
/// A line ends with `\n` or `\r\n`; blank lines are left out.
#[derive(Debug)]
pub(super) struct Lines {
    buffer: BytesMut,
    /// How many bytes of the buffer are known to hold no `\n`.
    searched: usize,
    /// The rest of a line that is too long is still to come.
    skipping: bool,
    max_bytes: usize,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    Whole(Bytes),
    /// More than the bound: it is skipped.
    TooLong,
}

impl Lines {
    /// What one read takes in at most while lines are short.
    const READ_BYTES: usize = 32 * 1024;
    /// A line from here on does not leave its memory behind.
    const LONG_LINE_BYTES: usize = 512 * 1024;

    pub(super) fn new(max_bytes: usize) -> Self {
        Self { buffer: BytesMut::new(), searched: 0, skipping: false, max_bytes }
    }

    /// Where the next read goes.
    pub(super) fn buffer(&mut self) -> &mut BytesMut {
        if self.buffer.is_empty() && self.buffer.capacity() > Self::LONG_LINE_BYTES {
            self.buffer = BytesMut::new();
        }
        self.buffer.reserve(Self::READ_BYTES);
        &mut self.buffer
    }

    /// The next line that is complete.
    pub(super) fn next(&mut self) -> Option<Line> {
        loop {
            let Some(end) = memchr(b'\n', self.buffer.get(self.searched..)?) else {
                return self.wait_for_more();
            };
            let line = self.buffer.split_to(self.searched + end + 1).freeze();
            if line.len() > Self::LONG_LINE_BYTES {
                self.buffer = BytesMut::from(&*self.buffer);
            }
            self.searched = 0;
            if std::mem::take(&mut self.skipping) {
                continue;
            }
            if let Some(line) = self.check(line) {
                return Some(line);
            }
        }
    }

    /// Nothing more comes: what is there is the last line, even without a `\n`.
    pub(super) fn end(&mut self) {
        self.buffer.extend_from_slice(b"\n");
    }

    fn wait_for_more(&mut self) -> Option<Line> {
        self.searched = self.buffer.len();
        // `\r` and `\n` do not count.
        let too_long = self.buffer.len() > self.max_bytes.saturating_add(1);
        if !self.skipping && !too_long {
            return None;
        }
        self.buffer.clear();
        self.searched = 0;
        if std::mem::replace(&mut self.skipping, true) { None } else { Some(Line::TooLong) }
    }

    fn check(&self, line: Bytes) -> Option<Line> {
        let text = line.trim_ascii_end();
        if text.is_empty() {
            return None;
        }
        let text = line.slice(..text.len());
        Some(if text.len() > self.max_bytes { Line::TooLong } else { Line::Whole(text) })
    }
}

#[cfg(test)]
#[path = "lines_tests.rs"]
mod tests;
