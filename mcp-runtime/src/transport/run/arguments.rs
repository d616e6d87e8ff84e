use std::{ffi::OsString, fmt};

use lexopt::prelude::*;

/// What the arguments of a server ask for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Command {
    Serve(Transport),
    Describe,
    Help,
    Version,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Transport {
    Stdio,
    Http { host: Host, port: u16, path: String },
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Host {
    Loopback,
    Named(String),
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Loopback => f.write_str("127.0.0.1"),
            Self::Named(host) if host.contains(':') => write!(f, "[{host}]"),
            Self::Named(host) => f.write_str(host),
        }
    }
}

const DEFAULT_PATH: &str = "/mcp";

/// # Errors
///
/// What is wrong with them, for the one who wrote them.
pub(super) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    let mut parser = lexopt::Parser::from_args(arguments);
    let (mut address, mut path) = (None, None);
    while let Some(argument) = parser.next().map_err(|fault| fault.to_string())? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Short('V') | Long("version") => return Ok(Command::Version),
            Long("describe") => return Ok(Command::Describe),
            Long("http") => address = Some(text(&mut parser)?),
            Long("path") => path = Some(text(&mut parser)?),
            other => return Err(other.unexpected().to_string()),
        }
    }
    let Some(address) = address else {
        return match path {
            None => Ok(Command::Serve(Transport::Stdio)),
            Some(_) => Err("`--path` goes with `--http`".to_owned()),
        };
    };
    let (host, port) = parse_address(&address).ok_or_else(|| {
        format!("`{address}` is no address: give a host and a port, such as 127.0.0.1:8000")
    })?;
    let path = path.unwrap_or_else(|| DEFAULT_PATH.to_owned());
    if !is_path(&path) {
        return Err(format!("`{path}` is no path: it is like `{DEFAULT_PATH}`"));
    }
    Ok(Command::Serve(Transport::Http { host, port, path }))
}

fn text(parser: &mut lexopt::Parser) -> Result<String, String> {
    let value = parser.value().map_err(|fault| fault.to_string())?;
    value.into_string().map_err(|value| format!("{value:?} is not UTF-8"))
}

fn parse_address(address: &str) -> Option<(Host, u16)> {
    let Some((host, port)) = address.rsplit_once(':') else {
        return Some((Host::Loopback, address.parse().ok()?));
    };
    let port = port.parse().ok()?;
    let host = match host.strip_prefix('[').map(|host| host.strip_suffix(']')) {
        Some(host) => host?,
        None if host.contains(':') => return None,
        None => host,
    };
    Some((if host.is_empty() { Host::Loopback } else { Host::Named(host.to_owned()) }, port))
}

/// Of characters that need no escape in a URL and mean nothing to a router.
fn is_path(path: &str) -> bool {
    path.starts_with('/')
        && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte))
}

pub(super) fn usage(program: &str) -> String {
    format!(
        "usage: {program} [--http ADDRESS [--path PATH]]\n       {program} --describe | --help | --version"
    )
}

pub(super) fn help(name: &str, version: &str, program: &str) -> String {
    format!(
        "\
{name} {version}: a Model Context Protocol server

{usage}

Without arguments, it serves the client that starts it, on standard input and output.

  --http ADDRESS   serve HTTP instead, for example on 127.0.0.1:8000;
                   a port alone is one of the loopback interface
  --path PATH      at this path instead of {DEFAULT_PATH}
  --describe       print what the server offers, as JSON
  -h, --help       print this
  -V, --version    print name and version

MCP_LOG=off|error|warn|info|debug|trace says how much is logged to standard error.
",
        usage = usage(program),
    )
}

#[cfg(test)]
#[path = "arguments_tests.rs"]
mod tests;
