//! Accepts connections, within bounds.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::Router;
use http::Request;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
    time::{Instant, Sleep, sleep, sleep_until, timeout},
};
use tower_service::Service as _;

use crate::{
    primitives::{Error, Result},
    server::{Limits, ServerHandle},
};

impl ServerHandle {
    /// Serves a router on a listener until the server is stopped. The router is the server's own,
    /// or one that the server's is part of.
    ///
    /// Unlike `axum::serve`, it holds clients to the server's [`Limits`]: connections, headers, how
    /// fast they send and read.
    ///
    /// # Errors
    ///
    /// When the listener has no address.
    ///
    /// ```no_run
    /// use mcp_runtime::prelude::*;
    ///
    /// # async fn run() -> mcp_runtime::Result<()> {
    /// let server = Server::new("hello", "1.0.0").build()?;
    /// let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
    /// server.serve(listener, server.router("/mcp")).await
    /// # }
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "http")))]
    pub async fn serve(&self, listener: TcpListener, router: Router) -> Result<()> {
        let address = listener.local_addr()?;
        self.check_address(address)?;
        self.core.start_tasks();
        let limits = Arc::new(self.core.limits.clone());
        let places = Arc::new(Semaphore::new(limits.connections));
        let mut connections = JoinSet::new();
        let stopping = self.core.stopping();
        let mut stopping = std::pin::pin!(stopping);
        loop {
            let connection = tokio::select! {
                () = &mut stopping => break,
                Some(_) = connections.join_next() => continue,
                connection = accept(&listener, &places) => connection,
            };
            let Some((stream, address, place)) = connection else { continue };
            let (handle, router, limits) = (self.clone(), router.clone(), Arc::clone(&limits));
            connections.spawn(async move {
                handle.serve_connection(stream, address, router, &limits).await;
                drop(place);
            });
        }
        drop(listener);
        let drained = async { while connections.join_next().await.is_some() {} };
        let drained = timeout(limits.drain, drained);
        let background = timeout(limits.drain, self.core.background.idle());
        let (drained, background, ()) =
            tokio::join!(drained, background, self.core.end_tasks(limits.drain));
        if background.is_err() {
            tracing::warn!("calls whose clients have hung up are cut off");
        }
        if drained.is_err() {
            tracing::warn!(count = connections.len(), "connections that did not end are cut off");
        }
        Ok(())
    }

    /// An address that others can reach needs someone who asks who they are.
    fn check_address(&self, address: SocketAddr) -> Result<()> {
        #[cfg(feature = "auth")]
        if self.core.http.auth.is_some() {
            return Ok(());
        }
        if address.ip().is_loopback() || self.core.http.insecure_public_address {
            return Ok(());
        }
        Err(Error::new(format!(
            "{address} can be reached by others, and nobody asks who they are: listen on \
             127.0.0.1, ask with `Server::auth`, or call `Server::insecure_public_address` behind a \
             proxy that asks"
        )))
    }

    #[cfg_attr(not(feature = "auth"), allow(unused_variables))]
    async fn serve_connection(
        &self,
        stream: TcpStream,
        address: SocketAddr,
        router: Router,
        limits: &Limits,
    ) {
        // Without it, answers wait for the client's delayed acknowledgements.
        let _ = stream.set_nodelay(true);
        let io = TokioIo::new(Impatient::new(stream, limits.write_timeout));
        let service = service_fn(move |request: Request<Incoming>| {
            let mut router = router.clone();
            let request = request.map(axum::body::Body::new);
            #[cfg(feature = "auth")]
            let request = with_extension(request, mcp_auth::ClientAddress(address.ip()));
            async move { router.call(request).await }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.header_timeout)
            .max_headers(limits.headers)
            // The smallest that hyper takes.
            .max_buf_size(limits.header_bytes.max(8192))
            // A client that ends its side has hung up, which cancels its call in 2026-07-28.
            .half_close(false)
            .serve_connection(io, service);
        let mut connection = std::pin::pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = self.core.stopping() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection broke");
        }
    }
}

#[cfg(feature = "auth")]
fn with_extension<B>(
    mut request: Request<B>,
    extension: impl Clone + Send + Sync + 'static,
) -> Request<B> {
    request.extensions_mut().insert(extension);
    request
}

type Place = tokio::sync::OwnedSemaphorePermit;

/// The next connection, once there is a place for it.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, Place)> {
    // The semaphore is never closed.
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, address)) => Some((stream, address, place)),
        Err(error) => {
            let of_client = matches!(
                error.kind(),
                io::ErrorKind::ConnectionAborted
                    | io::ErrorKind::ConnectionReset
                    | io::ErrorKind::ConnectionRefused
            );
            if !of_client {
                // Out of file descriptors, most likely: others have to end first.
                tracing::error!(%error, "cannot accept connections");
                sleep(Duration::from_millis(100)).await;
            }
            None
        }
    }
}

/// A connection that ends when the client does not read for a while.
struct Impatient {
    stream: TcpStream,
    patience: Duration,
    /// Runs while the client does not read.
    timer: Option<Pin<Box<Sleep>>>,
}

impl Impatient {
    fn new(stream: TcpStream, patience: Duration) -> Self {
        Self { stream, patience, timer: None }
    }

    fn check<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.timer = None;
            return written;
        }
        let deadline = || Box::pin(sleep_until(Instant::now() + self.patience));
        let timer = self.timer.get_or_insert_with(deadline);
        if timer.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Poll::Pending
    }
}

impl AsyncRead for Impatient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Impatient {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.check(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.check(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
