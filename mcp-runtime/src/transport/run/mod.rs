//! A server as a program: its arguments, its log, its signals and its end.

mod arguments;
#[cfg(feature = "log")]
mod logging;
mod signals;

use std::{
    env,
    ffi::OsString,
    io::{self, IsTerminal, Write},
    path::Path,
    process,
};

#[cfg(feature = "http")]
use self::arguments::Host;
use self::arguments::{Command, Transport};
use crate::{
    Server, ServerHandle, context,
    primitives::{Error, Result},
};

impl Server {
    /// Runs the server as a program: serves what the arguments of the process say until the client
    /// hangs up or a signal comes.
    ///
    /// Without arguments it serves one client on standard input and output, as clients start it;
    /// [`ServerHandle::serve_stdio`] tells what becomes of both. `--http ADDRESS` serves Streamable
    /// HTTP at the path `/mcp`, or at another with `--path PATH`. An address is a host and a port;
    /// a port alone (`8000` or `:8000`) is one of the loopback interface. `--describe`
    /// prints what the server offers as JSON ([`ServerHandle::describe`]); `--help` and `--version`
    /// do what they say. What is wrong with the arguments is told on standard error, and the
    /// process exits with code 2.
    ///
    /// With the feature `log`, and unless the program has set up `tracing` itself, the log goes to
    /// standard error, and the events of a call to the client that made it
    /// ([`client_log_layer`](crate::client_log_layer)). How much goes to standard error, the
    /// environment variable `MCP_LOG` says, or else `RUST_LOG`: `off`, `error`, `warn`, `info`,
    /// `debug` or `trace`. It is `info` when neither is set, or `RUST_LOG` is something else; when
    /// `MCP_LOG` is, the process exits with code 2.
    ///
    /// SIGTERM and SIGINT (Ctrl-C) stop the server: what runs can end within
    /// [`Limits::drain`](crate::Limits::drain). A second signal ends the process at once, with
    /// code 143 or 130. On standard input and output, the client hanging up stops the server too:
    /// what runs can end within [`Limits::drain_stdio`](crate::Limits::drain_stdio).
    ///
    /// It returns when the server has stopped. Only when a function that does not await is still
    /// at work then, which nothing can stop and the end of a runtime waits for, it ends the process
    /// itself.
    ///
    /// # Errors
    ///
    /// When the server cannot be [built](Self::build), the address cannot be listened on, or the
    /// client stops reading before it has all answers.
    ///
    /// ```no_run
    /// use mcp_runtime::prelude::*;
    ///
    /// #[tokio::main]
    /// async fn main() -> mcp_runtime::Result<()> {
    ///     Server::new("quiet", env!("CARGO_PKG_VERSION")).run().await
    /// }
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "stdio")))]
    pub async fn run(self) -> Result<()> {
        let mut arguments = env::args_os();
        let program = program_name(arguments.next());
        let (name, version) = (self.info.name(), self.info.version());
        match arguments::parse(arguments) {
            Err(fault) => exit_for_usage(&format!("{fault}\n\n{}", arguments::usage(&program))),
            Ok(Command::Describe) => print(&format!("{:#}\n", self.describe()?)),
            Ok(Command::Help) => print(&arguments::help(name, version, &program)),
            Ok(Command::Version) => print(&format!("{name} {version}\n")),
            Ok(Command::Serve(transport)) => self.serve_until_stopped(transport).await,
        }
    }

    async fn serve_until_stopped(self, transport: Transport) -> Result<()> {
        #[cfg(feature = "log")]
        if let Err(fault) = logging::install() {
            exit_for_usage(&fault);
        }
        let server = self.build()?;
        signals::mind(&server)?;
        let outcome = match transport {
            Transport::Stdio => {
                greet_whoever_types();
                server.serve_stdio().await
            }
            #[cfg(feature = "http")]
            Transport::Http { host, port, path } => serve_http(&server, &host, port, &path).await,
            #[cfg(not(feature = "http"))]
            Transport::Http { .. } => Err(Error::new(
                "`--http` needs the feature `http` of `mcp-runtime`, without which this program \
                 is built",
            )),
        };
        server.stop();
        if context::is_blocking() {
            exit(&outcome);
        }
        outcome
    }
}

#[cfg(feature = "http")]
async fn serve_http(server: &ServerHandle, host: &Host, port: u16, path: &str) -> Result<()> {
    let bound = match host {
        Host::Loopback => {
            tokio::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, port)).await
        }
        Host::Named(host) => tokio::net::TcpListener::bind((host.as_str(), port)).await,
    };
    let listener =
        bound.map_err(|error| Error::new(format!("cannot listen on {host}:{port}: {error}")))?;
    let address = listener.local_addr()?;
    tell(&format!("serving MCP at http://{address}{path}"));
    server.serve(listener, server.router(path)).await
}

/// For people who start the program by hand, and who would wait for something to happen.
fn greet_whoever_types() {
    if io::stdin().is_terminal() {
        tell(
            "serving MCP on standard input and output, for a client that starts this program; \
             `--help` tells how to serve HTTP",
        );
    }
}

fn program_name(path: Option<OsString>) -> String {
    let path = path.unwrap_or_default();
    Path::new(&path).file_name().unwrap_or("server".as_ref()).to_string_lossy().into_owned()
}

fn print(text: &str) -> Result<()> {
    let mut stdout = io::stdout().lock();
    let printed = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    printed.map_err(|error| Error::new(format!("cannot print: {error}")))
}

/// Writes a line to standard error. Where that is closed, there is nobody to tell.
fn tell(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

fn exit_for_usage(fault: &str) -> ! {
    tell(&format!("error: {fault}"));
    process::exit(2)
}

/// As `main` would end.
fn exit(outcome: &Result<()>) -> ! {
    match outcome {
        Ok(()) => process::exit(0),
        Err(error) => {
            tell(&format!("Error: {error}"));
            process::exit(1)
        }
    }
}
