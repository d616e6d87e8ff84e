//! An HTTP client that sends what it is given: a library would repair bad input.

use std::{net::SocketAddr, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

/// No test waits longer for anything.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A response, read to its end.
#[derive(Clone, Debug)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Response {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON; of a stream of events, the last one.
    #[track_caller]
    pub fn json(&self) -> Value {
        let text = match self.header("content-type") {
            Some("text/event-stream") => events(&self.body).pop().expect("an event").data,
            _ => self.body.clone(),
        };
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    #[track_caller]
    pub fn error_code(&self) -> i64 {
        self.json()["error"]["code"].as_i64().unwrap_or_else(|| panic!("no error: {self:?}"))
    }
}

/// One server-sent event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub id: Option<String>,
    pub data: String,
    pub retry: Option<String>,
}

/// The events of a stream, without comments.
pub fn events(body: &str) -> Vec<Event> {
    body.split("\n\n")
        .filter(|block| !block.trim().is_empty() && !block.starts_with(':'))
        .map(|block| {
            let field = |name: &str| {
                block
                    .lines()
                    .find_map(|line| line.strip_prefix(name))
                    .map(|it| it.trim().to_owned())
            };
            Event {
                id: field("id:"),
                data: field("data:").unwrap_or_default(),
                retry: field("retry:"),
            }
        })
        .collect()
}

/// A connection that is read bit by bit.
pub struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("the server listens");
        Self { stream, read: Vec::new() }
    }

    pub async fn write(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.expect("the server reads");
    }

    /// Reads until what has come contains `text`, and gives all that has come.
    pub async fn read_until(&mut self, text: &str) -> String {
        let reading = async {
            while !String::from_utf8_lossy(&self.read).contains(text) {
                let mut buffer = [0; 4096];
                let len = self.stream.read(&mut buffer).await.expect("readable");
                assert_ne!(len, 0, "no `{text}` in {}", String::from_utf8_lossy(&self.read));
                self.read.extend_from_slice(&buffer[..len]);
            }
            String::from_utf8_lossy(&self.read).into_owned()
        };
        timeout(PATIENCE, reading).await.unwrap_or_else(|_| panic!("no `{text}` in time"))
    }

    /// Reads once and forgets what has come; gives how much it was.
    pub async fn skip(&mut self) -> usize {
        let mut buffer = [0; 64 * 1024];
        let reading = self.stream.read(&mut buffer);
        timeout(PATIENCE, reading).await.expect("in time").expect("readable")
    }

    /// Sends nothing more.
    pub async fn end(&mut self) {
        self.stream.shutdown().await.expect("the connection is open");
    }

    /// Reads until the server hangs up.
    pub async fn read_to_end(&mut self) -> Vec<u8> {
        let reading = async {
            let mut rest = Vec::new();
            // A reset after the answer is an end as well.
            let _ = self.stream.read_to_end(&mut rest).await;
            self.read.extend_from_slice(&rest);
            std::mem::take(&mut self.read)
        };
        timeout(PATIENCE, reading).await.expect("the server hangs up")
    }
}

/// Sends bytes as they are, and reads the response to its end.
pub async fn exchange(address: SocketAddr, request: &[u8]) -> Response {
    let mut connection = Connection::open(address).await;
    connection.write(request).await;
    parse(&connection.read_to_end().await)
}

/// Sends a request with these headers. `host`, `connection` and `content-length` are added.
pub async fn request(
    address: SocketAddr,
    method: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Response {
    exchange(address, head(address, method, headers, body).as_bytes()).await
}

pub fn head(address: SocketAddr, method: &str, headers: &[(&str, &str)], body: &str) -> String {
    let mut text = format!("{method} /mcp HTTP/1.1\r\n");
    let has = |name: &str| headers.iter().any(|(it, _)| it.eq_ignore_ascii_case(name));
    if !has("host") {
        text += &format!("host: {address}\r\n");
    }
    if !has("connection") {
        text += "connection: close\r\n";
    }
    if !has("content-length") && (!body.is_empty() || method == "POST") {
        text += &format!("content-length: {}\r\n", body.len());
    }
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    text + "\r\n" + body
}

pub fn parse(bytes: &[u8]) -> Response {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) =
        text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no response: {text:?}"));
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).expect("a status line");
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let chunked =
        headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    let body = if chunked { dechunk(body) } else { body.to_owned() };
    Response { status: status.parse().expect("a status"), headers, body }
}

fn dechunk(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).expect("the size of a chunk");
        whole += rest.get(..size).unwrap_or(rest);
        body = rest.get(size + 2..).unwrap_or_default();
    }
    whole
}
