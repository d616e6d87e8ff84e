use std::sync::Arc;

use tokio::sync::watch;

/// Counts the work that goes on without a connection, so that a server that stops can wait for it.
#[derive(Debug, Default)]
pub(crate) struct Background(watch::Sender<usize>);

/// Work that goes on while this lives.
#[derive(Debug)]
pub(crate) struct Busy(Arc<Background>);

impl Background {
    pub(crate) fn begin(self: &Arc<Self>) -> Busy {
        self.0.send_modify(|count| *count += 1);
        Busy(Arc::clone(self))
    }

    /// Waits until nothing goes on.
    pub(crate) async fn idle(&self) {
        // The sender lives in `self`, so that waiting cannot fail.
        let _ = self.0.subscribe().wait_for(|count| *count == 0).await;
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.0.send_modify(|count| *count -= 1);
    }
}
