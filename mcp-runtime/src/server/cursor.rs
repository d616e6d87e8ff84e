//! Cursors of lists: an offset that only this server can have written.

use mcp_auth::Principal;

use super::rounds::identity;
use crate::{effects::Sealer, primitives::Error, protocol::RpcError, tasks::TaskId};

/// Which list a cursor is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

const PURPOSE: &str = "cursor";

/// A cursor for the caller's view of one version of a list.
///
/// # Errors
///
/// When the operating system gives no random bytes.
pub(super) fn seal(
    sealer: &Sealer,
    list: List,
    version: u64,
    principal: Option<&Principal>,
    Position { source, offset }: Position,
) -> Result<String, Error> {
    let position = (u64::from(source) << 32 | u64::from(offset)).to_be_bytes();
    sealer.seal(PURPOSE, &binding(list, version, principal), &position)
}

/// # Errors
///
/// -32602, with one message for every fault, when [`seal`] has not given this cursor for the same
/// list, version and principal.
pub(super) fn open(
    sealer: &Sealer,
    list: List,
    version: u64,
    principal: Option<&Principal>,
    cursor: &str,
) -> Result<Position, RpcError> {
    let invalid = || RpcError::invalid_params("invalid cursor");
    let plain =
        sealer.open(PURPOSE, &binding(list, version, principal), cursor).map_err(|_| invalid())?;
    let position = u64::from_be_bytes(plain.try_into().map_err(|_| invalid())?);
    let [source, offset] = [position >> 32, position & u64::from(u32::MAX)]
        .map(|half| u32::try_from(half).unwrap_or_default());
    Ok(Position { source, offset })
}

/// A cursor for the list of the caller's tasks.
pub(super) fn seal_task(
    sealer: &Sealer,
    principal: Option<&Principal>,
    after: TaskId,
) -> Result<String, Error> {
    sealer.seal(PURPOSE, &task_binding(principal), after.to_string().as_bytes())
}

/// # Errors
///
/// As [`open`].
pub(super) fn open_task(
    sealer: &Sealer,
    principal: Option<&Principal>,
    cursor: &str,
) -> Result<TaskId, RpcError> {
    let invalid = || RpcError::invalid_params("invalid cursor");
    let plain = sealer.open(PURPOSE, &task_binding(principal), cursor).map_err(|_| invalid())?;
    String::from_utf8(plain).ok().and_then(|id| id.parse().ok()).ok_or_else(invalid)
}

fn task_binding(principal: Option<&Principal>) -> String {
    format!("tasks {}", identity(principal))
}

fn binding(list: List, version: u64, principal: Option<&Principal>) -> String {
    format!("{list:?} {version} {}", identity(principal))
}
