//! A machine that trains models, or rather one that takes as long.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// How long an epoch takes.
const EPOCH: Duration = Duration::from_millis(100);

#[derive(Clone, Debug, Default)]
pub(crate) struct Trainer {
    running: Arc<AtomicUsize>,
}

/// Gives the machine back when it is dropped, as it is when the task is cancelled.
#[derive(Debug)]
pub(crate) struct Training {
    trainer: Trainer,
    loss: f64,
}

impl Trainer {
    pub(crate) fn begin(&self, data: &str) -> Training {
        self.running.fetch_add(1, Ordering::SeqCst);
        let loss = data.len() as f64;
        Training { trainer: self.clone(), loss }
    }

    #[cfg(test)]
    pub(crate) fn running(&self) -> usize {
        self.running.load(Ordering::SeqCst)
    }
}

impl Training {
    /// The loss after one more epoch.
    pub(crate) async fn epoch(&mut self) -> f64 {
        tokio::time::sleep(EPOCH).await;
        self.loss *= 0.9;
        self.loss
    }

    pub(crate) fn loss(&self) -> f64 {
        self.loss
    }
}

impl Drop for Training {
    fn drop(&mut self) {
        self.trainer.running.fetch_sub(1, Ordering::SeqCst);
    }
}
