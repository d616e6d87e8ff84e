use super::{Context, with_current};

/// Runs a function that does not await where it cannot hold up others.
///
/// The function runs to its end even when the call is cancelled: nothing can stop it.
pub async fn blocking<T: Send + 'static>(
    ctx: &Context,
    function: impl FnOnce() -> T + Send + 'static,
) -> T {
    let ctx = ctx.clone();
    match tokio::task::spawn_blocking(move || with_current(&ctx, function)).await {
        Ok(value) => value,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // Only the end of the runtime cancels it, and nobody waits for an answer then.
            Err(_) => std::future::pending().await,
        },
    }
}
