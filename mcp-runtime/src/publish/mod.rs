//! What a server tells of itself outside of the protocol, and what it publishes with it.

#[cfg(feature = "http")]
mod card;
mod describe;
#[cfg(feature = "skills")]
mod skills;

#[cfg(feature = "http")]
pub use card::ServerCard;
#[cfg(feature = "http")]
pub(crate) use card::with_card;
