//! Cursors of lists: an offset that only this server can have written.

use std::hash::{Hash, Hasher};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use mcp_auth::Principal;
use siphasher::sip128::{Hasher128, SipHasher24};

use crate::protocol::RpcError;

/// Which list a cursor is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub(crate) enum List {
    Tools,
    Prompts,
    Resources,
    ResourceTemplates,
}

/// Where a page starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Position {
    /// The source of items, where a list has several.
    pub(crate) source: u32,
    pub(crate) offset: u32,
}

/// Seals and opens cursors with a key that each process draws anew.
///
/// The tag is SipHash-2-4 with 128 bits, a keyed pseudo-random function: without the key, nobody
/// finds the tag of another position, list, version or principal.
#[derive(Debug)]
pub(crate) struct Cursors {
    key: [u8; 16],
}

const POSITION_BYTES: usize = 8;
const TAG_BYTES: usize = 16;

impl Cursors {
    /// # Errors
    ///
    /// When the operating system gives no random bytes.
    pub(crate) fn new() -> Result<Self, getrandom::Error> {
        let mut key = [0; 16];
        getrandom::fill(&mut key)?;
        Ok(Self { key })
    }

    /// A cursor for the caller's view of one version of a list.
    pub(crate) fn seal(
        &self,
        list: List,
        version: u64,
        principal: Option<&Principal>,
        position: Position,
    ) -> String {
        let mut bytes = Vec::with_capacity(POSITION_BYTES + TAG_BYTES);
        bytes.extend_from_slice(&position.source.to_be_bytes());
        bytes.extend_from_slice(&position.offset.to_be_bytes());
        bytes.extend_from_slice(&self.tag(list, version, principal, position));
        BASE64.encode(bytes)
    }

    /// # Errors
    ///
    /// -32602, with one message for every fault, when [`seal`](Self::seal) has not given this
    /// cursor for the same list, version and principal.
    pub(crate) fn open(
        &self,
        list: List,
        version: u64,
        principal: Option<&Principal>,
        cursor: &str,
    ) -> Result<Position, RpcError> {
        let invalid = || RpcError::invalid_params("invalid cursor");
        let mut bytes = [0; POSITION_BYTES + TAG_BYTES];
        let len = BASE64.decode_slice(cursor, &mut bytes).map_err(|_| invalid())?;
        if len != bytes.len() {
            return Err(invalid());
        }
        let (source, rest) = bytes.split_first_chunk::<4>().ok_or_else(invalid)?;
        let (offset, tag) = rest.split_first_chunk::<4>().ok_or_else(invalid)?;
        let position =
            Position { source: u32::from_be_bytes(*source), offset: u32::from_be_bytes(*offset) };
        let expected = self.tag(list, version, principal, position);
        // Every byte is compared, so that the time tells nothing of the tag.
        let difference = expected.iter().zip(tag).fold(0, |acc, (a, b)| acc | (a ^ b));
        if difference == 0 { Ok(position) } else { Err(invalid()) }
    }

    fn tag(
        &self,
        list: List,
        version: u64,
        principal: Option<&Principal>,
        position: Position,
    ) -> [u8; TAG_BYTES] {
        let mut hasher = SipHasher24::new_with_key(&self.key);
        list.hash(&mut hasher);
        hasher.write_u64(version);
        hasher.write_u32(position.source);
        hasher.write_u32(position.offset);
        principal.map(|it| (it.issuer(), it.subject(), it.client())).hash(&mut hasher);
        hasher.finish128().as_bytes()
    }
}
