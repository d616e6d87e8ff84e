//! Resident memory: at rest, and of each session, connection and stream.

use crate::{
    drive::{Cell, Pipe, Transport},
    http::Connection,
    machine::Cores,
    request::{self, Era, Work},
    server::{HttpServer, Target},
};

use bench_tools::OWN_TOOLS;

/// How many of a kind are opened before the first look, so that what is allocated once does not count.
const BEFORE: usize = 100;

/// A kind of thing that a server keeps for a client.
#[derive(Clone, Copy)]
pub(crate) enum Held {
    /// An idle connection that has had one answer.
    Connection,
    /// A session, all of them opened over one connection.
    Session,
    /// The GET stream of a session of 2025-11-25; connection included, session not.
    SessionStream,
    /// A stream of `subscriptions/listen`, connection included.
    Listen,
}

impl Held {
    pub(crate) const ALL: [(Self, &'static str); 4] = [
        (Self::Connection, "one idle connection"),
        (Self::Session, "one idle session"),
        (Self::SessionStream, "one open stream, 2025-11-25"),
        (Self::Listen, "one open stream, 2026-07-28"),
    ];
}

/// KiB at rest over HTTP, after one answer.
pub(crate) fn idle_http(target: &Target, cores: &Cores) -> anyhow::Result<f64> {
    let server = target.start_http(cores, OWN_TOOLS)?;
    let _connection = used_connection(&server)?;
    server.process.resident()
}

/// KiB at rest over stdio, after one answer.
pub(crate) fn idle_stdio(target: &Target, cores: &Cores) -> anyhow::Result<f64> {
    let cell = Cell {
        work: Work::Echo,
        era: Era::Modern,
        transport: Transport::Stdio(1),
        tools: OWN_TOOLS,
        requests: 1,
    };
    let mut process = target.start_stdio(cores, OWN_TOOLS)?;
    Pipe::open(&mut process, &cell)?.exchange(1, 1)?;
    process.resident()
}

/// KiB that each of `count` takes.
pub(crate) fn of_each(
    held: Held,
    target: &Target,
    cores: &Cores,
    count: usize,
) -> anyhow::Result<f64> {
    let server = target.start_http(cores, OWN_TOOLS)?;
    let mut connections = Vec::new();
    let growth = match held {
        Held::Connection => growth(&server, count, |_| {
            connections.push(used_connection(&server)?);
            Ok(())
        }),
        Held::Session => {
            let mut connection = Connection::open(server.address)?;
            growth(&server, count, |_| connection.open_session().map(drop))
        }
        Held::SessionStream => {
            let mut connection = Connection::open(server.address)?;
            let sessions = (0..BEFORE + count).map(|_| connection.open_session());
            let sessions = sessions.collect::<Result<Vec<_>, _>>()?;
            growth(&server, count, |index| {
                let mut connection = Connection::open(server.address)?;
                connection.open_session_stream(&sessions[index])?;
                connections.push(connection);
                Ok(())
            })
        }
        Held::Listen => growth(&server, count, |_| {
            let mut connection = Connection::open(server.address)?;
            connection.listen()?;
            connections.push(connection);
            Ok(())
        }),
    };
    Ok(growth? / count as f64)
}

fn growth(
    server: &HttpServer,
    count: usize,
    mut open: impl FnMut(usize) -> anyhow::Result<()>,
) -> anyhow::Result<f64> {
    (0..BEFORE).try_for_each(&mut open)?;
    let before = server.process.resident()?;
    (BEFORE..BEFORE + count).try_for_each(&mut open)?;
    Ok(server.process.resident()? - before)
}

fn used_connection(server: &HttpServer) -> anyhow::Result<Connection> {
    let mut connection = Connection::open(server.address)?;
    let headers = request::headers(Work::Echo, Era::Modern, None);
    let body = request::body(Work::Echo, Era::Modern, request::FIRST_ID, 0);
    connection.send(request::post(&headers, &body).as_bytes())?;
    let head = connection.receive()?;
    crate::check::result(request::FIRST_ID, connection.message(&head)?)?;
    Ok(connection)
}
