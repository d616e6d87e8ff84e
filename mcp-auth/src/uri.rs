//! The URIs of a configuration.

use http::Uri;

/// An absolute `https` URI without query and fragment. `http` is for the machine itself, or
/// wherever `plain` allows it.
///
/// # Errors
///
/// What is wrong, for the author.
pub(crate) fn parse(kind: &str, text: &str, plain: bool) -> Result<Uri, String> {
    let fault = |what: &str| format!("the {kind} `{text}` {what}");
    let uri: Uri = text.parse().map_err(|_| fault("is no URI"))?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(fault("is not absolute"));
    };
    if text.contains('#') || uri.query().is_some() || authority.as_str().contains('@') {
        return Err(fault("has a fragment, a query or a user"));
    }
    match scheme {
        "https" => Ok(uri),
        "http" if plain || is_loopback(authority.host()) => Ok(uri),
        _ => Err(fault("does not start with `https://`")),
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.to_canonical().is_loopback())
}

/// `https://host/.well-known/name/path` of `https://host/path` (RFC 8615, RFC 9728 section 3.1).
pub(crate) fn well_known(uri: &Uri, name: &str) -> String {
    format!("{}{}", origin(uri), well_known_path(uri, name))
}

pub(crate) fn well_known_path(uri: &Uri, name: &str) -> String {
    format!("/.well-known/{name}{}", uri.path().trim_end_matches('/'))
}

pub(crate) fn origin(uri: &Uri) -> String {
    let scheme = uri.scheme_str().unwrap_or_default();
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    format!("{scheme}://{authority}").to_ascii_lowercase()
}
