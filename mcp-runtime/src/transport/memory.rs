//! A client in the same process.

use std::io;

use mcp_auth::Principal;
use tokio::{
    io::{DuplexStream, duplex, split},
    task::JoinHandle,
};

use super::pipe;
use crate::ServerHandle;

impl ServerHandle {
    /// The client's end of a pipe whose other end the server serves. `buffer` bytes are on their
    /// way in each direction at most.
    pub(crate) fn connect_in_memory(
        &self,
        buffer: usize,
        principal: Option<Principal>,
    ) -> (DuplexStream, JoinHandle<io::Result<()>>) {
        let (near, far) = duplex(buffer);
        let (reader, writer) = split(far);
        (near, tokio::spawn(pipe::serve(self.core.clone(), reader, writer, principal, true)))
    }
}
