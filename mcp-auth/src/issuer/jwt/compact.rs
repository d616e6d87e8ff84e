//! The compact form of a JWS (RFC 7515 section 7.1).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use super::{
    algorithm::{Algorithm, PublicKey},
    key_set::Key,
};
use crate::verify::VerifyError;

/// What a JWS is for, which its header says (RFC 8725 section 3.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    AccessToken,
    #[cfg(feature = "dpop")]
    Proof,
}

impl Kind {
    /// Many issuers do not say that an access token is one.
    fn accepts(self, typ: Option<&str>) -> bool {
        let typ = typ.map(|typ| typ.to_ascii_lowercase());
        let typ = typ.as_deref().map(|typ| typ.strip_prefix("application/").unwrap_or(typ));
        match self {
            Self::AccessToken => matches!(typ, None | Some("at+jwt" | "jwt")),
            #[cfg(feature = "dpop")]
            Self::Proof => typ == Some("dpop+jwt"),
        }
    }
}

/// Three parts, of which none has been believed yet.
#[derive(Debug)]
pub(crate) struct Jws<'a> {
    kind: Kind,
    /// What is signed: header and payload as they came.
    message: &'a str,
    signature: Vec<u8>,
    header: Vec<u8>,
    payload: Vec<u8>,
}

/// A JWS whose header has been read.
#[derive(Debug)]
pub(crate) struct Checked<'a> {
    jws: Jws<'a>,
    pub(crate) algorithm: Option<Algorithm>,
    pub(super) key_id: Option<String>,
    #[cfg(feature = "dpop")]
    pub(crate) jwk: Option<super::Jwk>,
}

/// Keys and certificates that a header brings along are not looked at: a token does not choose with
/// which key it is verified. A DPoP proof does.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Box<RawValue>>,
    b64: Option<bool>,
    #[cfg(feature = "dpop")]
    jwk: Option<super::Jwk>,
}

impl<'a> Jws<'a> {
    /// `None` when it has not the form of one.
    pub(crate) fn parse(token: &'a str, kind: Kind) -> Option<Self> {
        let (message, signature) = token.rsplit_once('.')?;
        let (header, payload) = message.split_once('.')?;
        Some(Self {
            kind,
            message,
            signature: BASE64URL.decode(signature).ok()?,
            header: BASE64URL.decode(header).ok()?,
            payload: BASE64URL.decode(payload).ok()?,
        })
    }

    /// Whom it names as its issuer. Only for finding who can verify it.
    pub(crate) fn issuer(&self) -> Option<String> {
        #[derive(Deserialize)]
        struct Named {
            iss: String,
        }
        serde_json::from_slice::<Named>(&self.payload).ok().map(|named| named.iss)
    }

    pub(crate) fn check_header(self) -> Result<Checked<'a>, VerifyError> {
        let header: Header = serde_json::from_slice(&self.header)
            .map_err(|_| VerifyError::Invalid("its header cannot be read"))?;
        if header.crit.is_some() || header.b64.is_some() {
            return Err(VerifyError::Invalid("it has extensions that are not known"));
        }
        if !self.kind.accepts(header.typ.as_deref()) {
            return Err(VerifyError::Invalid("it is of another type"));
        }
        Ok(Checked {
            algorithm: Algorithm::parse(&header.alg),
            key_id: header.kid,
            #[cfg(feature = "dpop")]
            jwk: header.jwk,
            jws: self,
        })
    }
}

impl Checked<'_> {
    pub(super) fn is_signed_by(&self, key: &Key, algorithm: Algorithm) -> bool {
        self.is_signed_with(&key.key, algorithm)
    }

    pub(crate) fn is_signed_with(&self, key: &PublicKey, algorithm: Algorithm) -> bool {
        key.verify(algorithm, self.jws.message.as_bytes(), &self.jws.signature)
    }

    pub(crate) fn claims<T: DeserializeOwned>(&self) -> Result<T, VerifyError> {
        serde_json::from_slice(&self.jws.payload)
            .map_err(|_| VerifyError::Invalid("its claims cannot be read"))
    }
}
