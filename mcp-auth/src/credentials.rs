//! The token of a request: from its `Authorization` header and from nowhere else (RFC 6750 section
//! 2.1; basic/authorization, "Access Token Usage").

use http::{HeaderMap, header};

use crate::{refusal::Refusal, verify::AccessToken};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Bearer,
    DPoP,
}

/// The token, if there is one.
///
/// # Errors
///
/// 400 when there are several `Authorization` headers.
pub(crate) fn token(headers: &HeaderMap) -> Result<Option<(Scheme, AccessToken<'_>)>, Refusal> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Refusal::bad_request("there are several `Authorization` headers"));
    }
    let Some((scheme, token)) = value.to_str().ok().and_then(|value| value.split_once(' ')) else {
        return Ok(None);
    };
    let scheme = if scheme.eq_ignore_ascii_case("bearer") {
        Scheme::Bearer
    } else if scheme.eq_ignore_ascii_case("dpop") {
        Scheme::DPoP
    } else {
        return Ok(None);
    };
    Ok(Some((scheme, AccessToken::new(token.trim_matches(' ')))))
}

/// The characters of `b64token`.
pub(crate) fn is_well_formed(token: &str) -> bool {
    let fits = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/' | b'=')
    };
    !token.is_empty() && token.bytes().all(fits)
}
