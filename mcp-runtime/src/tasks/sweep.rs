use std::time::Duration;

use super::TaskStore;

/// Sweeps a store whenever there is something to sweep, for ever. A server runs it beside its
/// workers.
///
/// It sleeps between `min` and `max`: 250 ms and 5 s do for most.
pub async fn sweep_on_time(store: &dyn TaskStore, min: Duration, max: Duration) {
    loop {
        let next = match store.sweep().await {
            Ok(swept) => swept.next,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "tasks are not swept");
                None
            }
        };
        tokio::time::sleep(next.unwrap_or(max).clamp(min, max)).await;
    }
}
