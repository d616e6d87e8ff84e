use std::collections::VecDeque;

use bytes::Bytes;

use crate::protocol::RequestId;

/// Requests that wait until one that runs has its answer.
///
/// They wait here and not unread, because what is behind them can be what ends a call that runs:
/// its cancellation, or the client's answer to a question of its.
#[derive(Debug)]
pub(super) struct Backlog {
    requests: VecDeque<(RequestId, Bytes)>,
    bytes: usize,
    max_bytes: usize,
}

impl Backlog {
    /// What a request costs besides its bytes.
    const OVERHEAD: usize = 64;

    pub(super) fn new(max_bytes: usize) -> Self {
        Self { requests: VecDeque::new(), bytes: 0, max_bytes }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.requests.is_empty()
    }

    /// A single line passes, whatever its size.
    pub(super) fn has_room(&self) -> bool {
        self.is_empty() || self.bytes < self.max_bytes
    }

    pub(super) fn contains(&self, id: &RequestId) -> bool {
        self.requests.iter().any(|(waiting, _)| waiting == id)
    }

    pub(super) fn push(&mut self, id: RequestId, line: Bytes) {
        self.bytes += line.len() + Self::OVERHEAD;
        self.requests.push_back((id, line));
    }

    pub(super) fn pop(&mut self) -> Option<Bytes> {
        let (_, line) = self.requests.pop_front()?;
        self.bytes -= line.len() + Self::OVERHEAD;
        Some(line)
    }

    pub(super) fn cancel(&mut self, id: &RequestId) {
        self.requests.retain(|(waiting, line)| {
            let keep = waiting != id;
            if !keep {
                self.bytes -= line.len() + Self::OVERHEAD;
            }
            keep
        });
    }

    /// Takes out all, and gives their ids.
    pub(super) fn clear(&mut self) -> impl Iterator<Item = RequestId> {
        self.bytes = 0;
        std::mem::take(&mut self.requests).into_iter().map(|(id, _)| id)
    }
}
