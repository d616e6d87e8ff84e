//! What the server gives a client to keep: sealed, so that the client can neither read nor change it.

use std::fmt;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD as BASE64},
};
use orion::hazardous::{
    aead::xchacha20poly1305::{Nonce, SecretKey, XChaCha20Poly1305},
    mac::poly1305::POLY1305_OUTSIZE as TAG_BYTES,
    stream::xchacha20::XCHACHA_NONCESIZE as NONCE_BYTES,
};
use siphasher::sip::SipHasher24;

use crate::primitives::Error;

/// The keys with which a server seals what clients keep for it between two requests: the state of a
/// call that waits for an answer, and the cursors of lists.
///
/// A server that is given none reads the environment variable `MCP_KEYS`, as
/// [`from_env`](Self::from_env) does. Where that is not set either, each process draws a key for itself. Several processes that serve one endpoint share
/// a ring. To replace a key, put the new one first and keep the old one until what it has sealed has
/// expired ([`Limits::state_lifetime`](crate::Limits::state_lifetime)).
///
/// ```
/// use mcp_runtime::{KeyRing, Server};
///
/// let keys = KeyRing::new([7; 32]).with_previous([3; 32]);
/// let server = Server::new("shop", "1.0.0").keys(keys);
/// ```
#[derive(Clone)]
pub struct KeyRing {
    /// The first one seals, all of them open.
    keys: Vec<[u8; 32]>,
}

impl KeyRing {
    /// The environment variable from which a server takes its keys that is given none.
    pub const VARIABLE: &'static str = "MCP_KEYS";

    /// A ring of one key: 32 bytes that nobody can guess, such as those of `openssl rand 32`.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self { keys: vec![key] }
    }

    /// Adds a key that seals nothing any more and still opens.
    #[must_use]
    pub fn with_previous(mut self, key: [u8; 32]) -> Self {
        self.keys.push(key);
        self
    }

    /// Reads the keys from an environment variable: 32 bytes in Base64 each, as `openssl rand
    /// -base64 32` prints them, the current one first, separated by commas.
    ///
    /// # Errors
    ///
    /// When the variable is not set, or holds something else. The message names the variable and the
    /// position of the key, never the key.
    ///
    /// ```no_run
    /// use mcp_runtime::{KeyRing, Server};
    ///
    /// # fn main() -> mcp_runtime::Result<()> {
    /// let server = Server::new("shop", "1.0.0").keys(KeyRing::from_env("MCP_KEYS")?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_env(variable: &str) -> Result<Self, Error> {
        let text = std::env::var(variable).map_err(|_| {
            Error::new(format!("the environment variable `{variable}` is not set, or no text"))
        })?;
        let key = |(index, text): (usize, &str)| {
            let bytes = STANDARD.decode(text.trim()).ok();
            bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()).ok_or_else(|| {
                let number = index + 1;
                Error::new(format!("key {number} of `{variable}` is not 32 bytes in Base64"))
            })
        };
        let keys = text.split(',').enumerate().map(key).collect::<Result<_, _>>()?;
        Ok(Self { keys })
    }

    /// A key of this process alone.
    ///
    /// # Errors
    ///
    /// When the operating system gives no random bytes.
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        Ok(Self::new(key))
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing").field("keys", &self.keys.len()).finish()
    }
}

/// What cannot be opened, whatever the reason: a client learns nothing from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unsealed;

/// Seals and opens for one server.
#[derive(Debug)]
pub(crate) struct Sealer {
    keys: Vec<Key>,
    /// So that what a sibling with the same keys has sealed does not open here.
    server: String,
}

struct Key {
    id: [u8; KEY_ID_BYTES],
    secret: SecretKey,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

const FORMAT: u8 = 1;
const KEY_ID_BYTES: usize = 4;
const HEAD_BYTES: usize = 1 + KEY_ID_BYTES + NONCE_BYTES;

impl Sealer {
    pub(crate) fn new(ring: &KeyRing, server: &str) -> Self {
        let keys = ring.keys.iter().filter_map(|key| {
            let mut id = [0; KEY_ID_BYTES];
            let hash = SipHasher24::new_with_key(b"id of a seal key").hash(key).to_be_bytes();
            id.copy_from_slice(&hash[..KEY_ID_BYTES]);
            // The length is the only thing that could be wrong with a key.
            Some(Key { id, secret: SecretKey::try_from(key.as_slice()).ok()? })
        });
        Self { keys: keys.collect(), server: server.to_owned() }
    }

    /// Seals `plain` for one purpose; it opens only with the same `binding`.
    ///
    /// # Errors
    ///
    /// When the operating system gives no random bytes.
    pub(crate) fn seal(&self, purpose: &str, binding: &str, plain: &[u8]) -> Result<String, Error> {
        let fault = || Error::internal("the state of a call cannot be sealed");
        let key = self.keys.first().ok_or_else(fault)?;
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce)?;
        let mut out = Vec::with_capacity(HEAD_BYTES + plain.len() + TAG_BYTES);
        out.push(FORMAT);
        out.extend_from_slice(&key.id);
        out.extend_from_slice(&nonce);
        out.resize(HEAD_BYTES + plain.len() + TAG_BYTES, 0);
        let bound = self.bound(purpose, binding);
        let nonce = Nonce::try_from(nonce.as_slice()).map_err(|_| fault())?;
        let sealed = &mut out[HEAD_BYTES..];
        XChaCha20Poly1305::seal(&key.secret, &nonce, plain, Some(bound.as_bytes()), sealed)
            .map_err(|_| fault())?;
        Ok(BASE64.encode(out))
    }

    /// Opens what [`seal`](Self::seal) gave for the same purpose and binding.
    pub(crate) fn open(
        &self,
        purpose: &str,
        binding: &str,
        sealed: &str,
    ) -> Result<Vec<u8>, Unsealed> {
        let bytes = BASE64.decode(sealed).map_err(|_| Unsealed)?;
        let (head, sealed) = bytes.split_at_checked(HEAD_BYTES).ok_or(Unsealed)?;
        let (format, rest) = head.split_first().ok_or(Unsealed)?;
        let (id, nonce) = rest.split_at(KEY_ID_BYTES);
        let key = self.keys.iter().find(|key| key.id == id).ok_or(Unsealed)?;
        let length = sealed.len().checked_sub(TAG_BYTES).ok_or(Unsealed)?;
        if *format != FORMAT {
            return Err(Unsealed);
        }
        let nonce = Nonce::try_from(nonce).map_err(|_| Unsealed)?;
        let bound = self.bound(purpose, binding);
        let mut plain = vec![0; length];
        XChaCha20Poly1305::open(&key.secret, &nonce, sealed, Some(bound.as_bytes()), &mut plain)
            .map_err(|_| Unsealed)?;
        Ok(plain)
    }

    fn bound(&self, purpose: &str, binding: &str) -> String {
        // With the lengths, no two triples are the same text.
        format!(
            "{}:{purpose}{}:{}{}:{binding}",
            purpose.len(),
            self.server.len(),
            self.server,
            binding.len()
        )
    }
}

/// Seals what a store keeps of tasks.
#[cfg(feature = "redis")]
impl crate::tasks::Cipher for Sealer {
    fn seal(&self, plain: &[u8], context: &[u8]) -> Result<Vec<u8>, crate::tasks::CipherError> {
        let sealed = Self::seal(self, "task", &String::from_utf8_lossy(context), plain)?;
        Ok(sealed.into_bytes())
    }

    fn open(&self, sealed: &[u8], context: &[u8]) -> Result<Vec<u8>, crate::tasks::CipherError> {
        let sealed = std::str::from_utf8(sealed)?;
        let opened = Self::open(self, "task", &String::from_utf8_lossy(context), sealed);
        opened.map_err(|Unsealed| "it was sealed with another key, or changed".into())
    }
}

#[cfg(test)]
#[path = "seal_tests.rs"]
mod tests;
