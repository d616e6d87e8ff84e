//! Stands between a store and its server, and cuts connections.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
    sync::Notify,
};

/// Ends with the test.
pub struct Proxy {
    socket: PathBuf,
    left: Arc<AtomicUsize>,
    reset: Arc<Notify>,
    serving: tokio::task::JoinHandle<()>,
}

impl Proxy {
    pub fn before(server: PathBuf) -> Self {
        let socket = server.with_file_name("proxy");
        let listener = UnixListener::bind(&socket).expect("a socket");
        let left = Arc::new(AtomicUsize::new(usize::MAX));
        let reset = Arc::new(Notify::new());
        let serving = tokio::spawn({
            let (left, reset) = (Arc::clone(&left), Arc::clone(&reset));
            async move {
                while let Ok((client, _)) = listener.accept().await {
                    let (server, left) = (server.clone(), Arc::clone(&left));
                    let reset = Arc::clone(&reset);
                    tokio::spawn(async move {
                        if let Ok(server) = UnixStream::connect(server).await {
                            tokio::select! {
                                () = pass(client, server, &left) => {}
                                () = reset.notified() => {}
                            }
                        }
                    });
                }
            }
        });
        Self { socket, left, reset, serving }
    }

    pub fn url(&self) -> String {
        format!("redis+unix://{}", self.socket.display())
    }

    /// Cuts the connection that carries the byte after so many more bytes of answers, once.
    pub fn cut_after(&self, bytes: usize) {
        self.left.store(bytes, Ordering::SeqCst);
    }

    /// Cuts every connection at once, wherever its bytes are.
    pub fn reset(&self) {
        self.reset.notify_waiters();
    }

    /// Whether the cut that was asked for is still to come.
    pub fn is_whole(&self) -> bool {
        self.left.load(Ordering::SeqCst) != usize::MAX
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn pass(client: UnixStream, server: UnixStream, left: &AtomicUsize) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let requests = async { tokio::io::copy(&mut from_client, &mut to_server).await.map(drop) };
    let answers = async {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let read = from_server.read(&mut buffer).await?;
            let allowed = left.load(Ordering::SeqCst);
            if read == 0 || read > allowed {
                to_client.write_all(&buffer[..read.min(allowed)]).await?;
                left.store(usize::MAX, Ordering::SeqCst);
                return Ok::<(), std::io::Error>(());
            }
            if allowed != usize::MAX {
                left.fetch_sub(read, Ordering::SeqCst);
            }
            to_client.write_all(&buffer[..read]).await?;
        }
    };
    tokio::select! {
        _ = requests => {}
        _ = answers => {}
    }
}
