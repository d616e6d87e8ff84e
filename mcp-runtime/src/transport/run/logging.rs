use std::{env, ffi::OsStr, io};

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
    let to_standard_error = fmt::layer().with_writer(io::stderr).with_filter(level);
    let subscriber = registry().with(to_standard_error).with(crate::client_log_layer());
    // It fails when another thread has set one in the meantime, which is as good.
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(())
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
