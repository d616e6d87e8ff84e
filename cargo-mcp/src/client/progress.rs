//! What a server says while it works, as a bar, or as lines where nobody watches.

use std::{
    io::{self, IsTerminal as _, Write as _},
    sync::{LazyLock, Mutex, PoisonError},
};

use indicatif::{ProgressBar, ProgressStyle};
use regex_lite::Regex;

use crate::table::one_line;

/// How far the server has come.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Progress<'a> {
    pub(super) done: f64,
    /// Without it, nobody knows how much there is.
    pub(super) total: Option<f64>,
    pub(super) message: &'a str,
}

impl<'a> Progress<'a> {
    /// A task has no figures, but a status message, which can tell them: `3/10`, or `30 %`.
    pub(super) fn of_task(message: &'a str) -> Self {
        static PART: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r"(\d+(?:\.\d+)?) ?(?:/ ?(\d+(?:\.\d+)?)|%)").expect("a sound pattern")
        });
        let figures = PART.captures(message).and_then(|found| {
            let total = found.get(2).map_or("100", |it| it.as_str());
            Some((found[1].parse().ok()?, total.parse().ok()?))
        });
        match figures {
            Some((done, total)) => Self { done, total: Some(total), message },
            None => Self { done: 0.0, total: None, message },
        }
    }
}

/// Shows progress on the standard error.
#[derive(Debug, Default)]
pub(super) struct Bar(Mutex<Option<ProgressBar>>);

impl Bar {
    pub(super) fn show(&self, progress: &Progress<'_>) {
        let message = one_line(progress.message);
        if !io::stderr().is_terminal() {
            let total = progress.total.map(|total| format!("/{total}")).unwrap_or_default();
            let line = format!("progress {}{total} {message}", progress.done);
            // Nothing can be told when the other end is gone.
            let _ = writeln!(io::stderr(), "{}", line.trim_end());
            return;
        }
        let mut bar = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = bar.get_or_insert_with(|| ProgressBar::new(1000));
        let total = progress.total.filter(|total| *total > 0.0);
        bar.set_style(style(total.is_some()));
        // A bar counts in whole steps: thousandths do for any scale.
        if let Some(total) = total {
            let done = (progress.done / total * 1000.0).clamp(0.0, 1000.0);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            bar.set_position(done as u64);
        }
        bar.set_message(message);
        bar.tick();
    }

    /// Takes the bar off, for something else to be shown.
    pub(super) fn clear(&self) {
        if let Some(bar) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish_and_clear();
        }
    }
}

fn style(has_total: bool) -> ProgressStyle {
    let template = if has_total { "{bar:30} {percent:>3}% {msg}" } else { "{spinner} {msg}" };
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
#[path = "progress_tests.rs"]
mod tests;
