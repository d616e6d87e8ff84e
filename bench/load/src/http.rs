//! A keep-alive connection that reads as much of HTTP/1.1 as the servers write.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use anyhow::{Context as _, bail, ensure};

use crate::{
    check,
    request::{self, Era, FIRST_ID},
};

pub(crate) const MCP_PATH: &str = "/mcp";

/// How long a server may keep silent before it counts as hung.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// What an answer says before its body.
pub(crate) struct Head {
    pub(crate) status: u16,
    pub(crate) session: Option<String>,
    event_stream: bool,
    length: Length,
}

enum Length {
    Known(usize),
    Chunked,
}

pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
    line: Vec<u8>,
    body: Vec<u8>,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).context("connecting")?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self {
            stream: BufReader::with_capacity(16 * 1024, stream),
            line: Vec::new(),
            body: Vec::new(),
        })
    }

    pub(crate) fn send(&mut self, request: &[u8]) -> anyhow::Result<()> {
        self.stream.get_mut().write_all(request).context("sending a request")
    }

    /// Reads a whole answer; what [`Self::message`] returns is then its message.
    pub(crate) fn receive(&mut self) -> anyhow::Result<Head> {
        let head = self.head()?;
        self.body.clear();
        match head.length {
            Length::Known(length) => self.append(length)?,
            Length::Chunked => while self.chunk()? {},
        }
        Ok(head)
    }

    /// Reads the head of an answer that has no end, and leaves its body.
    pub(crate) fn head(&mut self) -> anyhow::Result<Head> {
        let status_line = self.line()?;
        let status = status_line
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .with_context(|| format!("not a status line: {status_line:?}"))?;
        let mut head =
            Head { status, session: None, event_stream: false, length: Length::Known(0) };
        loop {
            let line = self.line()?;
            if line.is_empty() {
                return Ok(head);
            }
            let (name, value) = line.split_once(':').context("a header without a colon")?;
            let value = value.trim();
            if name.eq_ignore_ascii_case("content-length") {
                head.length = Length::Known(value.parse().context("Content-Length")?);
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                head.length = Length::Chunked;
            } else if name.eq_ignore_ascii_case("content-type") {
                head.event_stream = value.starts_with("text/event-stream");
            } else if name.eq_ignore_ascii_case("mcp-session-id") {
                head.session = Some(value.to_owned());
            }
        }
    }

    /// Reads one chunk of a body; `false` after the last.
    pub(crate) fn chunk(&mut self) -> anyhow::Result<bool> {
        let line = self.line()?;
        let length = usize::from_str_radix(line, 16)
            .with_context(|| format!("not the size of a chunk: {line:?}"))?;
        self.append(length)?;
        ensure!(self.line()?.is_empty(), "a chunk longer than it says");
        Ok(length > 0)
    }

    fn append(&mut self, length: usize) -> anyhow::Result<()> {
        let start = self.body.len();
        self.body.resize(start + length, 0);
        self.stream.read_exact(&mut self.body[start..]).context("reading a body")
    }

    fn line(&mut self) -> anyhow::Result<&str> {
        self.line.clear();
        self.stream.read_until(b'\n', &mut self.line).context("reading an answer")?;
        let line = self.line.strip_suffix(b"\r\n").context("the connection was closed")?;
        std::str::from_utf8(line).context("a header that is no text")
    }

    /// The message of the answer received last: its body, or the last event of its stream that has data.
    pub(crate) fn message(&self, head: &Head) -> anyhow::Result<&[u8]> {
        if !head.event_stream {
            return Ok(&self.body);
        }
        self.body
            .split(|byte| *byte == b'\n')
            .filter_map(|line| line.strip_prefix(b"data:"))
            .map(<[u8]>::trim_ascii)
            .rfind(|data| !data.is_empty())
            .context("a stream that ended without a message")
    }

    /// Opens a session and returns its id.
    pub(crate) fn open_session(&mut self) -> anyhow::Result<String> {
        self.send(request::post("", &request::initialize(FIRST_ID)).as_bytes())?;
        let head = self.receive()?;
        check::result(FIRST_ID, self.message(&head)?).context("initialize")?;
        let session = head.session.context("initialize gave no session id")?;
        let headers = session_headers(&session);
        self.send(request::post(&headers, request::INITIALIZED).as_bytes())?;
        let status = self.receive()?.status;
        ensure!(status == 202, "notifications/initialized: status {status}");
        Ok(session)
    }

    /// Opens the stream of a session and leaves it open.
    pub(crate) fn open_session_stream(&mut self, session: &str) -> anyhow::Result<()> {
        let headers = session_headers(session);
        let request = format!(
            "GET {MCP_PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n{headers}\r\n"
        );
        self.send(request.as_bytes())?;
        let head = self.head()?;
        ensure!(head.status == 200 && head.event_stream, "GET: status {}", head.status);
        Ok(())
    }

    /// Opens a stream with `subscriptions/listen` and leaves it open.
    pub(crate) fn listen(&mut self) -> anyhow::Result<()> {
        let headers = "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: subscriptions/listen\r\n";
        self.send(request::post(headers, &request::listen(FIRST_ID)).as_bytes())?;
        let head = self.head()?;
        if head.status != 200 || !head.event_stream {
            bail!("subscriptions/listen: status {}", head.status);
        }
        self.body.clear();
        while !contains(&self.body, b"notifications/subscriptions/acknowledged") {
            ensure!(self.chunk()?, "the stream ended without an acknowledgement");
        }
        Ok(())
    }
}

fn session_headers(session: &str) -> String {
    let revision = Era::Legacy.revision();
    format!("MCP-Protocol-Version: {revision}\r\nMcp-Session-Id: {session}\r\n")
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
