//! One cell of the table: a workload, an era, a transport and how many requests are under way at a time.

use std::{
    collections::HashSet,
    io::{BufRead as _, BufReader, Write as _},
    process::{ChildStdin, ChildStdout},
    time::Instant,
};

use anyhow::{Context as _, ensure};

use crate::{
    check::{self, Checker},
    http::{Connection, MCP_PATH},
    machine::Cores,
    request::{self, Era, FIRST_ID, Template, VARIANTS, Work},
    server::{HttpServer, Process, Target},
};

#[derive(Clone, Copy)]
pub(crate) struct Cell {
    pub(crate) work: Work,
    pub(crate) era: Era,
    pub(crate) transport: Transport,
    /// How many tools the server has.
    pub(crate) tools: usize,
    /// How many requests are measured, after a quarter as many to warm up.
    pub(crate) requests: usize,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Transport {
    /// With so many connections, each with one request under way.
    Http(usize),
    /// With so many requests under way.
    Stdio(usize),
}

/// What one request takes, in microseconds.
pub(crate) struct Sample {
    /// Of the server's processor.
    pub(crate) cpu: f64,
    /// By the clock on the wall, divided by the number of requests.
    pub(crate) wall: f64,
}

impl Cell {
    pub(crate) fn measure(&self, target: &Target, cores: &Cores) -> anyhow::Result<Sample> {
        match self.transport {
            Transport::Http(connections) => {
                let server = target.start_http(cores, self.tools)?;
                let mut clients = Clients::open(&server, self, connections)?;
                let sample = self.sample(&server.process, |count| clients.exchange(count))?;
                clients.close()?;
                Ok(sample)
            }
            Transport::Stdio(window) => {
                let mut process = target.start_stdio(cores, self.tools)?;
                let mut pipe = Pipe::open(&mut process, self)?;
                self.sample(&process, |count| pipe.exchange(count, window))
            }
        }
    }

    fn sample(
        &self,
        process: &Process,
        mut exchange: impl FnMut(usize) -> anyhow::Result<()>,
    ) -> anyhow::Result<Sample> {
        exchange(self.requests.div_ceil(4)).context("warming up")?;
        let cpu = process.cpu()?;
        let started = Instant::now();
        exchange(self.requests)?;
        let wall = started.elapsed();
        let cpu = process.cpu()?.saturating_sub(cpu);
        let per_request = 1e6 / self.requests as f64;
        Ok(Sample { cpu: cpu.as_secs_f64() * per_request, wall: wall.as_secs_f64() * per_request })
    }

    fn checker(&self) -> Checker {
        Checker::new(self.work, self.era, self.tools)
    }

    fn body(&self, variant: usize) -> String {
        request::body(self.work, self.era, FIRST_ID, variant)
    }
}

fn variant(id: u64) -> usize {
    id as usize % VARIANTS
}

fn templates(request: impl Fn(usize) -> String) -> anyhow::Result<Vec<Template>> {
    (0..VARIANTS)
        .map(|variant| Template::new(request(variant)).context("a request without an id"))
        .collect()
}

/// How many tokens each connection has: so many that, of all connections, the server does not remember them.
const NEW_TOKENS: usize = 32;

struct Client {
    connection: Connection,
    session: Option<String>,
    templates: Vec<Template>,
    asked: u64,
}

impl Client {
    fn open(server: &HttpServer, cell: &Cell) -> anyhow::Result<Self> {
        let mut connection = Connection::open(server.address)?;
        let session = match cell.era {
            Era::Modern => None,
            Era::Legacy => Some(connection.open_session()?),
        };
        let headers = request::headers(cell.work, cell.era, session.as_deref());
        let templates = match cell.work {
            Work::Answer => {
                let answer = answer_to_a_question(&mut connection, &headers)?;
                templates(|_| request::post(&headers, &answer))?
            }
            Work::KnownToken => {
                let headers = headers + &bearer(&mut connection)?;
                templates(|variant| request::post(&headers, &cell.body(variant)))?
            }
            Work::NewToken => {
                let mut all = Vec::new();
                for _ in 0..NEW_TOKENS {
                    let headers = format!("{headers}{}", bearer(&mut connection)?);
                    all.extend(templates(|variant| request::post(&headers, &cell.body(variant)))?);
                }
                all
            }
            _ => templates(|variant| request::post(&headers, &cell.body(variant)))?,
        };
        Ok(Self { connection, session, templates, asked: 0 })
    }

    fn ask(&mut self, id: u64) -> anyhow::Result<()> {
        self.asked = id;
        let count = self.templates.len();
        self.connection.send(self.templates[id as usize % count].with_id(id))
    }

    fn hear(&mut self, checker: &mut Checker) -> anyhow::Result<()> {
        let head = self.connection.receive()?;
        let message = self.connection.message(&head)?;
        ensure!(head.status == 200, "status {}: {}", head.status, String::from_utf8_lossy(message));
        checker.check(self.asked, variant(self.asked), message)
    }
}

/// A header with a new token.
fn bearer(connection: &mut Connection) -> anyhow::Result<String> {
    connection.send(b"GET /token HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")?;
    let head = connection.receive()?;
    ensure!(head.status == 200, "a token: status {}", head.status);
    let token = str::from_utf8(connection.message(&head)?).context("a token that is no text")?;
    Ok(format!("Authorization: Bearer {token}\r\n"))
}

/// Lets the server ask, and gives the body of the request with the answer. It can be sent any number of times.
fn answer_to_a_question(connection: &mut Connection, headers: &str) -> anyhow::Result<String> {
    let ask = request::body(Work::Ask, Era::Modern, FIRST_ID, 0);
    connection.send(request::post(headers, &ask).as_bytes())?;
    let head = connection.receive()?;
    let result = check::result(FIRST_ID, connection.message(&head)?)?;
    let result = serde_json::from_str(result.get())?;
    let (key, state) = check::question(&result)?;
    Ok(request::answer(FIRST_ID, key, state))
}

struct Clients {
    clients: Vec<Client>,
    checker: Checker,
    next: u64,
}

impl Clients {
    fn open(server: &HttpServer, cell: &Cell, connections: usize) -> anyhow::Result<Self> {
        let clients = (0..connections).map(|_| Client::open(server, cell));
        Ok(Self {
            clients: clients.collect::<Result<_, _>>()?,
            checker: cell.checker(),
            next: FIRST_ID,
        })
    }

    /// Keeps one request under way on each connection, and goes round the connections to read their answers.
    fn exchange(&mut self, count: usize) -> anyhow::Result<()> {
        let connections = self.clients.len();
        for turn in 0..count + connections {
            let client = &mut self.clients[turn % connections];
            if turn >= connections && turn - connections < count {
                client.hear(&mut self.checker)?;
            }
            if turn < count {
                client.ask(self.next)?;
                self.next += 1;
            }
        }
        Ok(())
    }

    fn close(&mut self) -> anyhow::Result<()> {
        for client in &mut self.clients {
            let Some(session) = &client.session else {
                continue;
            };
            let request = format!(
                "DELETE {MCP_PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nMcp-Session-Id: {session}\r\n\
                 MCP-Protocol-Version: {}\r\n\r\n",
                Era::Legacy.revision()
            );
            client.connection.send(request.as_bytes())?;
            let status = client.connection.receive()?.status;
            ensure!((200..300).contains(&status), "ending a session: status {status}");
        }
        Ok(())
    }
}

/// A server at the other end of two pipes.
pub(crate) struct Pipe {
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    line: Vec<u8>,
    templates: Vec<Template>,
    checker: Checker,
    next: u64,
    waiting: Vec<u8>,
    asked: HashSet<u64>,
}

impl Pipe {
    pub(crate) fn open(process: &mut Process, cell: &Cell) -> anyhow::Result<Self> {
        let input = process.child.stdin.take().context("no standard input")?;
        let output = process.child.stdout.take().context("no standard output")?;
        let mut pipe = Self {
            input,
            output: BufReader::with_capacity(256 * 1024, output),
            line: Vec::new(),
            templates: templates(|variant| cell.body(variant) + "\n")?,
            checker: cell.checker(),
            next: FIRST_ID,
            waiting: Vec::new(),
            asked: HashSet::new(),
        };
        if cell.era == Era::Legacy {
            let initialize = request::initialize(FIRST_ID) + "\n";
            pipe.input.write_all(initialize.as_bytes())?;
            pipe.read_line()?;
            check::result(FIRST_ID, &pipe.line).context("initialize")?;
            pipe.next += 1;
            writeln!(pipe.input, "{}", request::INITIALIZED)?;
        }
        Ok(pipe)
    }

    /// Keeps `window` requests under way. What can be asked at one time is written at one time, as a client that has
    /// read several answers would.
    pub(crate) fn exchange(&mut self, count: usize, window: usize) -> anyhow::Result<()> {
        let mut left = count;
        for _ in 0..window.min(count) {
            self.ask();
            left -= 1;
        }
        while !self.asked.is_empty() {
            if self.output.buffer().is_empty() {
                self.input.write_all(&self.waiting).context("writing requests")?;
                self.waiting.clear();
            }
            self.hear()?;
            if left > 0 {
                self.ask();
                left -= 1;
            }
        }
        Ok(())
    }

    fn ask(&mut self) {
        let id = self.next;
        self.next += 1;
        self.asked.insert(id);
        self.waiting.extend_from_slice(self.templates[variant(id)].with_id(id));
    }

    fn hear(&mut self) -> anyhow::Result<()> {
        self.read_line()?;
        let id = check::id(&self.line)?;
        ensure!(self.asked.remove(&id), "an answer to {id}, not asked");
        self.checker.check(id, variant(id), &self.line)
    }

    fn read_line(&mut self) -> anyhow::Result<()> {
        self.line.clear();
        let read = self.output.read_until(b'\n', &mut self.line)?;
        ensure!(read > 0, "the server closed its output");
        Ok(())
    }
}
