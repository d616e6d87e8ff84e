use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;

use super::{Context, notification};
use crate::{
    protocol::Revision,
    tasks::{Report, TaskProgress},
};

/// Tells the client how far a call has come.
///
/// Nothing is sent when the client did not ask for progress. The protocol wants the figure to
/// grow: a report that does not exceed the last one is left out. Cloning is cheap; clones share
/// the last figure.
///
/// ```
/// use mcp_runtime::prelude::*;
///
/// /// Import files.
/// #[mcp_tool]
/// async fn import(files: Vec<String>, progress: Progress) -> String {
///     progress.set_total(files.len() as f64);
///     for file in &files {
///         progress.increment(1.0, format!("imported {file}")).await;
///     }
///     format!("{} files", files.len())
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Progress {
    ctx: Context,
    figures: Arc<Mutex<Figures>>,
}

/// When a function last said that it is at work: its time limit counts from there.
#[derive(Debug, Default)]
pub(crate) struct LastProgress(Mutex<Option<Instant>>);

impl LastProgress {
    pub(crate) fn set(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    pub(crate) fn get(&self) -> Option<Instant> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug)]
struct Figures {
    last: Option<f64>,
    total: Option<f64>,
}

impl Progress {
    pub(crate) fn new(ctx: Context) -> Self {
        let figures = Figures { last: None, total: None };
        Self { ctx, figures: Arc::new(Mutex::new(figures)) }
    }

    /// The figure at which the work is done. Without it, 1.0 is: a report is then a fraction.
    pub fn set_total(&self, total: f64) {
        self.figures().total = Some(total);
    }

    /// Reports that the work has come to `progress`, with a message for people (sent from
    /// 2025-03-26).
    ///
    /// Waits while the client reads more slowly than the reports come.
    pub async fn report(&self, progress: f64, message: impl AsRef<str>) {
        self.advance(|_| progress, message.as_ref()).await;
    }

    /// Reports that the work has come further by `step`.
    pub async fn increment(&self, step: f64, message: impl AsRef<str>) {
        self.advance(|last| last + step, message.as_ref()).await;
    }

    async fn advance(&self, next: impl FnOnce(f64) -> f64, message: &str) {
        // A function whose only `.await` this is must not keep others from running, nor miss its
        // own cancellation.
        tokio::task::coop::consume_budget().await;
        let info = self.ctx.info();
        info.last_progress.set();
        let task = info.effects.task();
        // The client hears of the function that it has called: figures of several do not fit.
        if self.ctx.is_inside() || (info.progress_token.is_none() && task.is_none()) {
            return;
        }
        let (progress, total) = {
            let mut figures = self.figures();
            let progress = next(figures.last.unwrap_or(0.0));
            // `NaN` and infinities have no JSON.
            if !progress.is_finite() || figures.last.is_some_and(|last| progress <= last) {
                return;
            }
            figures.last = Some(progress);
            (progress, figures.total.unwrap_or(1.0))
        };
        if let Some(task) = task {
            let progress = TaskProgress { done: progress, total: Some(total) };
            let message = (!message.is_empty()).then(|| message.to_owned());
            task.report(Report { progress: Some(progress), message });
        }
        let Some(token) = &info.progress_token else { return };
        let bytes = notification("notifications/progress", |params| {
            params.member("progressToken", token);
            params.member("progress", &progress);
            params.member("total", &total);
            if !message.is_empty() && info.revision >= Revision::V2025_03_26 {
                params.member("message", message);
            }
        });
        info.outbox.push(bytes.into()).await;
    }

    fn figures(&self) -> std::sync::MutexGuard<'_, Figures> {
        self.figures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
