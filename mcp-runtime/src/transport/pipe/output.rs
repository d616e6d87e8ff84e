use std::io;

use bytes::{Buf, BytesMut};
use memchr::memchr2;
use tokio::io::{AsyncWrite, AsyncWriteExt};

/// What is to be written, as lines.
#[derive(Debug, Default)]
pub(super) struct Output {
    buffer: BytesMut,
    unflushed: bool,
}

impl Output {
    /// With more than this the client reads too slowly to be read from.
    const HIGH_WATER: usize = 1024 * 1024;
    /// With more than this it reads too slowly for notifications. They leave room for answers, so
    /// that a call that tells without end does not keep its own cancellation from being read.
    const LOW_WATER: usize = 64 * 1024;

    pub(super) fn has_room(&self) -> bool {
        self.buffer.len() < Self::HIGH_WATER
    }

    pub(super) fn has_room_for_notifications(&self) -> bool {
        self.buffer.len() < Self::LOW_WATER
    }

    pub(super) fn is_done(&self) -> bool {
        self.buffer.is_empty() && !self.unflushed
    }

    pub(super) fn push(&mut self, message: &[u8]) {
        let start = self.buffer.len();
        self.buffer.extend_from_slice(message);
        if memchr2(b'\n', b'\r', message).is_some() {
            // JSON that an author has written can be laid out in lines. A line break in JSON is
            // blank space: in a string it is escaped. Some readers end a line at `\r` too.
            let message = self.buffer.iter_mut().skip(start);
            message.filter(|byte| b"\n\r".contains(byte)).for_each(|byte| *byte = b' ');
        }
        self.buffer.extend_from_slice(b"\n");
    }

    /// Writes some of it. Nothing is lost or written twice when the future is dropped.
    ///
    /// # Errors
    ///
    /// When the client cannot be written to.
    pub(super) async fn write_to(
        &mut self,
        writer: &mut (impl AsyncWrite + Unpin),
    ) -> io::Result<()> {
        if !self.buffer.is_empty() {
            let written = writer.write(&self.buffer).await?;
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            self.unflushed = true;
            self.buffer.advance(written);
        }
        if self.buffer.is_empty() {
            if self.buffer.capacity() > Self::HIGH_WATER {
                self.buffer = BytesMut::new();
            }
            writer.flush().await?;
            self.unflushed = false;
        }
        Ok(())
    }
}
