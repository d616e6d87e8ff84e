//! The standard input and output of the process.

mod reader;
#[cfg(unix)]
mod unix;

use std::{
    io,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    task::JoinSet,
};

use super::pipe;
use crate::{
    Server, ServerHandle,
    primitives::{Error, Result},
};

type Reader = Box<dyn AsyncRead + Send + Unpin>;
type Writer = Box<dyn AsyncWrite + Send + Unpin>;

impl Server {
    /// Builds the server and serves one client on standard input and output; see
    /// [`ServerHandle::serve_stdio`].
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build) and [`ServerHandle::serve_stdio`].
    ///
    /// ```no_run
    /// # async fn serve() -> mcp_runtime::Result<()> {
    /// mcp_runtime::Server::new("quiet", "1.0.0").serve_stdio().await
    /// # }
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "stdio")))]
    pub async fn serve_stdio(self) -> Result<()> {
        self.build()?.serve_stdio().await
    }
}

impl ServerHandle {
    /// Serves one client on standard input and output, until it closes the input or the server
    /// [stops](Self::stop).
    ///
    /// On Unix, the process gives both away: from here on its input is empty, and what it prints
    /// goes to standard error, so that a stray `println!` cannot end up between the messages.
    /// Neither is given back.
    ///
    /// Unlike [`Server::run`], it reads no arguments, sets up no log and minds no signals.
    ///
    /// # Errors
    ///
    /// When standard input or output cannot be used, when both are in use already, and when the
    /// client stops reading before it has all answers.
    ///
    /// ```no_run
    /// # async fn serve() -> mcp_runtime::Result<()> {
    /// let server = mcp_runtime::Server::new("quiet", "1.0.0").build()?;
    /// server.serve_stdio().await
    /// # }
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "stdio")))]
    pub async fn serve_stdio(&self) -> Result<()> {
        static CLAIMED: AtomicBool = AtomicBool::new(false);
        if CLAIMED.swap(true, Ordering::Relaxed) {
            return Err(Error::new("standard input and output are in use by a server already"));
        }
        let (reader, writer) = claim().map_err(|error| {
            Error::new(format!("cannot use standard input and output: {error}"))
        })?;
        // On a task of its own, because `main` runs outside the workers of the runtime: each of
        // its steps costs a switch of threads. It ends when this future is dropped.
        self.core.start_tasks();
        let mut pipe = JoinSet::new();
        pipe.spawn(pipe::serve(self.core.clone(), reader, writer, None, true));
        let served = pipe.join_next().await;
        // The client had its time: what it has not waited for is for another process.
        self.core.end_tasks(Duration::ZERO).await;
        match served {
            Some(Ok(Err(error))) => Err(Error::new(format!("the client is lost: {error}"))),
            Some(Err(error)) => Err(Error::internal(error)),
            Some(Ok(Ok(()))) | None => Ok(()),
        }
    }
}

#[cfg(unix)]
fn claim() -> io::Result<(Reader, Writer)> {
    unix::claim()
}

#[cfg(not(unix))]
fn claim() -> io::Result<(Reader, Writer)> {
    let reader = reader::ThreadReader::spawn(io::stdin())?;
    Ok((Box::new(reader), Box::new(tokio::io::stdout())))
}
