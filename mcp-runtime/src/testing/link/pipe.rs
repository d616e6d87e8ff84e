use std::sync::Arc;

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, ReadHalf, WriteHalf},
    sync::Mutex,
};

use super::{Outgoing, Owned};
use crate::{
    Principal,
    server::ServerHandle,
    testing::{
        ClientError, RawReply,
        inbox::{Inbox, Origin},
    },
};

/// A server that runs in the same process, with lines of JSON in between, as on stdio.
pub(crate) struct PipeLink {
    inbox: Arc<Inbox>,
    writer: Mutex<WriteHalf<DuplexStream>>,
    _server: Owned,
}

/// What each side can write before the other reads.
const BUFFER_BYTES: usize = 64 * 1024;

impl PipeLink {
    /// # Panics
    ///
    /// Outside a Tokio runtime.
    pub(crate) fn connect(
        server: &ServerHandle,
        inbox: Arc<Inbox>,
        principal: Option<Principal>,
    ) -> Arc<Self> {
        let (ours, serving) = server.connect_in_memory(BUFFER_BYTES, principal);
        let (reader, writer) = tokio::io::split(ours);
        let link = Arc::new(Self {
            inbox: Arc::clone(&inbox),
            writer: Mutex::new(writer),
            _server: Owned::new(&serving),
        });
        tokio::spawn(read(reader, inbox, Arc::downgrade(&link)));
        link
    }

    pub(super) async fn send(&self, message: &Outgoing) -> Result<(), ClientError> {
        let written = self.write_line(&message.to_bytes()).await;
        written.map_err(|error| ClientError::closed(&message.method, error.to_string()))
    }

    pub(super) async fn send_raw(&self, line: &[u8]) -> Result<RawReply, ClientError> {
        let reply = self.inbox.expect_raw();
        let failed = |what: &str| ClientError::closed("a raw message", what);
        self.write_line(line).await.map_err(|error| failed(&error.to_string()))?;
        match reply.await {
            Ok(message) => {
                Ok(RawReply { status: None, headers: Vec::new(), messages: vec![message] })
            }
            Err(_) => Err(failed("the server has hung up")),
        }
    }

    async fn write_line(&self, line: &[u8]) -> std::io::Result<()> {
        let mut writer = self.writer.lock().await;
        writer.write_all(&[line, b"\n"].concat()).await?;
        writer.flush().await
    }

    /// Tells the server that nothing more comes.
    pub(crate) async fn hang_up(&self) {
        // A server that has ended already needs no word.
        let _ = self.writer.lock().await.shutdown().await;
    }
}

async fn read(reader: ReadHalf<DuplexStream>, inbox: Arc<Inbox>, link: std::sync::Weak<PipeLink>) {
    let mut lines = BufReader::new(reader).split(b'\n');
    while let Ok(Some(line)) = lines.next_segment().await {
        for reply in inbox.deliver(&line, &Origin::Pipe) {
            let Some(link) = link.upgrade() else { return };
            // The reader must not wait for the server to read.
            tokio::spawn(async move { link.write_line(&reply).await });
        }
    }
    inbox.close("the server has hung up");
}
