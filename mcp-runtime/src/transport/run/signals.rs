use std::{io, process};

use crate::ServerHandle;

/// Stops the server at a signal, and ends the process at one that comes after it has been told to
/// stop.
///
/// The signals are minded until the process ends: they have lost the effect that they have by
/// themselves.
///
/// # Errors
///
/// When the system does not let signals be handled.
pub(super) fn mind(server: &ServerHandle) -> io::Result<()> {
    let mut signals = StopSignals::listen()?;
    let server = server.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = signals.next() => server.stop(),
            () = server.core.stopping() => {}
        }
        let signal = signals.next().await;
        process::exit(128 + signal);
    });
    Ok(())
}

#[cfg(unix)]
struct StopSignals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl StopSignals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// The number of the next signal.
    async fn next(&mut self) -> i32 {
        use tokio::signal::unix::SignalKind;
        let kind = tokio::select! {
            _ = self.interrupt.recv() => SignalKind::interrupt(),
            _ = self.terminate.recv() => SignalKind::terminate(),
        };
        kind.as_raw_value()
    }
}

#[cfg(not(unix))]
struct StopSignals;

#[cfg(not(unix))]
impl StopSignals {
    fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    /// The number that the signal has on Unix.
    async fn next(&mut self) -> i32 {
        const INTERRUPT: i32 = 2;
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        INTERRUPT
    }
}
