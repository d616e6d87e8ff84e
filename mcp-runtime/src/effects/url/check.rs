use std::net::{Ipv4Addr, Ipv6Addr};

/// The longest URL that users are sent to, in bytes.
const MAX_BYTES: usize = 2048;

/// Whether a user can be sent to `url`: over https, or plain http where `plain` allows it or nobody
/// listens on the way.
///
/// # Errors
///
/// What is wrong. The URL is not repeated: it may be known to the user alone.
pub(super) fn check(url: &str, plain: bool) -> Result<(), String> {
    if url.len() > MAX_BYTES {
        return Err(format!("it has more than {MAX_BYTES} bytes"));
    }
    // Browsers read `\` as `/`, and forgive what others take for a part of the host.
    if url.bytes().any(|byte| !byte.is_ascii_graphic() || b"\"<>\\^`{|}".contains(&byte)) {
        return Err("it has characters that a URL has only as `%` and two digits".to_owned());
    }
    let (scheme, rest) = url.split_once("://").ok_or("it has no scheme and host")?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err("it names a user".to_owned());
    }
    let host = host(authority).ok_or("it has no host")?;
    if scheme.eq_ignore_ascii_case("https") {
        return Ok(());
    }
    if !scheme.eq_ignore_ascii_case("http") {
        return Err("it is neither https nor http".to_owned());
    }
    if plain || is_loopback(host) {
        return Ok(());
    }
    Err("it is http, and its host is not this machine".to_owned())
}

/// The host without its port; an IPv6 address without its brackets.
fn host(authority: &str) -> Option<&str> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once(']')?;
            address.parse::<Ipv6Addr>().ok()?;
            (address, port.strip_prefix(':').or(port.is_empty().then_some(""))?)
        }
        None => authority.split_once(':').unwrap_or((authority, "")),
    };
    let sound = !host.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    sound.then_some(host)
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || host.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
