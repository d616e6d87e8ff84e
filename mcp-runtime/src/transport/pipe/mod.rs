//! One client on a pair of byte streams, one JSON message a line.

mod backlog;
mod connection;
mod lines;
mod output;

use std::{
    future::{Future, pending, poll_fn},
    io,
    pin::{Pin, pin},
    sync::Arc,
    task::{self, Poll},
    time::Duration,
};

use bytes::Bytes;
use mcp_auth::Principal;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite},
    task::{JoinError, JoinSet},
    time::{Sleep, sleep, timeout},
};

use self::{
    backlog::Backlog,
    connection::{Connection, Reply, cancelled_request, id_in_flight},
    lines::{Line, Lines},
    output::Output,
};
use crate::{
    protocol::{Message, RpcError, parse_message},
    server::{Core, error_message},
};

/// Answers one client until it closes its end, or the server stops.
///
/// When the client closes its end, a last line without a `\n` counts as a line; what runs has
/// [`Limits::drain_stdio`](crate::Limits::drain_stdio) to end. When the server stops, nothing more
/// is read, and what runs has [`Limits::drain`](crate::Limits::drain). Then the rest is cancelled
/// and answered with an error.
///
/// # Errors
///
/// When the client cannot be read from or written to.
pub(crate) async fn serve<R, W>(
    core: Arc<Core>,
    mut reader: R,
    mut writer: W,
    principal: Option<Principal>,
    is_only_client: bool,
) -> io::Result<()>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let mut stopping = pin!(core.stopping());
    let mut pipe = Pipe::new(Arc::clone(&core), principal, is_only_client);
    loop {
        poll_fn(|cx| {
            pipe.take_in(cx);
            Poll::Ready(())
        })
        .await;
        pipe.collect();
        if pipe.is_done() {
            return Ok(());
        }
        tokio::select! {
            biased;
            () = &mut stopping, if pipe.is_open() => pipe.close(core.limits.drain),
            () = passed(&mut pipe.deadline) => return pipe.give_up(&mut writer).await,
            written = pipe.output.write_to(&mut writer), if !pipe.output.is_done() => written?,
            read = reader.read_buf(pipe.lines.buffer()), if pipe.can_read() => {
                if is_end(read)? {
                    pipe.lines.end();
                    pipe.connection.hang_up();
                    pipe.close(core.limits.drain_stdio);
                }
            }
            message = poll_fn(|cx| pipe.connection.outbox.poll_pop(cx)),
                if pipe.output.has_room_for_notifications() =>
            {
                message.iter().for_each(|message| pipe.output.push(message));
            }
            Some(answered) = pipe.calls.join_next(), if pipe.output.has_room() => {
                pipe.join(answered);
            }
        }
    }
}

/// How long a client that does not read is waited for at the very end.
const LAST_WORDS: Duration = Duration::from_secs(1);

struct Pipe {
    connection: Arc<Connection>,
    lines: Lines,
    backlog: Backlog,
    /// What could not be answered at once.
    calls: JoinSet<Option<Reply>>,
    output: Output,
    /// When what runs has to be done; set when nothing more is read.
    deadline: Option<Pin<Box<Sleep>>>,
}

impl Pipe {
    fn new(core: Arc<Core>, principal: Option<Principal>, is_only_client: bool) -> Self {
        Self {
            lines: Lines::new(core.limits.line_bytes),
            backlog: Backlog::new(core.limits.queued_bytes),
            calls: JoinSet::new(),
            output: Output::default(),
            deadline: None,
            connection: Arc::new(Connection::new(core, principal, is_only_client)),
        }
    }

    fn is_open(&self) -> bool {
        self.deadline.is_none()
    }

    fn can_read(&self) -> bool {
        self.is_open() && self.output.has_room() && self.backlog.has_room()
    }

    fn close(&mut self, drain: Duration) {
        self.deadline = Some(Box::pin(sleep(drain)));
    }

    /// Whether all that was read is answered, and every answer written. To be asked after lines
    /// have been taken in: those that are still in the buffer wait for one of the others.
    fn is_done(&self) -> bool {
        !self.is_open()
            && self.calls.is_empty()
            && self.backlog.is_empty()
            && self.connection.outbox.is_empty()
            && self.output.is_done()
    }

    /// Takes in the lines that are complete.
    fn take_in(&mut self, cx: &mut task::Context<'_>) {
        while self.output.has_room() {
            if self.has_place()
                && let Some(line) = self.backlog.pop()
            {
                self.start(line, cx);
            } else if self.backlog.has_room()
                && let Some(line) = self.lines.next()
            {
                match line {
                    Line::Whole(line) => self.take_line(line, cx),
                    Line::TooLong => self.refuse_long_line(),
                }
            } else {
                break;
            }
        }
    }

    fn refuse_long_line(&mut self) {
        let max = self.connection.core.limits.line_bytes;
        let error = RpcError::invalid_request(format!("a line has at most {max} bytes"));
        self.output.push(&error_message(None, &error));
    }

    fn has_place(&self) -> bool {
        self.connection.in_flight.len() < self.connection.max_calls()
    }

    /// While there is a place, no request waits.
    fn take_line(&mut self, line: Bytes, cx: &mut task::Context<'_>) {
        if !self.has_place() {
            match parse_message(&line) {
                Ok(Message::Request { id, .. }) if self.backlog.contains(&id) => {
                    return self.output.push(&error_message(Some(&id), &id_in_flight()));
                }
                // One whose id is that of a call that runs is refused at once.
                Ok(Message::Request { id, method, .. })
                    if method != "ping" && !self.connection.in_flight.contains(&id) =>
                {
                    return self.backlog.push(id, line.clone());
                }
                Ok(Message::Notification { method, params })
                    if method == "notifications/cancelled" =>
                {
                    if let Some(id) = cancelled_request(params) {
                        self.backlog.cancel(&id);
                    }
                }
                _ => {}
            }
        }
        self.start(line, cx);
    }

    /// Answers a line as far as that goes without waiting: so messages act in their order, and
    /// what is ready costs no task.
    fn start(&mut self, line: Bytes, cx: &mut task::Context<'_>) {
        let mut answer = Box::pin(Arc::clone(&self.connection).answer_line(line));
        match answer.as_mut().poll(cx) {
            Poll::Ready(reply) => self.reply(reply),
            Poll::Pending => {
                self.calls.spawn(answer);
            }
        }
    }

    /// Takes what is ready to be written, so that it is written in one go.
    fn collect(&mut self) {
        while self.output.has_room()
            && let Some(answered) = self.calls.try_join_next()
        {
            self.join(answered);
        }
        while self.output.has_room_for_notifications()
            && let Some(message) = self.connection.outbox.try_pop()
        {
            self.output.push(&message);
        }
    }

    fn join(&mut self, answered: Result<Option<Reply>, JoinError>) {
        match answered {
            Ok(reply) => self.reply(reply),
            Err(error) => tracing::error!(%error, "a request has no answer"),
        }
    }

    fn reply(&mut self, reply: Option<Reply>) {
        // What a call has told while it ran comes before its answer.
        while let Some(message) = self.connection.outbox.try_pop() {
            self.output.push(&message);
        }
        if let Some(message) = reply.as_ref().and_then(Reply::message) {
            self.output.push(message);
        }
    }

    /// Cancels what still runs, and says so.
    async fn give_up(mut self, writer: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
        self.collect();
        let error = RpcError::internal("stopped", "the server stopped before the call was done");
        let waiting = self.backlog.clear();
        for id in self.connection.in_flight.ids().into_iter().chain(waiting) {
            self.output.push(&error_message(Some(&id), &error));
        }
        self.connection.in_flight.cancel_all();
        let written = timeout(LAST_WORDS, async {
            while !self.output.is_done() {
                self.output.write_to(writer).await?;
            }
            Ok(())
        });
        written.await.unwrap_or(Ok(()))
    }
}

/// Whether there is nothing more to read.
fn is_end(read: io::Result<usize>) -> io::Result<bool> {
    match read {
        Ok(bytes) => Ok(bytes == 0),
        // A socket whose other end is closed with something unread.
        Err(error) if error.kind() == io::ErrorKind::ConnectionReset => Ok(true),
        Err(error) => Err(error),
    }
}

async fn passed(deadline: &mut Option<Pin<Box<Sleep>>>) {
    match deadline {
        Some(deadline) => deadline.await,
        None => pending().await,
    }
}

#[cfg(test)]
mod tests;
