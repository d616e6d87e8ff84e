//! What a JWT says of itself before it is believed.

#[cfg(feature = "dpop")]
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL};
use jsonwebtoken::{Header, dangerous::insecure_decode_claims, decode_header};
use serde::Deserialize;
#[cfg(feature = "dpop")]
use serde_json::value::RawValue;

#[cfg(feature = "dpop")]
use super::PublicKey;
use crate::verify::VerifyError;

/// What a JWT is for, which its header says (RFC 8725 section 3.11).
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

/// Whom it names as its issuer. Only for finding who can verify it.
pub(crate) fn issuer(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Named {
        iss: String,
    }
    insecure_decode_claims::<Named>(token).ok().map(|named| named.iss)
}

/// The header of a JWT of this kind. Keys and certificates that it brings along are not to be
/// looked at: a token does not choose with which key it is verified. A DPoP proof does.
pub(crate) fn header(token: &str, kind: Kind) -> Result<Header, VerifyError> {
    let header =
        decode_header(token).map_err(|_| VerifyError::Invalid("its header cannot be read"))?;
    if header.crit.is_some() || header.extras.inner().contains_key("b64") {
        return Err(VerifyError::Invalid("it has extensions that are not known"));
    }
    if !kind.accepts(header.typ.as_deref()) {
        return Err(VerifyError::Invalid("it is of another type"));
    }
    Ok(header)
}

/// The key that a proof brings along. The library's type of a header would hide that it is private.
#[cfg(feature = "dpop")]
pub(crate) fn embedded_key(proof: &str) -> Option<PublicKey> {
    #[derive(Deserialize)]
    struct Embedding<'a> {
        #[serde(borrow)]
        jwk: &'a RawValue,
    }
    let header = BASE64URL.decode(proof.split('.').next()?).ok()?;
    let Embedding { jwk } = serde_json::from_slice(&header).ok()?;
    PublicKey::parse(jwk.get())
}
