use std::{
    env,
    ffi::OsStr,
    io::{self, Write},
};

use tracing_subscriber::{Layer, filter::LevelFilter, fmt, layer::SubscriberExt, registry};

/// Sends the log to standard error, and the events of a call to its client, unless the program
/// does something with them already.
///
/// # Errors
///
/// When the environment names a level that does not exist.
pub(super) fn install() -> Result<(), String> {
    let level = level(env::var_os("MCP_LOG").as_deref(), env::var_os("RUST_LOG").as_deref())?;
    if tracing::dispatcher::has_been_set() {
        return Ok(());
    }
    let to_standard_error =
        fmt::layer().with_ansi(false).with_writer(|| OneLine(io::stderr())).with_filter(level);
    let subscriber = registry().with(to_standard_error).with(crate::client_log_layer());
    // It fails when another thread has set one in the meantime, which is as good.
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(())
}

/// Writes each event as one line that shows as it is: a text of a client's, which an author logs,
/// can neither end its line nor tell a terminal what to do.
struct OneLine<W>(W);

impl<W: Write> Write for OneLine<W> {
    /// Takes a whole event, as the layer gives it.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let mut line = String::with_capacity(text.len());
        for c in text.strip_suffix('\n').unwrap_or(&text).chars() {
            if is_shown(c) { line.push(c) } else { line.extend(c.escape_default()) }
        }
        line.push('\n');
        self.0.write_all(line.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Neither a control character, nor one that ends a line or turns its direction.
fn is_shown(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn level(own: Option<&OsStr>, common: Option<&OsStr>) -> Result<LevelFilter, String> {
    let Some(own) = own.filter(|value| !value.is_empty()) else {
        // What else it can say is for other filters.
        return Ok(common.and_then(parse).unwrap_or(LevelFilter::INFO));
    };
    parse(own).ok_or_else(|| {
        format!("MCP_LOG is {own:?} and must be off, error, warn, info, debug or trace")
    })
}

fn parse(value: &OsStr) -> Option<LevelFilter> {
    Some(match value.to_str()?.to_ascii_lowercase().as_str() {
        "off" => LevelFilter::OFF,
        "error" => LevelFilter::ERROR,
        "warn" => LevelFilter::WARN,
        "info" => LevelFilter::INFO,
        "debug" => LevelFilter::DEBUG,
        "trace" => LevelFilter::TRACE,
        _ => return None,
    })
}

#[cfg(test)]
#[path = "logging_tests.rs"]
mod tests;
