//! What a token says of itself: the claims of RFC 7519, RFC 9068 and RFC 7662.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::About;
use crate::{
    Principal,
    verify::{Binding, VerifiedToken, VerifyError},
};

/// The claims that decide. What has another type than it should makes the token a bad one: a claim
/// that could not be read must not count as absent.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    #[serde(default, deserialize_with = "present")]
    iss: Option<String>,
    #[serde(default, deserialize_with = "present")]
    aud: Option<Audience>,
    #[serde(default, deserialize_with = "present")]
    exp: Option<u64>,
    #[serde(default, deserialize_with = "present")]
    nbf: Option<u64>,
    #[serde(default, deserialize_with = "present")]
    iat: Option<u64>,
    #[serde(default, deserialize_with = "present")]
    sub: Option<String>,
    #[serde(default, deserialize_with = "present")]
    client_id: Option<String>,
    #[serde(default, deserialize_with = "present")]
    azp: Option<String>,
    #[serde(default, deserialize_with = "present")]
    cnf: Option<Confirmation>,
}

impl Claims {
    /// These, and all that come with them.
    #[cfg(feature = "jwt")]
    pub(super) fn read(json: &str) -> Result<(Self, Map<String, Value>), VerifyError> {
        let unreadable = |_| VerifyError::Invalid("its claims cannot be read");
        let claims = serde_json::from_str(json).map_err(unreadable)?;
        Ok((claims, serde_json::from_str(json).map_err(unreadable)?))
    }
}

/// `null` is a value of the wrong type like any other.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    value: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

#[derive(Debug, Deserialize)]
struct Confirmation {
    jkt: Option<String>,
}

/// Claims that the principal has as its own, or that are of no use to a tool.
const NOT_PASSED_ON: [&str; 9] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "cnf", "active"];

impl About {
    /// Checks issuer and times, and makes the caller of it.
    pub(super) fn accept(
        &self,
        claims: Claims,
        mut all: Map<String, Value>,
    ) -> Result<VerifiedToken, VerifyError> {
        if claims.iss.is_some_and(|issuer| issuer != self.name) {
            return Err(VerifyError::Invalid("it is of another issuer"));
        }
        let now = SystemTime::now();
        let leeway = self.limits.leeway;
        let time = |seconds: u64| {
            SystemTime::UNIX_EPOCH
                .checked_add(Duration::from_secs(seconds))
                .ok_or(VerifyError::Invalid("a time is out of range"))
        };
        let expires_at = match claims.exp {
            None => None,
            Some(exp) => {
                let at = time(exp)?
                    .checked_add(leeway)
                    .ok_or(VerifyError::Invalid("a time is out of range"))?;
                if at <= now {
                    return Err(VerifyError::Invalid("it has expired"));
                }
                Some(at)
            }
        };
        for not_before in [claims.nbf, claims.iat].into_iter().flatten() {
            if time(not_before)? > now + leeway {
                return Err(VerifyError::Invalid("it is not valid yet"));
            }
        }
        let client = claims.client_id.or(claims.azp);
        // A client that comes for itself is its own subject (RFC 9068 section 2.2).
        let subject = claims.sub.or_else(|| client.clone()).filter(|subject| !subject.is_empty());
        let subject = subject.ok_or(VerifyError::Invalid("it has no subject"))?;
        let mut principal =
            Principal::new(self.name.as_str(), subject).with_scopes(self.scopes(&all)?);
        if let Some(client) = client {
            principal = principal.with_client(client);
        }
        if let Some(at) = expires_at {
            principal = principal.with_expiry(at);
        }
        all.retain(|name, _| !NOT_PASSED_ON.contains(&name.as_str()));
        let audience = match claims.aud {
            None => return Err(VerifyError::Invalid("it has no audience")),
            Some(Audience::One(audience)) => vec![audience],
            Some(Audience::Several(audiences)) => audiences,
        };
        let binding = match claims.cnf {
            None => Binding::Bearer,
            Some(Confirmation { jkt: Some(thumbprint) }) => Binding::Key(thumbprint),
            Some(Confirmation { jkt: None }) => Binding::Other,
        };
        Ok(VerifiedToken::new(principal.with_claims(all), audience).with_binding(binding))
    }

    fn scopes(&self, claims: &Map<String, Value>) -> Result<Vec<String>, VerifyError> {
        let mut scopes = Vec::new();
        for value in self.scope_claims.iter().filter_map(|name| claims.get(name)) {
            match value {
                Value::Null => {}
                Value::String(text) => {
                    scopes.extend(text.split(' ').filter(|it| !it.is_empty()).map(str::to_owned));
                }
                Value::Array(list) => {
                    for scope in list {
                        let scope = scope.as_str();
                        let scope = scope.ok_or(VerifyError::Invalid("a scope is no text"))?;
                        scopes.push(scope.to_owned());
                    }
                }
                _ => return Err(VerifyError::Invalid("the scopes are neither text nor a list")),
            }
        }
        Ok(scopes)
    }
}
